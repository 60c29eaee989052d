"""From a verb's checked form to the service that does it. Each takes the page, the actor, the version seen, the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from answerable.cases.desk.casepage import CasePage
from answerable.cases.services import deciding, grouping, handling, mediation
from answerable.record.actors import Actor

Run = Callable[[CasePage, Actor, int, Any], Any]


def accept(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.accept_case(
        case_id=page.case.pk, by=by, seen_version=seen, now=page.desk.now, title=form.cleaned_data["title"]
    )


def assign(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.assign_case(
        case_id=page.case.pk,
        to_post=form.cleaned_data["to_post"] or None,
        why=form.cleaned_data["why"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def charge(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.take_charge(
        case_id=page.case.pk, by=by, seen_version=seen, now=page.desk.now, why=form.cleaned_data["why"]
    )


def ask(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.ask_person(
        case_id=page.case.pk, text=form.cleaned_data["text"], by=by, seen_version=seen, now=page.desk.now
    )


def reply(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    members = [UUID(pk) for pk in form.cleaned_data.get("members") or ()]
    text, now = form.cleaned_data["text"], page.desk.now
    if members:
        grouping.reply_together(
            case_id=page.case.pk, members=members, text=text, by=by, seen_version=seen, now=now
        )
    else:
        handling.reply_to_person(case_id=page.case.pk, text=text, by=by, seen_version=seen, now=now)


def note(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.note_case(case_id=page.case.pk, text=form.cleaned_data["text"], by=by, now=page.desk.now)


def extend(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.extend_case(
        case_id=page.case.pk,
        number=data["number"],
        why=data["why"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def transfer(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.transfer_case(
        case_id=page.case.pk,
        to_unit=data["to_unit"],
        why=data["why"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def pass_on(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.pass_on(
        case_id=page.case.pk, to=data["to"], why=data["why"], by=by, seen_version=seen, now=page.desk.now
    )


def with_why(service: Callable[..., Any]) -> Run:
    def run(page: CasePage, by: Actor, seen: int, form: Any) -> None:
        service(
            case_id=page.case.pk, why=form.cleaned_data["why"], by=by, seen_version=seen, now=page.desk.now
        )

    return run


def mediate(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    mediation.offer_mediation(
        case_id=page.case.pk,
        text=data["text"],
        other_side=data["other_side"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def end_mediation(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    mediation.end_mediation(
        case_id=page.case.pk,
        text=data["text"],
        agreed=data["agreed"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def deliver(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    decision = page.undelivered
    assert decision is not None
    deciding.deliver_decision(
        decision_id=decision.pk,
        how=form.cleaned_data["how"],
        by=by,
        now=page.desk.now,
        delivered_at=form.delivered_at(),
    )


def aside(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.step_aside(case_id=page.case.pk, by=by, now=page.desk.now, why=form.cleaned_data["why"])


def accused(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.name_accused(
        case_id=page.case.pk,
        staff=data["staff"],
        units=data["units"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def other(service: Callable[..., Any], name: str) -> Run:
    def run(page: CasePage, by: Actor, seen: int, form: Any) -> None:
        other = form.cleaned_data["code"]
        service(
            case_id=page.case.pk,
            why=form.cleaned_data["why"],
            by=by,
            seen_version=seen,
            now=page.desk.now,
            **{name: other.pk},
        )

    return run


def describe(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    grouping.describe_case(
        case_id=page.case.pk,
        title=data["title"],
        shared_summary=data.get("shared_summary", ""),
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )
