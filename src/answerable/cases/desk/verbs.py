"""What can be done with a case: each verb with who may, when, its form, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind
from answerable.cases.desk import forms
from answerable.cases.desk.casepage import CasePage
from answerable.cases.rules import Doing
from answerable.cases.services import deciding, grouping, handling, mediation, transfers
from answerable.orgs.models import Unit
from answerable.record.actors import Actor, ActorKind

Run = Callable[[CasePage, Actor, int, Any], Any]
When = Callable[[CasePage], bool]

FIRST, MORE, GROUP, GRAVE = "first", "more", "group", "grave"


@dataclass(frozen=True)
class Verb:
    """A verb of the case page. `place`: among the first buttons, or in a menu (more, group, grave).

    `run` gets the page, the actor, the version seen and the checked form. `undo` gives the address parts of
    what takes it back, where something does.
    """

    code: str
    label: Any
    button: Any
    doing: Doing
    form: type[forms.VerbForm]
    run: Run
    when: When
    done: Any
    place: str = MORE
    intro: Any = ""
    key: str = ""
    has_canned: bool = False
    undo: Callable[[CasePage], tuple[str, int] | None] = lambda page: None

    def is_open(self, page: CasePage) -> bool:
        """Whether to show it: the state allows it, and a post of the reader may."""
        return self.when(page) and self.may(page)

    def may(self, page: CasePage) -> bool:
        if self.code in ("agree", "decline"):
            return sender_post(page) is not None
        return page.can(self.doing)

    def actor(self, page: CasePage) -> Actor:
        """Who does it; raises NotYours where no post of the reader may."""
        post = sender_post(page) if self.code in ("agree", "decline") else None
        if post is not None:
            return Actor(
                ActorKind.STAFF, staff_id=page.desk.reader.staff.pk, post_id=post.pk, unit_id=post.unit_id
            )
        return page.desk.reader.actor_on(self.doing, page.case)


def sender_post(page: CasePage) -> Any:
    """The reader's post that may answer an objection: in the unit that gave the case away, or above it."""
    transfer = page.transfer
    if transfer is None or transfer.stands != "objected":
        return None
    sender = Unit.objects.filter(pk=transfer.from_unit).first()
    path = (sender.path or [sender.pk]) if sender else []
    able = rules.ROLES[Doing.ROUTE]
    return next((p for p in page.desk.reader.posts if p.unit_id in path and p.role in able), None)


def _state(kind: ActKind) -> When:
    allowed = rules.ALLOWED[kind]
    return lambda page: page.case.state in allowed


def _here(page: CasePage, *stands: str) -> bool:
    return (
        page.transfer is not None
        and page.transfer.stands in stands
        and page.transfer.to_unit == page.case.unit_id
    )


def _accept(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.accept_case(
        case_id=page.case.pk, by=by, seen_version=seen, now=page.desk.now, title=form.cleaned_data["title"]
    )


def _assign(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.assign_case(
        case_id=page.case.pk,
        to_post=form.cleaned_data["to_post"] or None,
        why=form.cleaned_data["why"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _charge(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.take_charge(
        case_id=page.case.pk, by=by, seen_version=seen, now=page.desk.now, why=form.cleaned_data["why"]
    )


def _ask(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.ask_person(
        case_id=page.case.pk, text=form.cleaned_data["text"], by=by, seen_version=seen, now=page.desk.now
    )


def _reply(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    members = [UUID(pk) for pk in form.cleaned_data.get("members") or ()]
    text, now = form.cleaned_data["text"], page.desk.now
    if members:
        grouping.reply_together(
            case_id=page.case.pk, members=members, text=text, by=by, seen_version=seen, now=now
        )
    else:
        handling.reply_to_person(case_id=page.case.pk, text=text, by=by, seen_version=seen, now=now)


def _note(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.note_case(case_id=page.case.pk, text=form.cleaned_data["text"], by=by, now=page.desk.now)


def _extend(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.extend_case(
        case_id=page.case.pk,
        number=data["number"],
        why=data["why"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _transfer(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.transfer_case(
        case_id=page.case.pk,
        to_unit=data["to_unit"],
        why=data["why"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _pass_on(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.pass_on(
        case_id=page.case.pk, to=data["to"], why=data["why"], by=by, seen_version=seen, now=page.desk.now
    )


def _with_why(service: Callable[..., Any]) -> Run:
    def run(page: CasePage, by: Actor, seen: int, form: Any) -> None:
        service(
            case_id=page.case.pk, why=form.cleaned_data["why"], by=by, seen_version=seen, now=page.desk.now
        )

    return run


def _mediate(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    mediation.offer_mediation(
        case_id=page.case.pk,
        text=data["text"],
        other_side=data["other_side"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _end_mediation(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    mediation.end_mediation(
        case_id=page.case.pk,
        text=data["text"],
        agreed=data["agreed"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _deliver(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    decision = page.undelivered
    assert decision is not None
    deciding.deliver_decision(
        decision_id=decision.pk,
        how=form.cleaned_data["how"],
        by=by,
        now=page.desk.now,
        delivered_at=form.delivered_at(),
    )


def _aside(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    handling.step_aside(case_id=page.case.pk, by=by, now=page.desk.now, why=form.cleaned_data["why"])


def _accused(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    handling.name_accused(
        case_id=page.case.pk,
        staff=data["staff"],
        units=data["units"],
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _other(service: Callable[..., Any], name: str) -> Run:
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


def _describe(page: CasePage, by: Actor, seen: int, form: Any) -> None:
    data = form.cleaned_data
    grouping.describe_case(
        case_id=page.case.pk,
        title=data["title"],
        shared_summary=data.get("shared_summary", ""),
        by=by,
        seen_version=seen,
        now=page.desk.now,
    )


def _may_extend(page: CasePage) -> bool:
    return page.case.state in rules.WORKING and any(
        c.row.is_office and c.row.derivation.get("extension_rule") and c.state != "late" for c in page.clocks
    )


def _may_join(page: CasePage) -> bool:
    return (
        page.case.state in rules.OPEN
        and not page.case.is_conduct
        and not page.case.lead_id
        and not page.members
    )


VERBS: tuple[Verb, ...] = (
    Verb(
        "accept",
        _("Accept"),
        _("Accept it for handling"),
        Doing.ACCEPT,
        forms.AcceptForm,
        _accept,
        _state(ActKind.ACCEPTED),
        _("Accepted. The person's page says so."),
        FIRST,
        key="a",
    ),
    Verb(
        "assign",
        _("Give to someone"),
        _("Give it"),
        Doing.ASSIGN,
        forms.AssignForm,
        _assign,
        _state(ActKind.ASSIGNED),
        _("Given. The date stays as it is."),
        FIRST,
        key="g",
        undo=lambda page: ("assign", page.case.handler_post_id or 0),
    ),
    Verb(
        "ask",
        _("Ask the person"),
        _("Send the question"),
        Doing.HANDLE,
        forms.AskForm,
        _ask,
        _state(ActKind.ASKED),
        _("The question was sent."),
        FIRST,
        key="q",
        has_canned=True,
    ),
    Verb(
        "reply",
        _("Write to the person"),
        _("Send the message"),
        Doing.WRITE,
        forms.ReplyForm,
        _reply,
        lambda page: True,
        _("The message was sent."),
        FIRST,
        key="r",
        has_canned=True,
    ),
    Verb(
        "note",
        _("Note"),
        _("Keep the note"),
        Doing.WRITE,
        forms.NoteForm,
        _note,
        lambda page: True,
        _("The note is in the file."),
        FIRST,
        key="w",
    ),
    Verb(
        "deliver",
        _("Record delivery"),
        _("Record the delivery"),
        Doing.HANDLE,
        forms.DeliverForm,
        _deliver,
        lambda page: page.undelivered is not None,
        _("Recorded. The person's time to ask for review runs from it."),
        FIRST,
    ),
    Verb(
        "close",
        _("Close"),
        _("Close the matter"),
        Doing.HANDLE,
        forms.MaybeWhyForm,
        _with_why(deciding.close_case),
        _state(ActKind.CLOSED),
        _("Closed. The person can still say that it is not solved."),
        FIRST,
        intro=_(
            "The person's own word stays open to them: they can say “not solved”, and it can be taken up again."
        ),
    ),
    Verb(
        "reopen",
        _("Take it up again"),
        _("Take it up again"),
        Doing.ASSIGN,
        forms.WhyForm,
        _with_why(deciding.reopen_case),
        lambda page: page.case.state in ("closed", "passed_on"),
        _("Taken up again, with a new time limit beside the old."),
        FIRST,
    ),
    Verb(
        "charge",
        _("Take charge"),
        _("Take charge of it to its end"),
        Doing.CHARGE,
        forms.MaybeWhyForm,
        _charge,
        lambda page: (
            page.case.state in rules.OPEN
            and page.case.charge_post_id not in {p.pk for p in page.desk.reader.posts}
        ),
        _("You are in charge of this matter to its end, and the person sees it."),
        intro=_("You carry this matter to its end yourself, under your post. The person sees it."),
    ),
    Verb(
        "extend",
        _("Extend the time limit"),
        _("Extend it"),
        Doing.EXTEND,
        forms.ExtendForm,
        _extend,
        _may_extend,
        _("Extended. The person was told, with your reason."),
        intro=_(
            "By doing this you approve the extension as head. It is possible within the rule, and before the date."
        ),
    ),
    Verb(
        "transfer",
        _("Hand over to another unit"),
        _("Hand it over"),
        Doing.ROUTE,
        forms.TransferForm,
        _transfer,
        _state(ActKind.TRANSFERRED),
        _("Handed over. The person sees where it is."),
        intro=_("No time limit starts again. The other unit may object, with reasons."),
    ),
    Verb(
        "object",
        _("Object to the handing over"),
        _("Send the objection"),
        Doing.ROUTE,
        forms.InnerWhyForm,
        _with_why(handling.object_to_transfer),
        lambda page: _here(page, "made"),
        _("The unit that sent it will agree or decline. Until then it stays here."),
        FIRST,
        intro=_("Until the unit that sent it agrees, the matter stays with you and its time limit runs."),
    ),
    Verb(
        "agree",
        _("Accept the objection"),
        _("Take the matter back"),
        Doing.READ,
        forms.MaybeWhyForm,
        _with_why(transfers.agree_objection),
        lambda page: _here(page, "objected"),
        _("The matter is yours again."),
        FIRST,
    ),
    Verb(
        "decline",
        _("Decline the objection"),
        _("Decline the objection"),
        Doing.READ,
        forms.InnerWhyForm,
        _with_why(transfers.decline_objection),
        lambda page: _here(page, "objected"),
        _("It stays where it is."),
        FIRST,
    ),
    Verb(
        "superior",
        _("Let the level above both decide"),
        _("Put it before the level above"),
        Doing.ROUTE,
        forms.InnerWhyForm,
        _with_why(transfers.ask_common_superior),
        lambda page: _here(page, "declined"),
        _("The level above both has been told."),
        FIRST,
    ),
    Verb(
        "pass",
        _("Pass on to another body"),
        _("Pass it on"),
        Doing.ROUTE,
        forms.PassOnForm,
        _pass_on,
        _state(ActKind.PASSED_ON),
        _("Passed on. The person was told where and why."),
        intro=_(
            "Only where another body is competent. Say who it is and why: the person reads it word for word."
        ),
    ),
    Verb(
        "mediate",
        _("Offer mediation"),
        _("Offer mediation"),
        Doing.HANDLE,
        forms.MediateForm,
        _mediate,
        lambda page: page.case.state in rules.WORKING and not page.mediation,
        _("Offered. The person decides on their page."),
        intro=_(
            "Only with both sides' consent. The person gives theirs on their own page; nobody can give it for them."
        ),
    ),
    Verb(
        "endmediation",
        _("End the mediation"),
        _("End the mediation"),
        Doing.HANDLE,
        forms.EndMediationForm,
        _end_mediation,
        lambda page: bool(page.mediation),
        _("Mediation is over. The decision still follows."),
    ),
    Verb(
        "describe",
        _("Title and summary"),
        _("Keep title and summary"),
        Doing.HANDLE,
        forms.DescribeForm,
        _describe,
        lambda page: True,
        _("Kept."),
    ),
    Verb(
        "link",
        _("Link with another matter"),
        _("Link them"),
        Doing.HANDLE,
        forms.OtherCaseForm,
        _other(grouping.link_cases, "to"),
        lambda page: True,
        _("Linked in both files."),
        GROUP,
        intro=_("Both files then point at each other. Nothing else changes."),
    ),
    Verb(
        "join",
        _("Answer together with another"),
        _("Answer them together"),
        Doing.HANDLE,
        forms.OtherCaseForm,
        _other(grouping.join_case, "lead_id"),
        _may_join,
        _("They are answered together from now on."),
        GROUP,
        intro=_(
            "Several persons, one cause. Each keeps receipt, time limits and file; replies and the decision can go to all."
        ),
        undo=lambda page: ("out", 0),
    ),
    Verb(
        "merge",
        _("Merge: it came in twice"),
        _("Merge it into the other"),
        Doing.HANDLE,
        forms.OtherCaseForm,
        _other(grouping.merge_case, "into"),
        _may_join,
        _("Merged. Its own time limits run on until it is answered."),
        GROUP,
        intro=_(
            "Work goes on in the other matter. This one keeps its receipt and its time limits, and gets the same answer."
        ),
        undo=lambda page: ("out", 0),
    ),
    Verb(
        "out",
        _("Take out of the group"),
        _("Handle it by itself again"),
        Doing.HANDLE,
        forms.WhyForm,
        _with_why(grouping.take_out),
        lambda page: bool(page.case.lead_id),
        _("It stands by itself again."),
        GROUP,
    ),
    Verb(
        "aside",
        _("Step aside: I have an interest"),
        _("Step aside"),
        Doing.WRITE,
        forms.MaybeWhyForm,
        _aside,
        lambda page: True,
        _("You have stepped aside. The matter is with the unit and no longer open to you."),
        GRAVE,
        intro=_(
            "You will not see this matter any more. It goes back to the unit; somebody else takes it on."
        ),
    ),
    Verb(
        "accused",
        _("It is about someone's conduct"),
        _("Keep it away from them"),
        Doing.ROUTE,
        forms.AccusedForm,
        _accused,
        lambda page: page.case.state in rules.OPEN,
        _("They can neither see nor handle it. It is where they cannot reach it."),
        GRAVE,
        intro=_(
            "Those you name here cannot see the matter from this moment, nor learn who brought it. It moves to a unit that they do not lead. You may lose sight of it as well."
        ),
    ),
)
BY_CODE = {verb.code: verb for verb in VERBS}

PLACES = {
    MORE: pgettext_lazy("menu of verbs", "More"),
    GROUP: pgettext_lazy("menu of verbs", "Belongs together"),
    GRAVE: pgettext_lazy("menu of verbs", "Keep apart"),
}


def open_verbs(page: CasePage) -> list[Verb]:
    """The verbs that this reader can use on this case now."""
    return [verb for verb in VERBS if verb.is_open(page)]
