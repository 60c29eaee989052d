"""Faults between the parts of a plan: references, cycles, levels, and the clocks of its reports. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from answerable.incidents.plans.faults import Path
from answerable.incidents.plans.parts import COLOURS, PLACES_IN_WORDS, TRACKS
from answerable.incidents.plans.schema import PlanFile

#: Where, which stable code, and what the sentence names.
Found = tuple[Path, str, dict[str, object]]

_PLACE = re.compile(r"\{([^{}]*)\}")
CODED = ("roles", "tracks", "actions", "contacts", "resources", "reports", "recovery")


def found_in(plan: PlanFile) -> Iterator[Found]:
    """Every fault, in no particular order."""
    yield from _codes(plan)
    yield from _scales(plan)
    yield from _roles(plan)
    yield from _actions(plan)
    yield from _reports(plan)
    yield from _words(plan)


def _codes(plan: PlanFile) -> Iterator[Found]:
    for name in CODED:
        seen: dict[str, int] = {}
        for place, part in enumerate(getattr(plan, name)):
            if part.code in seen:
                yield (name, place, "code"), "duplicate_code", {"given": part.code}
            seen.setdefault(part.code, place)
    yield from _twice(("places",), plan.places)
    yield from _twice(("also",), plan.also)
    if plan.hazard in plan.also:
        yield ("also", plan.also.index(plan.hazard)), "listed_twice", {"given": plan.hazard}
    there = {track.code for track in plan.tracks}
    for code in TRACKS:
        if code not in there:
            yield ("tracks",), "missing_track", {"given": code}


def _twice(path: Path, values: Sequence[object]) -> Iterator[Found]:
    for place, value in enumerate(values):
        if value in values[:place]:
            yield (*path, place), "listed_twice", {"given": value}


def _scales(plan: PlanFile) -> Iterator[Found]:
    for name in ("event", "warning", "response"):
        levels = [step.level for step in getattr(plan.scales, name)]
        for place, level in enumerate(levels):
            if level in levels[:place]:
                yield ("scales", name, place, "level"), "level_twice", {"level": level}
            elif place and level < levels[place - 1]:
                yield ("scales", name, place, "level"), "levels_out_of_order", {"level": level}
    for place, warning in enumerate(plan.scales.warning):
        if warning.colour != COLOURS[warning.level]:
            facts: dict[str, object] = {"level": warning.level, "colour": COLOURS[warning.level]}
            yield ("scales", "warning", place, "colour"), "wrong_colour", facts
    responses = plan.scales.response
    for place, step in enumerate(responses):
        if place and step.raise_when is None:
            yield ("scales", "response", place), "missing_raise", {"level": step.level}
        if place + 1 < len(responses) and step.lower_when is None:
            yield ("scales", "response", place), "missing_lower", {"level": step.level}


def _roles(plan: PlanFile) -> Iterator[Found]:
    roles = {role.code for role in plan.roles}
    tracks = {track.code for track in plan.tracks}
    commanders = [place for place, role in enumerate(plan.roles) if role.is_commander]
    if not commanders:
        yield ("roles",), "no_commander", {}
    for place in commanders[1:]:
        yield ("roles", place, "is_commander"), "many_commanders", {"given": plan.roles[commanders[0]].code}
    for place, role in enumerate(plan.roles):
        if role.is_commander and role.group != "leading":
            yield ("roles", place, "group"), "commander_not_leading", {}
        if role.track is not None and role.track not in tracks:
            yield ("roles", place, "track"), "no_such_track", {"given": role.track}
        if role.backs is not None and role.backs not in roles:
            yield ("roles", place, "backs"), "no_such_role", {"given": role.backs}
        yield from _twice(("roles", place, "deputies"), role.deputies)
    backs = {role.code: [role.backs] for role in plan.roles if role.backs in roles}
    for ring in _rings(backs):
        place = next(i for i, role in enumerate(plan.roles) if role.code == ring[0])
        yield ("roles", place, "backs"), "cycle", {"ring": " → ".join([*ring, ring[0]])}


def _actions(plan: PlanFile) -> Iterator[Found]:
    roles = {role.code for role in plan.roles}
    tracks = {track.code for track in plan.tracks}
    by_code = {action.code: action for action in plan.actions}
    on_scale = {step.level for step in plan.scales.response}
    for place, action in enumerate(plan.actions):
        if action.track not in tracks:
            yield ("actions", place, "track"), "no_such_track", {"given": action.track}
        if action.role is not None and action.role not in roles:
            yield ("actions", place, "role"), "no_such_role", {"given": action.role}
        for at, level in enumerate(action.levels):
            if level not in on_scale:
                yield ("actions", place, "levels", at), "level_off_scale", {"level": level}
        yield from _twice(("actions", place, "levels"), action.levels)
        yield from _twice(("actions", place, "needs"), action.needs)
        for at, code in enumerate(action.needs):
            needed = by_code.get(code)
            if needed is None:
                yield ("actions", place, "needs", at), "no_such_action", {"given": code}
                continue
            for level in sorted(set(action.levels) - set(needed.levels)):
                facts: dict[str, object] = {"given": code, "level": level}
                yield ("actions", place, "needs", at), "need_off_level", facts
    for place, step in enumerate(plan.recovery):
        if step.role is not None and step.role not in roles:
            yield ("recovery", place, "role"), "no_such_role", {"given": step.role}
    needs = {action.code: [code for code in action.needs if code in by_code] for action in plan.actions}
    for ring in _rings(needs):
        place = next(i for i, action in enumerate(plan.actions) if action.code == ring[0])
        yield ("actions", place, "needs"), "cycle", {"ring": " → ".join([*ring, ring[0]])}


def _rings(edges: Mapping[str, Iterable[str | None]]) -> list[list[str]]:
    """The cycles that a walk along the edges meets, each once, beginning with its first code in the file."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in edges:
        trail: list[str] = []
        walks = [iter([start])]
        while walks:
            code = next(walks[-1], None)
            if code is None:
                walks.pop()
                if trail:
                    done.add(trail.pop())
            elif code in trail:
                found.append(_from_first(trail[trail.index(code) :], list(edges)))
            elif code not in done:
                trail.append(code)
                walks.append(iter([one for one in edges.get(code, ()) if one is not None]))
    return found


def _from_first(ring: list[str], order: list[str]) -> list[str]:
    at = min(range(len(ring)), key=lambda place: order.index(ring[place]))
    return ring[at:] + ring[:at]


def _reports(plan: PlanFile) -> Iterator[Found]:
    roles = {role.code for role in plan.roles}
    contacts = {contact.code for contact in plan.contacts}
    if not any(report.kind in ("first_phone", "first_written") for report in plan.reports):
        yield ("reports",), "no_first_report", {}
    for place, report in enumerate(plan.reports):
        if report.role is not None and report.role not in roles:
            yield ("reports", place, "role"), "no_such_role", {"given": report.role}
        kind, _colon, code = report.recipient.partition(":")
        if kind == "contact" and code not in contacts:
            yield ("reports", place, "recipient"), "no_such_contact", {"given": code}
        wanted = "every_min" if report.kind == "follow_up" else "within_min"
        if getattr(report, wanted) is None:
            yield ("reports", place), "report_without_time", {"name": wanted}
        yield from _twice(("reports", place, "contents"), report.contents)


def _words(plan: PlanFile) -> Iterator[Found]:
    for name in type(plan.announce).model_fields:
        for language in ("zh", "en"):
            text = getattr(getattr(plan.announce, name), language)
            for word in _PLACE.findall(text):
                if word not in PLACES_IN_WORDS:
                    facts: dict[str, object] = {"given": word, "allowed": ", ".join(PLACES_IN_WORDS)}
                    yield ("announce", name, language), "unknown_place", facts
