"""Verbs with which a matter goes to another unit or body, and what can be said against it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.cases.act_kinds import ActKind
from answerable.cases.desk import forms
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.doings import with_fields
from answerable.cases.desk.verb import FIRST, Verb, in_state
from answerable.cases.rules import Doing
from answerable.cases.services import handling, transfers


def transfer_here(page: CasePage, *stands: str) -> bool:
    return (
        page.transfer is not None
        and page.transfer.stands in stands
        and page.transfer.to_unit == page.case.unit_id
    )


ROUTING: tuple[Verb, ...] = (
    Verb(
        "transfer",
        _("Hand over to another unit"),
        _("Hand it over"),
        Doing.ROUTE,
        forms.TransferForm,
        with_fields(handling.transfer_case, "to_unit", "why"),
        in_state(ActKind.TRANSFERRED),
        _("Handed over. The person sees where it is."),
        intro=_("No time limit starts again. The other unit may object, with reasons."),
    ),
    Verb(
        "object",
        _("Object to the handing over"),
        _("Send the objection"),
        Doing.ROUTE,
        forms.InnerWhyForm,
        with_fields(handling.object_to_transfer, "why"),
        lambda page: (
            transfer_here(page, "made")
            and not transfers.is_objection_late(page.case, page.pack, page.desk.now)
        ),
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
        with_fields(transfers.agree_objection, "why"),
        lambda page: transfer_here(page, "objected"),
        _("The matter is yours again."),
        FIRST,
        by_sender=True,
    ),
    Verb(
        "decline",
        _("Decline the objection"),
        _("Decline the objection"),
        Doing.READ,
        forms.InnerWhyForm,
        with_fields(transfers.decline_objection, "why"),
        lambda page: transfer_here(page, "objected"),
        _("It stays where it is."),
        FIRST,
        by_sender=True,
    ),
    Verb(
        "superior",
        _("Let the level above both decide"),
        _("Put it before the level above"),
        Doing.ROUTE,
        forms.InnerWhyForm,
        with_fields(transfers.ask_common_superior, "why"),
        lambda page: transfer_here(page, "declined"),
        _("The level above both has been told."),
        FIRST,
    ),
    Verb(
        "pass",
        _("Pass on to another body"),
        _("Pass it on"),
        Doing.ROUTE,
        forms.PassOnForm,
        with_fields(handling.pass_on, "to", "why"),
        in_state(ActKind.PASSED_ON),
        _("Passed on. The person was told where and why."),
        intro=_(
            "Only where another body is competent. Say who it is and why: the person reads it word for word."
        ),
    ),
)
