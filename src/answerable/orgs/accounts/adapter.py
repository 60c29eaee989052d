"""allauth with this house's rules: no open sign-up, one throttle of our own that stores no address."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from answerable.core import clock, limits
from answerable.core.source import source_of

#: Tries at a password in 15 minutes: from one network; from it for one user name; and for one from everywhere.
#: A name is no secret, so a limit that one stranger reaches alone would shut its owner out.
TRIES_A_SOURCE = 30
TRIES_A_NAME = 10
TRIES_A_NAME_OVERALL = 200
WINDOW_S = 900


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; refuse with a sentence that says when to try again. allauth's own limits are off."""
        now = clock.now()
        source = source_of(request)
        by_source = limits.allow("sign in", source, TRIES_A_SOURCE, WINDOW_S, now)
        name = str(credentials.get("username") or credentials.get("email") or "")
        purpose = f"sign in as {name.lower()[:64]}"
        by_name = limits.allow(purpose, source, TRIES_A_NAME, WINDOW_S, now, overall=TRIES_A_NAME_OVERALL)
        for verdict in (by_source, by_name):
            if not verdict:
                raise ValidationError(verdict.sentence(), code="too_many_tries")
        super().pre_authenticate(request, **credentials)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of the sign-in itself: whoever was just asked is not asked again at once."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/desk/"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"
