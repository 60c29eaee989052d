"""Settle the demo town: its bodies, units, posts and people, and who answers for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from answerable.ops.demo import content
from answerable.orgs.models import (
    Appointment,
    Authority,
    CannedText,
    Hold,
    Place,
    Post,
    Responsibility,
    Role,
    SpecialDay,
    Staff,
    Subject,
    Unit,
)

PASSWORD = "demo-town"


@dataclass
class Settled:
    """The rows of the town by their codes in the content files."""

    authorities: dict[str, Authority] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


def settle(town: content.Town, now: datetime) -> Settled:
    """Write the town's organisation; inside the caller's transaction."""
    settled = Settled()
    _bodies(town, settled)
    _units(town, settled)
    _posts(town, settled)
    _people(town, settled, now)
    _subjects_and_places(town, settled)
    _map(town, settled)
    _closures(town, settled, now)
    return settled


def _bodies(town: content.Town, settled: Settled) -> None:
    for body in town.outside:
        settled.authorities[body.code] = Authority.objects.create(
            code=body.code,
            name_zh=body.name.zh,
            name_en=body.name.en,
            is_outside=True,
            phone=body.phone,
            letter_email=body.email,
            address_zh=body.address.zh,
            address_en=body.address.en,
            zone=town.time_zone,
            country=town.calendar.country,
        )
    for authority in town.authorities:
        settled.authorities[authority.code] = Authority.objects.create(
            code=authority.code,
            name_zh=authority.name.zh,
            name_en=authority.name.en,
            pack=town.pack,
            zone=town.time_zone,
            country=town.calendar.country,
            above=settled.authorities.get(authority.above or ""),
            conduct_body=settled.authorities.get(authority.accusations_to or ""),
        )
    for body in town.outside:
        row = settled.authorities[body.code]
        unit = Unit.objects.create(
            authority=row, code=body.code, name_zh=row.name_zh, name_en=row.name_en, phone=row.phone
        )
        Unit.objects.filter(pk=unit.pk).update(path=[unit.pk])
        Post.objects.create(
            unit=unit, code="head", role=Role.LEADER, is_head=True, name_zh="负责人", name_en="Head"
        )


def _units(town: content.Town, settled: Settled) -> None:
    for unit in town.units:
        parent = settled.units.get(unit.parent or "")
        row = Unit.objects.create(
            authority=settled.authorities[unit.authority],
            parent=parent,
            code=unit.code,
            name_zh=unit.name.zh,
            name_en=unit.name.en,
            phone=unit.phone,
            address_zh=unit.address.zh,
            address_en=unit.address.en,
            hours_zh=unit.hours.zh,
            hours_en=unit.hours.en,
            is_petition_office=unit.petition_office,
            takes_conduct=unit.takes_conduct,
        )
        row.path = [*(parent.path if parent else []), row.pk]
        row.save(update_fields=["path"])
        settled.units[unit.code] = row


def _posts(town: content.Town, settled: Settled) -> None:
    for post in town.posts:
        settled.posts[post.code] = Post.objects.create(
            unit=settled.units[post.unit],
            code=post.code,
            role=post.role,
            is_head=post.head,
            name_zh=post.name.zh,
            name_en=post.name.en,
            contact_phone=post.phone,
            contact_email=post.email,
        )


def _people(town: content.Town, settled: Settled, now: datetime) -> None:
    hashed = make_password(PASSWORD)
    for person in town.staff:
        settled.staff[person.code] = Staff.objects.create(
            username=person.sign_in or person.code,
            name_zh=person.name.zh,
            name_en=person.name.en,
            email=f"{person.code}@hedu.example",
            password=hashed,
        )
        for held in person.appointments:
            _appoint(
                settled,
                held.post,
                person.code,
                Hold.ACTING if held.acting else Hold.HOLDER,
                now,
                held.since_days,
            )
    holder = {
        held.post: person.code for person in town.staff for held in person.appointments if not held.acting
    }
    for post in town.posts:
        if post.deputy in holder and post.code in holder:  # the vacant post stays vacant
            _appoint(settled, post.code, holder[post.deputy], Hold.DEPUTY, now, 450)
    for leave in town.delegations:
        _appoint(
            settled, leave.post, holder[leave.to], Hold.DELEGATE, now, leave.since_days, leave.until_days
        )


def _appoint(
    settled: Settled, post: str, person: str, hold: Hold, now: datetime, since: int, until: int | None = None
) -> None:
    Appointment.objects.create(
        post=settled.posts[post],
        staff=settled.staff[person],
        hold=hold,
        from_at=now - timedelta(days=since),
        until_at=None if until is None else now - timedelta(days=until),
    )


def _subjects_and_places(town: content.Town, settled: Settled) -> None:
    hedu = settled.authorities[town.authorities[-1].code]
    for subject in town.subjects:
        parent = settled.subjects.get(subject.parent or "")
        row = Subject.objects.create(
            authority=hedu,
            code=subject.code.replace(".", "-"),
            parent=parent,
            name_zh=subject.name.zh,
            name_en=subject.name.en,
        )
        row.path = [*(parent.path if parent else []), row.pk]
        row.save(update_fields=["path"])
        settled.subjects[subject.code] = row
    for place in town.places:
        above = settled.places.get(place.parent or "")
        point = place.point or (None, None)
        spot = Place.objects.create(
            authority=hedu,
            code=place.code,
            parent=above,
            name_zh=place.name.zh,
            name_en=place.name.en,
            latitude=point[0],
            longitude=point[1],
        )
        spot.path = [*(above.path if above else []), spot.pk]
        spot.save(update_fields=["path"])
        settled.places[place.code] = spot


def _map(town: content.Town, settled: Settled) -> None:
    hedu = settled.authorities[town.authorities[-1].code]
    root = town.places[0].code
    for rule in town.rules:
        Responsibility.objects.create(
            authority=hedu,
            subject=settled.subjects.get(rule.subject or ""),
            place=None if rule.place == root else settled.places.get(rule.place or ""),
            unit=settled.units[rule.unit],
            leader_post=settled.posts[rule.leader],
        )
    for text in town.canned:
        CannedText.objects.create(
            authority=hedu,
            name_zh=text.title.zh,
            name_en=text.title.en,
            body_zh=text.body.zh,
            body_en=text.body.en,
        )


def _closures(town: content.Town, settled: Settled, now: datetime) -> None:
    hedu = settled.authorities[town.authorities[-1].code]
    for on, name in town.calendar.closures:
        month, day = (int(part) for part in on.split("-"))
        for year in (now.year - 1, now.year, now.year + 1):
            SpecialDay.objects.create(authority=hedu, on=date(year, month, day), why=name.zh)
