"""What happened to a matter, in words without places: for lists in which acts of many matters stand together."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.cases.act_kinds import ActKind as A
from answerable.cases.desk.wording import SAID

#: Where a matter's own page names who, what or how much.
WITHOUT_PLACES: dict[str, Any] = {
    A.PASSED_ON: _("Passed on to another body"),
    A.NATURE_SAID: _("Accuses nobody, said whoever read it first"),
    A.TRANSFERRED: _("Handed over to another unit"),
    A.OBJECTION_AGREED: _("Objection to the handing over accepted"),
    A.OBJECTION_DECLINED: _("Objection to the handing over not accepted"),
    A.ASSIGNED: _("Given to a post"),
    A.EXTENDED: _("Time limit extended"),
    A.DECIDED: _("Decision sent"),
    A.DECISION_DELIVERED: _("Decision delivered"),
    A.RAISED: _("Raised by the person to the level above"),
    A.LIFTED: _("Late: lifted to the level above"),
    A.REMINDED: _("Reminder sent"),
    A.REVIEW_ASKED: _("The person asked for a review"),
    A.REVIEW_DECIDED: _("Review decided"),
    A.REREVIEW_ASKED: _("The person asked for a re-review"),
    A.REREVIEW_DECIDED: _("Re-review decided"),
    A.HEARING_ANNOUNCED: _("Hearing announced"),
    A.LINKED: _("Linked with another matter"),
    A.JOINED: _("Answered together with another matter from now on"),
    A.MERGED: _("Merged with another matter"),
    A.SPLIT: _("Stands apart from another matter again"),
    A.DIVIDED: _("Made two matters"),
    A.POST_CLOSED: _("A post that had a matter was closed, and others carry it on"),
    A.RATED: _("The person rated the handling"),
    A.NATURE_SAID: _("The first reader says that it is of nobody's conduct"),
    A.EXPORT_MADE: _("A list was exported"),
    A.CODES_RESERVED: _("Receipt codes were reserved for a counter without a network"),
    A.CODES_GIVEN_BACK: _("Receipt codes of a counter without a network were given back"),
    "cases.imported": _("Matters were taken over from another desk"),
    "cases.import_begun": _("What another desk has was read, to be taken over"),
    "cases.import_confirmed": _("Taking matters over from another desk was confirmed"),
    "cases.import_stopped": _("Taking matters over from another desk was stopped"),
    "cases.import_failed": _("Taking matters over from another desk could not go on"),
    "cases.import_retried": _("Taking matters over from another desk was tried again"),
    "cases.import_left": _("What another desk has was not taken over"),
    "mailbox.mail_read": _("A message that waited in a mailbox was read"),
}
WORDS: dict[str, Any] = {kind: _(said) for kind, said in SAID.items()} | WITHOUT_PLACES
