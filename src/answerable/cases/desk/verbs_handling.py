"""Verbs with which a matter is handled: taken, worked on, talked about, ended."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind
from answerable.cases.desk import doings, forms, together
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.doings import with_fields
from answerable.cases.desk.verb import FIRST, Verb, in_state
from answerable.cases.rules import Doing
from answerable.cases.services import deciding, grouping, handling, hearings, mediation


def may_hear(page: CasePage) -> bool:
    return hearings.knows_hearings(page.pack) and page.case.state in rules.ALLOWED[ActKind.HEARING_OPENED]


def may_call_off(page: CasePage) -> bool:
    """What the person has a right to, only they call off; the page says so where the day stands."""
    hearing = page.hearing if page.case.state in rules.WORKING else None
    return hearing is not None and hearing.is_coming and not hearing.is_owed


def may_extend(page: CasePage) -> bool:
    return page.case.state in rules.WORKING and any(
        c.row.is_office and c.row.derivation.get("extension_rule") and c.state != "late" for c in page.clocks
    )


def delivered(page: CasePage, form: Any) -> str:
    """What the proven delivery opens: the next rung by its name, or nothing more."""
    decision, case = page.undelivered, page.case
    if decision is not None and ((decision.act_seq or 0) < case.reopened_seq or decision.stage != case.stage):
        return gettext(
            "Recorded. The matter was taken up again meanwhile: no time of the person's runs from it."
        )
    if page.rung_above:
        return gettext("Recorded. The person's time for this runs from it: %(rung)s.") % {
            "rung": page.rung_above
        }
    return gettext("Recorded. The path of reviews ends with this.")


def may_reopen(page: CasePage) -> bool:
    case = page.case
    return case.state != "withdrawn" and rules.may_be_reopened(
        case.state, case.stage, case.outcome, is_unsolved=case.person_solved is False
    )


def reopened(page: CasePage, form: Any) -> str:
    if page.case.state == "passed_on":
        return gettext("Taken up again. Its time limit runs on as if it had stayed here.")
    if page.case.stage != "handle":
        return gettext("Taken up again. It is with the unit that decided first, and a new time limit runs.")
    return gettext("Taken up again. A new time limit runs; what the file shows of the first answer stays.")


def replied(page: CasePage, form: Any) -> str:
    """In how many files the message stands, where matters are answered together."""
    if not page.members:
        return gettext("The message was sent.")
    sent = 1 + len(form.cleaned_data.get("members") or ())
    text = ngettext(
        "The message was sent in %(count)s matter.", "The message was sent in %(count)s matters.", sent
    )
    return text % {"count": sent}


HANDLING: tuple[Verb, ...] = (
    Verb(
        "accept",
        _("Accept"),
        _("Accept it for handling"),
        Doing.ACCEPT,
        forms.AcceptForm,
        with_fields(handling.accept_case, "title"),
        in_state(ActKind.ACCEPTED),
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
        with_fields(handling.assign_case, "to_post", "why"),
        in_state(ActKind.ASSIGNED),
        _("Given. The date stays as it is."),
        FIRST,
        key="t",
        undo=lambda page: ("assign", page.case.handler_post_id or 0),
    ),
    Verb(
        "giveback",
        _("Give the draft back"),
        _("Give it back with this remark"),
        Doing.SIGN,
        forms.RemarkForm,
        with_fields(deciding.return_draft, "why"),
        lambda page: page.draft is not None and page.case.is_draft_ready,
        _("Given back. Whoever wrote the draft was told what has to change."),
        FIRST,
        intro=_("The draft stays as it is; nothing goes to the person, and the date stays."),
    ),
    Verb(
        "ask",
        _("Ask the person"),
        _("Send the question"),
        Doing.HANDLE,
        forms.AskForm,
        with_fields(handling.ask_person, "text"),
        in_state(ActKind.ASKED),
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
        replied,
        FIRST,
        key="r",
        has_canned=True,
        left_out=lambda page, form: together.left_out(page.members, form.cleaned_data.get("members") or ()),
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
        delivered,
        FIRST,
    ),
    Verb(
        "close",
        pgettext_lazy("a matter", "Close"),
        _("Close the matter"),
        Doing.HANDLE,
        forms.MaybeWhyForm,
        with_fields(deciding.close_case, "why"),
        in_state(ActKind.CLOSED),
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
        with_fields(deciding.reopen_case, "why"),
        may_reopen,
        reopened,
        FIRST,
    ),
    Verb(
        "charge",
        _("Take charge"),
        _("Take charge of it to its end"),
        Doing.CHARGE,
        forms.MaybeWhyForm,
        with_fields(handling.take_charge, "why"),
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
        with_fields(handling.extend_case, "number", "why"),
        may_extend,
        _("Extended. The person was told, with your reason."),
        intro=_(
            "By doing this you approve the extension as head. It is possible within the rule, and before the date."
        ),
    ),
    Verb(
        "askextend",
        _("Ask the leader for more time"),
        _("Put it before the leader"),
        Doing.HANDLE,
        forms.AskExtensionForm,
        with_fields(handling.ask_extension, "number", "why"),
        lambda page: may_extend(page) and not page.can(Doing.EXTEND),
        _("The leader was told. Until they extend it, the date stays."),
        intro=_("Only a leader extends a time limit, within the rule, and before the date."),
    ),
    Verb(
        "mediate",
        _("Offer mediation"),
        _("Offer mediation"),
        Doing.HANDLE,
        forms.MediateForm,
        with_fields(mediation.offer_mediation, "text", "other_side"),
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
        with_fields(mediation.end_mediation, "text", "agreed"),
        lambda page: page.mediation == "consented",
        _("Mediation is over. The decision still follows."),
    ),
    Verb(
        "nomediation",
        _("Take the offer of mediation back"),
        _("Take it back, and tell the person"),
        Doing.HANDLE,
        forms.OfferBackForm,
        with_fields(mediation.end_mediation, "text", "agreed"),
        lambda page: page.mediation == "offered",
        _("Taken back. The matter goes on as before."),
    ),
    Verb(
        "hearing",
        _("Announce a hearing"),
        _("Announce it to the person"),
        Doing.HANDLE,
        forms.HearingForm,
        with_fields(hearings.announce_hearing, "on", "at", "place", "text", "ground"),
        lambda page: may_hear(page) and (page.hearing is None or page.hearing.is_over),
        _("Announced. The person was told."),
        intro=_(
            "Announcing pauses nothing. The clock rests only during the hearing itself, where the rule says so."
        ),
    ),
    Verb(
        "movehearing",
        _("Move the hearing"),
        _("Move it, and tell the person"),
        Doing.HANDLE,
        forms.HearingForm,
        with_fields(hearings.announce_hearing, "on", "at", "place", "text", "ground"),
        lambda page: may_hear(page) and page.hearing is not None and page.hearing.is_coming,
        _("Moved. The person was told the new day and place."),
        FIRST,
        intro=_("What is written here takes the place of what was announced. Moving it pauses nothing."),
    ),
    Verb(
        "openhearing",
        _("Open the hearing"),
        _("Open it now"),
        Doing.HANDLE,
        forms.VerbForm,
        with_fields(hearings.open_hearing),
        lambda page: may_hear(page) and page.hearing is not None and page.hearing.is_coming,
        _("The hearing is open. Close it with its minutes when it is over."),
        FIRST,
    ),
    Verb(
        "closehearing",
        _("Close the hearing"),
        _("Close it, with the minutes"),
        Doing.HANDLE,
        forms.MinutesForm,
        with_fields(hearings.close_hearing, "text", "minutes"),
        lambda page: page.hearing is not None and page.hearing.stands == "open",
        _("Closed. The minutes are with the files."),
        FIRST,
    ),
    Verb(
        "calloffhearing",
        _("Call the hearing off"),
        _("Call it off, and tell the person"),
        Doing.HANDLE,
        forms.WhyForm,
        with_fields(hearings.call_off_hearing, "why"),
        may_call_off,
        _("Called off. The person was told, with your reason. It can be announced anew."),
        intro=_(
            "The hearing does not take place, and no date moves. To put it on another day, move it instead."
        ),
    ),
    Verb(
        "describe",
        _("Title and summary"),
        _("Keep title and summary"),
        Doing.HANDLE,
        forms.DescribeForm,
        with_fields(grouping.describe_case, "title", "shared_summary"),
        lambda page: True,
        _("Kept."),
    ),
)
