"""Addresses: each room brings its own."""

from __future__ import annotations

import importlib.util

from django.urls import URLPattern, URLResolver, include, path, re_path

from answerable.orgs.accounts.urls import CLOSED, closed

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(CLOSED, closed),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("answerable.orgs.accounts.urls")),
    path("new/", include("answerable.cases.portal.urls")),
    path("case/", include("answerable.cases.person.urls")),
    path("desk/looks/", include("answerable.cases.looks.urls")),
    path("desk/", include("answerable.cases.desk.urls")),
]


def _is_there(room: str) -> bool:
    """Whether a room serves pages; its parent may not be there either."""
    try:
        return importlib.util.find_spec(room) is not None
    except ModuleNotFoundError:
        return False


for _room, _at in [
    ("answerable.orgs.urls", "desk/organisation/"),
    ("answerable.duty.rosters.urls", "desk/duty/rosters/"),
    ("answerable.duty.urls", "desk/duty/"),
    ("answerable.duty.public_urls", "calendar/"),
    ("answerable.alerts.contacts.urls", "desk/alerts/contacts/"),
    ("answerable.alerts.live.urls", "desk/alerts/live/"),
    ("answerable.alerts.urls", "desk/alerts/"),
    ("answerable.alerts.public_urls", "a/"),
    ("answerable.alerts.answering.hook_urls", "hooks/replies/"),
    ("answerable.alerts.hook_urls", "hooks/"),
    ("answerable.incidents.plan_urls", "desk/plans/"),
    ("answerable.incidents.board.urls", "desk/incidents/"),
    ("answerable.incidents.photos.urls", "desk/incidents/"),
    ("answerable.incidents.reports.urls", "desk/incidents/reports/"),
    ("answerable.incidents.warnings.urls", "desk/incidents/warnings/"),
    ("answerable.incidents.reviews.urls", "desk/incidents/reviews/"),
    ("answerable.incidents.drills.urls", "desk/incidents/drills/"),
    ("answerable.incidents.urls", "desk/incidents/"),
    ("answerable.incidents.field.urls", "desk/field/"),
    ("answerable.incidents.public_urls", "warnings/"),
    ("answerable.readiness.periods.urls", "desk/periods/"),
    ("answerable.readiness.rounds.urls", "desk/rounds/"),
    ("answerable.readiness.rounds.field_urls", "desk/rounds/field/"),
    ("answerable.readiness.reports.urls", "desk/reports/"),
    ("answerable.readiness.sheet.urls", "desk/responsibility/"),
    ("answerable.figures.urls", "desk/figures/"),
    ("answerable.figures.published.desk_urls", "desk/published/"),
    ("answerable.figures.published.urls", "figures/"),
    ("answerable.cases.mailbox.urls", "desk/mailbox/"),
    ("answerable.cases.imports.urls", "desk/imports/"),
    ("answerable.api.desk_urls", "desk/keys/"),
    ("answerable.api.urls", "api/v1/"),
    ("answerable.open311.urls", "open311/"),
    ("answerable.ops.retention.urls", "desk/kept/"),
    ("answerable.site.record_urls", "record/"),
    ("answerable.ui.urls", ""),
    ("answerable.site.urls", ""),
]:
    if _is_there(_room):
        urlpatterns.append(path(_at, include(_room)))

# These pages need neither session nor database, and give back what was typed.
handler400 = "answerable.ui.errors.bad_request"
handler403 = "answerable.ui.errors.forbidden"
handler404 = "answerable.ui.errors.not_found"
handler500 = "answerable.ui.errors.server_error"
