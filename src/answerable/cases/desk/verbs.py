"""What can be done with a case: each verb with who may, when, its form, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind
from answerable.cases.desk import doings, forms
from answerable.cases.desk.casepage import CasePage
from answerable.cases.rules import Doing
from answerable.cases.services import deciding, grouping, handling, transfers
from answerable.orgs.models import Unit
from answerable.record.actors import Actor, ActorKind

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
    run: doings.Run
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
        doings.accept,
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
        doings.assign,
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
        doings.ask,
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
        doings.reply,
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
        doings.note,
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
        doings.deliver,
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
        doings.with_why(deciding.close_case),
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
        doings.with_why(deciding.reopen_case),
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
        doings.charge,
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
        doings.extend,
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
        doings.transfer,
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
        doings.with_why(handling.object_to_transfer),
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
        doings.with_why(transfers.agree_objection),
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
        doings.with_why(transfers.decline_objection),
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
        doings.with_why(transfers.ask_common_superior),
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
        doings.pass_on,
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
        doings.mediate,
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
        doings.end_mediation,
        lambda page: bool(page.mediation),
        _("Mediation is over. The decision still follows."),
    ),
    Verb(
        "describe",
        _("Title and summary"),
        _("Keep title and summary"),
        Doing.HANDLE,
        forms.DescribeForm,
        doings.describe,
        lambda page: True,
        _("Kept."),
    ),
    Verb(
        "link",
        _("Link with another matter"),
        _("Link them"),
        Doing.HANDLE,
        forms.OtherCaseForm,
        doings.other(grouping.link_cases, "to"),
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
        doings.other(grouping.join_case, "lead_id"),
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
        doings.other(grouping.merge_case, "into"),
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
        doings.with_why(grouping.take_out),
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
        doings.aside,
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
        doings.accused,
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
