"""allauth's pages for second factors. Those that add or remove one are one transaction with the act about it."""

from __future__ import annotations

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

#: allauth's ways that an office does not have: accounts, addresses and lost passwords are the administrator's work,
#: each an act. Their names stay known, since allauth's own pages ask for them.
CLOSED = r"^accounts/(?:signup|email|confirm-email|inactive|login/code|password/(?:reset|set))(?:/|$)"


def closed(_request: HttpRequest) -> HttpResponse:
    raise Http404


whole = transaction.atomic(durable=True)

urlpatterns: list[URLPattern | URLResolver] = [
    path("totp/activate/", whole(totp.activate_totp)),
    path("totp/deactivate/", whole(totp.deactivate_totp)),
    path("recovery-codes/generate/", whole(recovery_codes.generate_recovery_codes)),
    path("webauthn/add/", whole(webauthn.add_webauthn)),
    path("webauthn/keys/<int:pk>/remove/", whole(webauthn.remove_webauthn)),
    path("", include("allauth.mfa.urls")),
]
