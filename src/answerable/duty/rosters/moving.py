"""What a drag does to a draft's cells. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def moved(
    proposal: Mapping[str, Sequence[int]], *, person: int, source: str, target: str, onto: int = 0
) -> dict[str, list[int]]:
    """The cells that change when `person` goes from `source` to `target`; empty where nothing does.

    An empty `source` is the list of people, an empty `target` takes them out. Dropped `onto` somebody, the two change
    places; from the list, the other one goes.
    """
    if not person or source == target:
        return {}
    cells: dict[str, list[int]] = {}
    if target:
        there = list(proposal.get(target, ()))
        if person in there:
            return {}
        cells[target] = [one for one in there if one != onto] + [person]
    if source:
        here = [one for one in proposal.get(source, ()) if one != person]
        if onto and target and onto in proposal.get(target, ()) and onto not in here:
            here.append(onto)
        cells[source] = here
    return {key: sorted(ids) for key, ids in cells.items()}
