"""From an empty installation to a real office: what is done, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from answerable.core.checks import Fault
from answerable.core.key_copies import is_copied
from answerable.orgs import checks
from answerable.orgs.access import Visitor, admin_view
from answerable.orgs.models import Place, Staff, Subject, Unit


@dataclass(frozen=True)
class Step:
    """`faults` empty and `is_begun`: done."""

    title: str
    text: str
    url: str
    is_begun: bool
    faults: list[Fault]

    @property
    def is_done(self) -> bool:
        return self.is_begun and not self.faults


def _found(*asked: Callable[[], Iterator[Fault]], codes: tuple[str, ...] = ()) -> list[Fault]:
    return [fault for check in asked for fault in check() if not codes or fault.code in codes]


def steps(visitor: Visitor) -> list[Step]:
    """The checklist; its state comes from the checks that `answerable check` runs."""
    home = visitor.home
    body_codes = ("no_conduct_body", "nothing_above", "calendar", "outside_no_address", "outside_no_post")
    subjects = Subject.objects.filter(authority=home)
    return [
        Step(
            _("Name your office and choose its procedure"),
            _(
                "Its name, time zone and procedure; the body above it; and where accusations of your own people go."
            ),
            reverse("orgs:edit", args=["authorities", home.code]),
            bool(home.name),
            _found(checks.check_authorities, checks.check_outside_bodies, codes=body_codes),
        ),
        Step(
            _("Make the units"),
            _("As a tree: the head of the office on top, the others below."),
            reverse("orgs:overview"),
            Unit.objects.filter(authority=home).count() > 1,
            _found(checks.check_authorities, codes=("no_root", "two_roots")) + _found(checks.check_units),
        ),
        Step(
            _("Make sign-ins for your people"),
            _("Each gets a one-time code and sets a password that nobody else knows."),
            reverse("orgs:people"),
            Staff.objects.count() > 1,
            [],
        ),
        Step(
            _("Fill the posts"),
            _("A post answers, whoever holds it. Give each a holder and a way to reach it."),
            reverse("orgs:overview"),
            Unit.objects.filter(authority=home, posts__appointments__isnull=False).exists(),
            _found(checks.check_posts),
        ),
        Step(
            _("Name subjects and places"),
            _("What people can choose from: kinds of matters, never kinds of people."),
            reverse("orgs:lists"),
            subjects.exists() and Place.objects.filter(authority=home).exists(),
            _found(checks.check_names),
        ),
        Step(
            _("Draw the map: who answers for what"),
            _("Begin with one rule for everything; then add what others answer for."),
            reverse("orgs:map"),
            subjects.exists(),
            _found(checks.check_map),
        ),
        Step(
            _("Set up e-mail"),
            _("In the settings: ANSWERABLE_EMAIL_HOST and what belongs to it. “answerable check” tries it."),
            "",
            bool(getattr(settings, "EMAIL_HOST", "")) or settings.DEMO,
            [],
        ),
        Step(
            _("Keep a copy of the key file apart"),
            _(
                "Without it, sealed identities cannot be opened any more. Print it or put it on a stick in a safe: answerable keys backup FILE"
            ),
            "",
            is_copied(Path(str(settings.ANSWERABLE_KEY_FILE))),
            [],
        ),
    ]


@require_GET
@admin_view
def first_steps(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    rows = steps(visitor)
    context = {"visitor": visitor, "steps": rows, "done": sum(step.is_done for step in rows)}
    return render(request, "orgs/first_steps.html", context)
