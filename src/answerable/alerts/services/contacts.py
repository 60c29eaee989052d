"""Changes to how somebody is reached: each an act on their body's matter, which never holds an address."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db import transaction

from answerable.alerts.addresses import SEALED, ReadAddress, address_of, read_address, seal_address
from answerable.alerts.contacts import codes, queries, rules
from answerable.alerts.contacts.act_kinds import ContactAct
from answerable.alerts.contacts.rules import CannotContact
from answerable.alerts.models import ContactPoint, Delivery, QuietHours
from answerable.alerts.models.contacts import Way
from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Staff
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of

LABEL_LIMIT = 60


@transaction.atomic(durable=True)
def add_contact(
    *,
    staff_id: int,
    way: str,
    typed: str,
    label: str = "",
    urgent_after_s: int | None = 0,
    calm_after_s: int | None = 0,
    home: Authority,
    by: Actor,
    now: datetime,
) -> tuple[ContactPoint, str]:
    """A new way, not shown to work yet. Returns it, and a webhook's key: said this once.

    Raises CannotReadAddress, CannotReadNumber, CannotContact.
    """
    rules.check_after(urgent_after_s, calm_after_s)
    read = read_address(way, typed)
    if not queries.can_send(way):
        raise CannotContact("unset")
    Staff.objects.select_for_update().get(pk=staff_id)
    rows = list(ContactPoint.objects.filter(staff=staff_id, removed_at=None))
    if len(rows) >= rules.MOST:
        raise CannotContact("too_many", most=rules.MOST)
    _refuse_twice(rows, way, read)
    made = ContactPoint(
        staff_id=staff_id,
        way=way,
        label=label.strip()[:LABEL_LIMIT],
        position=max((row.position for row in rows), default=-1) + 1,
        urgent_after_s=urgent_after_s,
        calm_after_s=calm_after_s,
        made_at=now,
    )
    if way in SEALED:
        made.save()  # it is sealed to its own id
    seal_address(made, read.address)
    made.save()
    _record(ContactAct.ADDED, made, home, by, now)
    return made, read.key


def _refuse_twice(rows: list[ContactPoint], way: str, read: ReadAddress) -> None:
    for row in rows:
        if row.way == way and way != Way.WEBHOOK and address_of(row) == read.address:
            raise CannotContact("twice")


@transaction.atomic(durable=True)
def change_contact(
    *,
    contact_id: int,
    staff_id: int,
    label: str,
    urgent_after_s: int | None,
    calm_after_s: int | None,
    home: Authority,
    by: Actor,
    now: datetime,
) -> ContactPoint:
    """What it is called, and when it is tried. Raises CannotContact."""
    rules.check_after(urgent_after_s, calm_after_s)
    row = _lock(contact_id, staff_id)
    row.label = label.strip()[:LABEL_LIMIT]
    row.urgent_after_s, row.calm_after_s = urgent_after_s, calm_after_s
    row.save(update_fields=["label", "urgent_after_s", "calm_after_s"])
    _record(ContactAct.CHANGED, row, home, by, now, urgent_after_s=urgent_after_s, calm_after_s=calm_after_s)
    return row


@transaction.atomic(durable=True)
def move_contact(
    *, contact_id: int, staff_id: int, up: bool, home: Authority, by: Actor, now: datetime
) -> None:
    """One place up or down in the order in which ways of the same delay are tried. Raises CannotContact."""
    rows = {
        row.pk: row
        for row in ContactPoint.objects.select_for_update().filter(staff=staff_id, removed_at=None)
    }
    if contact_id not in rows:
        raise CannotContact("gone")
    order = rules.moved(list(rows), contact_id, -1 if up else 1)
    for position, pk in enumerate(order):
        rows[pk].position = position
    ContactPoint.objects.bulk_update(rows.values(), ["position"])
    _record(ContactAct.CHANGED, rows[contact_id], home, by, now, position=rows[contact_id].position)


@transaction.atomic(durable=True)
def remove_contact(*, contact_id: int, staff_id: int, home: Authority, by: Actor, now: datetime) -> None:
    """Take a way away; its address is destroyed. Raises CannotContact (gone)."""
    row = _lock(contact_id, staff_id)
    _forget([row], now)
    _record(ContactAct.REMOVED, row, home, by, now)


@transaction.atomic(durable=True)
def send_code(
    *, contact_id: int, staff_id: int, language: str, home: Authority, by: Actor, now: datetime
) -> ContactPoint:
    """Send a code to it, which counts for a quarter of an hour. Raises CannotContact (by_hand, too_soon,
    too_many_codes, unset)."""
    row = _lock(contact_id, staff_id)
    if row.way == Way.LANDLINE:
        raise CannotContact("by_hand")
    if not queries.can_send(row.way):
        raise CannotContact("unset")
    rules.check_again(row.code_until, now)
    lately = Delivery.objects.filter(
        purpose="contact_code", contact__staff=staff_id, queued_at__gt=now - rules.CODES_WITHIN
    )
    if lately.count() >= rules.MOST_CODES:  # also to ways that were taken away again
        raise CannotContact("too_many_codes", most=rules.MOST_CODES)
    row.code_until, row.code_tries = now + rules.CODE_FOR, 0
    row.code_digest = codes.digest_of(row, codes.code_for(row))
    row.save(update_fields=["code_until", "code_tries", "code_digest"])
    _queue(row, "contact_code", f"{row.code_until.timestamp():.0f}", language, now)
    _record(ContactAct.CODE_SENT, row, home, by, now)
    return row


@transaction.atomic(durable=True)
def verify_contact(
    *, contact_id: int, staff_id: int, typed: str, home: Authority, by: Actor, now: datetime
) -> int | None:
    """Type in the code that came. None: it works from now on; else how many tries are left, which may be none.

    A wrong try is counted and kept, so it is no exception. Raises CannotContact (gone, code_over).
    """
    row = _lock(contact_id, staff_id)
    rules.check_code(until=row.code_until, tries=row.code_tries, now=now)
    if not codes.is_right(row, typed):
        row.code_tries += 1
        row.save(update_fields=["code_tries"])
        _record(ContactAct.CODE_WRONG, row, home, by, now, tries=row.code_tries)
        return rules.CODE_TRIES - row.code_tries
    row.verified_at, row.failing_since = now, None
    row.code_digest, row.code_until, row.code_tries = None, None, 0
    row.save(update_fields=["verified_at", "failing_since", "code_digest", "code_until", "code_tries"])
    _record(ContactAct.VERIFIED, row, home, by, now)
    return None


@transaction.atomic(durable=True)
def confirm_by_hand(
    *, contact_id: int, they_answered: bool, home: Authority, by: Actor, now: datetime
) -> ContactPoint:
    """Somebody called this landline: the person answered there, or did not. Raises CannotContact."""
    row = _lock(contact_id)
    if row.way != Way.LANDLINE:
        raise CannotContact("not_by_hand")
    if row.staff_id == by.staff_id:
        raise CannotContact("own")
    if they_answered:
        row.verified_at, row.failing_since = now, None
    else:
        row.failing_since = row.failing_since or now
    row.save(update_fields=["verified_at", "failing_since"])
    _record(ContactAct.CONFIRMED_BY_HAND, row, home, by, now, answered=they_answered)
    return row


@transaction.atomic(durable=True)
def show_number(*, contact_id: int, home: Authority, by: Actor, now: datetime) -> str:
    """A colleague's landline, for whoever is about to call it: the look is an act. Raises CannotContact (gone)."""
    row = _lock(contact_id)
    if row.way != Way.LANDLINE:
        raise CannotContact("not_by_hand")
    _record(ContactAct.SHOWN, row, home, by, now)
    return address_of(row)


@transaction.atomic(durable=True)
def send_test(
    *, contact_id: int, staff_id: int, language: str, home: Authority, by: Actor, now: datetime
) -> None:
    """A message that says it is a test; one a minute. Raises CannotContact (by_hand, unset)."""
    row = _lock(contact_id, staff_id)
    if row.way == Way.LANDLINE:
        raise CannotContact("by_hand")
    if not queries.can_send(row.way):
        raise CannotContact("unset")
    _queue(row, "contact_test", f"{now:%Y%m%d%H%M}", language, now)
    _record(ContactAct.TESTED, row, home, by, now)


@transaction.atomic(durable=True)
def set_quiet_hours(
    *, staff_id: int, begins: time | None, until: time | None, home: Authority, by: Actor, now: datetime
) -> None:
    """From when till when only what is urgent comes through; both empty or the same: at no time."""
    if begins is None or until is None or begins == until:
        QuietHours.objects.filter(staff=staff_id).delete()
        are_set = False
    else:
        QuietHours.objects.update_or_create(staff_id=staff_id, defaults={"begins": begins, "until": until})
        are_set = True
    # When somebody sleeps is not for a record that is kept for ever.
    append(
        ContactAct.QUIET_HOURS,
        matter=matter_of("authority", home.pk),
        by=by,
        at=now,
        body={"staff": staff_id, "set": are_set},
    )


@transaction.atomic(durable=True)
def expire_contacts(*, staff_id: int, now: datetime) -> int:
    """The ways of somebody who serves no more: addresses destroyed, quiet hours too (rights, rule 12)."""
    rows = list(ContactPoint.objects.select_for_update().filter(staff=staff_id, removed_at=None))
    if not rows or queries.serving(now).filter(pk=staff_id).exists():
        return 0
    _forget(rows, now)
    QuietHours.objects.filter(staff=staff_id).delete()
    append(
        ContactAct.EXPIRED,
        matter=matter_of("authority", queries.last_body(staff_id)),
        by=Actor.system(),
        at=now,
        body={"staff": staff_id, "ways": len(rows)},
    )
    return len(rows)


def _lock(contact_id: int, staff_id: int | None = None) -> ContactPoint:
    rows = ContactPoint.objects.select_for_update().filter(pk=contact_id, removed_at=None)
    row = (rows if staff_id is None else rows.filter(staff=staff_id)).first()
    if row is None:
        raise CannotContact("gone")
    return row


def _forget(rows: list[ContactPoint], now: datetime) -> None:
    for row in rows:
        row.address, row.sealed, row.label, row.code_digest, row.removed_at = "", None, "", None, now
    ContactPoint.objects.bulk_update(rows, ["address", "sealed", "label", "code_digest", "removed_at"])
    Delivery.objects.filter(
        contact__in=rows, state=Delivery.State.QUEUED, purpose__in=("contact_code", "contact_test")
    ).update(state=Delivery.State.DROPPED, ended_at=now, next_try_at=None)


def _queue(row: ContactPoint, purpose: str, mark: str, language: str, now: datetime) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(
                id=uuid7(),
                kind=row.way,
                purpose=purpose,
                key=f"{purpose}:{row.pk}:{mark}",
                contact=row,
                is_urgent=True,
                language=language,
                queued_at=now,
                next_try_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def _record(
    act: ContactAct, row: ContactPoint, home: Authority, by: Actor, now: datetime, **more: Any
) -> None:
    body = {"contact": row.pk, "staff": row.staff_id, "way": str(row.way)} | more
    append(act, matter=matter_of("authority", home.pk), by=by, at=now, body=body)
