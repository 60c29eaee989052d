"""From a verb's checked form to the service that does it. Each takes the page, the actor, the version seen, the form.

Most verbs hand the form's fields to one service under the names that both use: `with_fields`. Written out below
are only those that do more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from answerable.cases.desk.casepage import CasePage
from answerable.cases.services import deciding, grouping, handling
from answerable.record.actors import Actor

Run = Callable[[CasePage, Actor, int, Any], Any]


def with_fields(service: Callable[..., Any], *names: str, **renamed: str) -> Run:
    """Call a service with these fields of the form; `renamed` maps its keyword to a field of another name.

    A field that the form left out for this case (`VerbForm.prepare`) is passed as an empty text.
    """
    fields = {name: name for name in names} | renamed

    def run(page: CasePage, by: Actor, seen: int, form: Any) -> Any:
        values = {keyword: form.cleaned_data.get(name, "") for keyword, name in fields.items()}
        return service(case_id=page.case.pk, by=by, seen_version=seen, now=page.desk.now, **values)

    return run


def unversioned(service: Callable[..., Any], *names: str) -> Run:
    """The same for a service that can overwrite nothing, and so needs no version."""

    def run(page: CasePage, by: Actor, seen: int, form: Any) -> Any:
        values = {name: form.cleaned_data[name] for name in names}
        return service(case_id=page.case.pk, by=by, now=page.desk.now, **values)

    return run


def with_other(service: Callable[..., Any], keyword: str) -> Run:
    """A service about two matters: the other one, found by its code, goes in as `keyword`, with the reason."""

    def run(page: CasePage, by: Actor, seen: int, form: Any) -> Any:
        data = form.cleaned_data
        return service(
            case_id=page.case.pk,
            why=data["why"],
            by=by,
            seen_version=seen,
            now=page.desk.now,
            **{keyword: data["code"].pk},
        )

    return run


def reply(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    """Write to the person, and to those whose matters are answered together with this one."""
    if form.cleaned_data.get("members"):
        with_fields(grouping.reply_together, "text", "members")(page, by, seen, form)
    else:
        with_fields(handling.reply_to_person, "text")(page, by, seen, form)


def note(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    """Write a note; sent twice, it is one."""
    data = form.cleaned_data
    handling.note_case(
        case_id=page.case.pk, text=data["text"], by=by, now=page.desk.now, seen_seq=data.get("seen_seq")
    )


def deliver(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    """Record the proven delivery of the decision that still lacks one."""
    decision = page.undelivered
    assert decision is not None
    deciding.deliver_decision(
        decision_id=decision.pk,
        how=form.cleaned_data["how"],
        by=by,
        now=page.desk.now,
        delivered_at=form.delivered_at(),
    )
