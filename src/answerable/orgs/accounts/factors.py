"""Second factors: known by the office's own address, and each one added or removed is an act.

allauth announces them by its signals and in no other way; nothing else of ours listens to one.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from answerable.core import clock
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Staff
from answerable.orgs.services.sign_ins import record_own


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not match. Please try again."),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host of ANSWERABLE_BASE_URL, whatever a request calls itself."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": settings.MFA_TOTP_ISSUER}


@receiver(authenticator_added, dispatch_uid="orgs factor added")
def added(*, user: Staff, authenticator: Authenticator, **more: Any) -> None:
    with transaction.atomic():  # recovery codes are announced after the commit of what they came with
        record_own(OrgAct.SECOND_FACTOR_ADDED, user, now=clock.now(), type=str(authenticator.type))


@receiver(authenticator_removed, dispatch_uid="orgs factor removed")
def removed(*, user: Staff, authenticator: Authenticator, **more: Any) -> None:
    with transaction.atomic():  # recovery codes are announced after the commit of what they came with
        record_own(OrgAct.SECOND_FACTOR_REMOVED, user, now=clock.now(), type=str(authenticator.type))
