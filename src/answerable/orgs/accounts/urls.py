"""allauth's pages for second factors. Those that add or remove one are one transaction with the act about it."""

from __future__ import annotations

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path

whole = transaction.atomic(durable=True)

urlpatterns: list[URLPattern | URLResolver] = [
    path("totp/activate/", whole(totp.activate_totp)),
    path("totp/deactivate/", whole(totp.deactivate_totp)),
    path("recovery-codes/generate/", whole(recovery_codes.generate_recovery_codes)),
    path("webauthn/add/", whole(webauthn.add_webauthn)),
    path("webauthn/keys/<int:pk>/remove/", whole(webauthn.remove_webauthn)),
    path("", include("allauth.mfa.urls")),
]
