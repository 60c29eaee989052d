"""What somebody typed into a form of the desk that cannot be sent any more: given back to them, to be copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from answerable.cases.desk.casepage import CasePage
from answerable.ui.errors import typed_in


@dataclass(frozen=True)
class Unsent:
    """`texts`: what was written, each under the label of its field; `why` nothing came of it."""

    why: str
    texts: list[tuple[str, str]]
    lost_files: bool


def unsent_in(request: HttpRequest, page: CasePage, labels: Mapping[str, Any], why: str) -> Unsent | None:
    """None where nothing was written that could be lost, or all of it stands in the matter already."""
    typed = typed_in(request)
    typed = typed and typed.not_in(_said_in(page))
    if typed is None or not typed.written:
        return None
    return Unsent(why, [(str(labels.get(name, "")), text) for name, text in typed.written], typed.lost_files)


def _said_in(page: CasePage) -> str:
    """All words that stand in the matter by now."""
    lines = [page.text.claim, page.text.wants, page.text.title, page.text.shared_summary]
    lines += [f"{one.body}\n{one.facts}" for one in page.messages] + [one.body for one in page.notes]
    lines += [part for one in page.decisions for part in one.parts.values()]
    return "\n".join(lines + [f"{act.why}\n{act.body}" for act in page.acts])


def seen_by(request: HttpRequest) -> int | None:
    """The last act that the page showed from which the form was sent."""
    said = request.POST.get("seen_seq", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
