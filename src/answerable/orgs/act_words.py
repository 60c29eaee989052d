"""What happened to the organisation and its sign-ins, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.orgs.act_kinds import OrgAct

WORDS: dict[str, Any] = {
    OrgAct.APPOINTED: _("Somebody was appointed to a post"),
    OrgAct.APPOINTMENT_ENDED: _("An appointment ended"),
    OrgAct.CREATED: _("A row of the organisation was added"),
    OrgAct.CHANGED: _("A row of the organisation was changed"),
    OrgAct.REMOVED: _("A row of the organisation was taken away"),
    OrgAct.IMPORTED: _("The organisation was changed by a file"),
    OrgAct.EXPORTED: _("The organisation was written to a file"),
    OrgAct.RETENTION_REPORTED: _("What was destroyed in a month was reported"),
    OrgAct.SIGN_IN_MADE: _("A one-time code was given for a sign-in"),
    OrgAct.SIGN_IN_RENEWED: _("A one-time code replaced a password"),
    OrgAct.SIGN_IN_CLOSED: _("A sign-in was closed"),
    OrgAct.SIGN_IN_OPENED: _("A sign-in was opened again"),
    OrgAct.PASSWORD_SET: _("A password was set"),
    OrgAct.SECOND_FACTOR_ADDED: _("A second factor was set up"),
    OrgAct.SECOND_FACTOR_REMOVED: _("A second factor was taken away by its owner"),
    OrgAct.SECOND_FACTOR_RESET: _("A lost second factor was taken away"),
}
