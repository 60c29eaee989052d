"""Take the steps that are due: read once for the whole batch, compute purely, write the difference.

Inside the caller's transaction, with the alarms locked. What is written together stands or falls together: who was
asked, the messages to them, the acts, and where the alarm stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from answerable.alerts import reaching, rules, tokens
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.calm import DIGESTED
from answerable.alerts.models import Alert, Asked, ContactPoint, Delivery, QuietHours
from answerable.alerts.reaching import Contact, Quiet
from answerable.alerts.rules import Climb, Found, Ladder, Place, Said, Taken
from answerable.alerts.targets import Directory
from answerable.core.ids import uuid7
from answerable.orgs.standing import held, standing
from answerable.record.actors import Actor
from answerable.record.append import Draft, append_all

#: Stands for the e-mail address of somebody who has entered no other way.
STAFF_EMAIL = 0
SYSTEM = Actor.system()
_PLACE = ["step", "round", "next_at", "taken_at", "state", "ended_at"]


def place_of(alert: Alert) -> Place:
    return Place(alert.step, alert.round, alert.next_at, alert.taken_at or alert.opened_at)


def heard(alert_ids: Iterable[UUID]) -> dict[UUID, list[Said]]:
    """Who was asked by these alarms and what they said, in one read."""
    found: dict[UUID, list[Said]] = defaultdict(list)
    columns = ("alert_id", "staff_id", "step", "round", "answer", "is_told_only", "is_unreachable")
    for alert_id, *said in (
        Asked.objects.filter(alert__in=list(alert_ids)).order_by("pk").values_list(*columns)
    ):
        found[alert_id].append(Said(*said))
    return found


class Contacts:
    """How people are reached; read for many at once, and for one where it must be."""

    def __init__(self) -> None:
        self._known: dict[int, list[Contact]] = {}
        self._quiet: dict[int, QuietHours] = {}

    def load(self, staff_ids: Iterable[int]) -> None:
        wanted = set(staff_ids) - self._known.keys()
        if not wanted:
            return
        self._known |= {pk: [] for pk in wanted}
        for row in ContactPoint.objects.filter(staff__in=wanted, removed_at=None).order_by("position", "pk"):
            self._known[row.staff_id].append(contact_of(row))
        for hours in QuietHours.objects.filter(staff__in=wanted):
            self._quiet[hours.staff_id] = hours
        people = standing().staff
        for pk in wanted:
            if not self._known[pk] and pk in people and people[pk].email:
                self._known[pk].append(Contact(STAFF_EMAIL, "email", is_verified=False))

    def of(self, staff_id: int) -> list[Contact]:
        self.load([staff_id])
        return self._known[staff_id]

    def quiet_of(self, staff_id: int, zone: str) -> Quiet | None:
        self.load([staff_id])
        hours = self._quiet.get(staff_id)
        return Quiet(hours.begins, hours.until, ZoneInfo(zone)) if hours else None


def contact_of(row: ContactPoint) -> Contact:
    return Contact(
        id=row.pk,
        way=row.way,
        position=row.position,
        urgent_after_s=row.urgent_after_s,
        calm_after_s=row.calm_after_s,
        is_verified=row.verified_at is not None,
        is_failing=row.failing_since is not None,
    )


class _Batch:
    """What one turn of the engine has read: whom steps mean, how they are reached, for which post."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.contacts = Contacts()
        self.posts: dict[tuple[UUID, int], int | None] = {}
        self._directory = Directory(now)
        self._found: dict[tuple[UUID, int], tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def meant(self, alert: Alert, ladder: Ladder, step: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        key = (alert.pk, step)
        if key not in self._found:
            asked, told = self._directory.meant(
                ladder.targets[step],
                authority_id=alert.authority_id,
                context=alert.context,
                about=alert.about,
            )
            for person in (*told, *asked):
                self.posts[alert.pk, person.staff] = person.post
            self._found[key] = tuple(p.staff for p in asked), tuple(p.staff for p in told)
        return self._found[key]

    def find(self, alert: Alert, ladder: Ladder, step: int) -> Found:
        asked, told = self.meant(alert, ladder, step)
        self.contacts.load((*asked, *told))
        out = frozenset(pk for pk in asked if not reaching.can_be_reached(self.contacts.of(pk)))
        return Found(asked, told, out)


def take(alerts: Sequence[Alert], now: datetime, *, by: Actor | None = None, raised: bool = False) -> None:
    """Take every step of these locked alarms that is due at `now`. `raised`: they were inserted just now, by `by`."""
    with held():
        _take(alerts, now, by=by, raised=raised)


def _take(alerts: Sequence[Alert], now: datetime, *, by: Actor | None, raised: bool) -> None:
    batch = _Batch(now)
    ladders = {alert.pk: Ladder.from_record(alert.ladder) for alert in alerts}
    said = {} if raised else heard(alert.pk for alert in alerts)
    first: set[int] = set()
    for alert in alerts:
        following = alert.step + 1 if alert.step + 1 < len(ladders[alert.pk].after_s) else 0
        if alert.next_at is not None and alert.next_at <= now and ladders[alert.pk].after_s:
            first.update(*batch.meant(alert, ladders[alert.pk], following))
    batch.contacts.load(first)
    climbs = [
        rules.climb(
            ladders[alert.pk],
            place_of(alert),
            said.get(alert.pk, ()),
            partial(batch.find, alert, ladders[alert.pk]),
            now,
        )
        for alert in alerts
    ]
    _write(list(zip(alerts, climbs, strict=True)), batch, by=by, raised=raised)


def _write(climbed: list[tuple[Alert, Climb]], batch: _Batch, *, by: Actor | None, raised: bool) -> None:
    _ask([(alert, one) for alert, climb in climbed for one in climb.taken], batch)
    for alert, climb in climbed:
        if climb.taken or climb.is_given_up:
            _stand(alert, climb, batch.now)
        drafts = [_draft(one, batch, alert) for one in climb.taken]
        if climb.is_given_up:
            drafts.append(Draft(AlertAct.UNANSWERED, {"rounds": alert.round + 1}))
        _record(alert, drafts, batch.now, raised_by=(by or SYSTEM) if raised else None)
    moved = [alert for alert, climb in climbed if climb.taken or climb.is_given_up]
    if moved:
        Alert.objects.bulk_update(moved, _PLACE)


def _record(alert: Alert, drafts: list[Draft], now: datetime, *, raised_by: Actor | None) -> None:
    """Whoever raises it does so under their post; the steps are the system's."""
    if raised_by is not None:
        body = {"code": alert.code, "authority": alert.authority_id, "drill": alert.is_drill}
        first = Draft(AlertAct.RAISED, body | ({"about": str(alert.about)} if alert.about else {}))
        if raised_by == SYSTEM:
            append_all([first, *drafts], matter=alert.pk, by=SYSTEM, at=now, new_matter=True)
            return
        append_all([first], matter=alert.pk, by=raised_by, at=now, new_matter=True)
    if drafts:
        append_all(drafts, matter=alert.pk, by=SYSTEM, at=now)


def _stand(alert: Alert, climb: Climb, now: datetime) -> None:
    place = climb.place
    alert.step, alert.round, alert.next_at, alert.taken_at = (
        place.step,
        place.round,
        place.next_at,
        place.taken_at,
    )
    if climb.is_given_up:
        alert.state, alert.ended_at = Alert.State.UNANSWERED, now


def _draft(one: Taken, batch: _Batch, alert: Alert) -> Draft:
    """Posts and numbers: who held the post stands with the alarm, and goes with it (rights, rule 12)."""
    posts = {batch.posts.get((alert.pk, staff)) for staff in one.asked}
    body = {
        "step": one.step,
        "round": one.round,
        "due_at": one.due_at.isoformat(),
        "asked": len(one.asked),
        "told": len(one.told),
        "unreachable": len(one.unreachable),
        "moves_on": one.moves_on,
        "posts": sorted(post for post in posts if post is not None),
    }
    return Draft(AlertAct.STEP_TAKEN, body)


def _ask(taken: list[tuple[Alert, Taken]], batch: _Batch) -> None:
    people = [
        (alert, one, staff, staff in one.told) for alert, one in taken for staff in (*one.asked, *one.told)
    ]
    rows = [
        Asked(
            pk=pk,
            alert=alert,
            staff_id=staff,
            post_id=batch.posts.get((alert.pk, staff)),
            step=one.step,
            round=one.round,
            is_told_only=is_told,
            is_unreachable=staff in one.unreachable or not batch.contacts.of(staff),
            at=batch.now,
            digest=tokens.digest_of(tokens.answer_token(pk)),
            reply_code=tokens.reply_code(pk),
            for_digest=_is_for_digest(alert, staff),
        )
        for pk, (alert, one, staff, is_told) in zip(drawn(len(people)), people, strict=True)
    ]
    Asked.objects.bulk_create(rows, batch_size=1000)
    messages = [message for row in rows for message in _messages(row, batch)]
    Delivery.objects.bulk_create(messages, batch_size=1000)


def _is_for_digest(alert: Alert, staff_id: int) -> bool:
    """Many matters are late at once, and nobody is in danger: the day's digest counts them for whoever gets one."""
    return alert.code in DIGESTED and not alert.is_urgent and bool(standing().staff[staff_id].email)


def drawn(count: int) -> list[int]:
    """So many new ids of `Asked`: what an alarm is answered by is derived from them."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('alerts_asked', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _messages(row: Asked, batch: _Batch) -> Iterable[Delivery]:
    if row.for_digest:
        return
    alert, staff = row.alert, standing().staff[row.staff_id]
    body = standing().authorities.get(alert.authority_id)
    planned = reaching.tries(
        batch.contacts.of(row.staff_id),
        is_urgent=alert.is_urgent,
        at=batch.now,
        quiet=batch.contacts.quiet_of(row.staff_id, body.zone if body else "UTC"),
        is_told_only=row.is_told_only,
    )
    for one in planned:
        yield Delivery(
            id=uuid7(),
            asked=row,
            contact_id=one.contact or None,
            kind=one.way,
            purpose="told" if row.is_told_only else "alarm",
            language=staff.language,
            is_urgent=alert.is_urgent,
            facts={"to": staff.email} if one.contact == STAFF_EMAIL else {},
            key=f"alarm:{row.pk}:{one.contact}",
            queued_at=batch.now,
            next_try_at=one.at,
        )
