"""Writes on alarms that compose: inside the caller's transaction, which they never open."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from answerable.alerts import climbing, rules, targets, tokens
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.ladders import ladder_for
from answerable.alerts.models import Alert, AlertNote, Asked, Attempt, Delivery
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.rules import Ladder, Said
from answerable.core.ids import uuid7
from answerable.record.actors import Actor
from answerable.record.append import append

_QUEUED = Delivery.State.QUEUED


def open_alert(
    code: str,
    *,
    authority_id: int,
    key: str,
    now: datetime,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    about: UUID | None = None,
    link: str = "",
    is_urgent: bool = True,
    is_drill: bool = False,
    rule_code: str | None = None,
    ladder: Mapping[str, Any] | None = None,
) -> Alert:
    """Raise an alarm, once for a `key`, and take its first step where that is due at once.

    `context`: the ids that the ladder needs (`owner_post`, `leader_post`, `above_post`, `line`) and `kept_out`, the
    staff who must hear nothing of it (rights, rule 5). `ladder`: this one instead of the body's rule.
    """
    found = Alert.objects.filter(key=key).first()
    if found is not None:
        return found
    frozen = dict(ladder) if ladder is not None else ladder_for(authority_id, rule_code or code)
    place = rules.first_place(Ladder.from_record(frozen), now)
    alert = Alert(
        id=uuid7(),
        authority_id=authority_id,
        code=code,
        facts=dict(facts or {}),
        about=about,
        link=link,
        is_urgent=is_urgent,
        is_drill=is_drill,
        key=key,
        ladder=frozen,
        context=dict(context or {}),
        opened_at=now,
        taken_at=now,
        next_at=place.next_at,
    )
    # Whoever raises the same one at the same instant waits here for the other, and finds theirs.
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
    kept = Alert.objects.filter(key=key).values_list("pk", flat=True).get()
    if kept != alert.pk:
        return Alert.objects.get(pk=kept)
    climbing.take([alert], now, by=by, raised=True)
    return alert


@dataclass(frozen=True)
class Raising:
    """One of many alarms that are raised together; see `open_alert` for what each says."""

    code: str
    key: str
    ladder: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    about: UUID | None = None
    link: str = ""


def open_alerts(
    many: Sequence[Raising],
    *,
    authority_id: int,
    now: datetime,
    is_urgent: bool = True,
    is_drill: bool = False,
) -> dict[str, UUID]:
    """Raise many alarms by the system, each once for its key: read and written for all at once, an act for each.

    Returns the alarm of each key; one that was there before is left as it stands.
    """
    made = []
    for one in many:
        place = rules.first_place(Ladder.from_record(one.ladder), now)
        made.append(
            Alert(
                id=uuid7(),
                authority_id=authority_id,
                code=one.code,
                facts=dict(one.facts),
                about=one.about,
                link=one.link,
                is_urgent=is_urgent,
                is_drill=is_drill,
                key=one.key,
                ladder=dict(one.ladder),
                context=dict(one.context),
                opened_at=now,
                taken_at=now,
                next_at=place.next_at,
            )
        )
    Alert.objects.bulk_create(made, ignore_conflicts=True, batch_size=1000)
    kept = dict(Alert.objects.filter(key__in=[one.key for one in many]).values_list("key", "pk"))
    new = [alert for alert in made if kept[alert.key] == alert.pk]
    if new:
        climbing.take(new, now, by=Actor.system(), raised=True)
    return kept


def lock_alert(alert_id: UUID) -> Alert:
    """The alarm with its row locked. Raises Alert.DoesNotExist."""
    return Alert.objects.select_for_update().get(pk=alert_id)


def acknowledge(alert: Alert, staff_id: int, *, by: Actor, now: datetime, way: str = "page") -> bool:
    """ "I have it", on a locked alarm. Returns whether this ended the climb; the same answer twice changes nothing.

    Raises CannotAnswer (`over`, `had`). Whoever was not asked may take it too, from the page.
    """
    _require_open(alert, staff_id, now)
    if alert.state == Alert.State.ACKNOWLEDGED:
        return False
    row = Asked.objects.filter(alert=alert, staff=staff_id).order_by("-pk").first()
    if row is not None and row.answer == Asked.Answer.HAVE_IT:
        return False
    if row is None:
        row = _asked_themselves(alert, staff_id, by, now)
    _answer(row, Asked.Answer.HAVE_IT, way, now)
    is_whole = rules.is_answered(Ladder.from_record(alert.ladder), _heard(alert))
    append(
        AlertAct.ACKNOWLEDGED,
        matter=alert.pk,
        by=by,
        at=now,
        body={"way": way, "step": row.step, "round": row.round, "is_whole": is_whole},
    )
    if is_whole:
        alert.state, alert.answered_at, alert.answered_by_id = Alert.State.ACKNOWLEDGED, now, staff_id
        alert.next_at, alert.ended_at, alert.version = None, None, alert.version + 1
        alert.save(update_fields=["state", "answered_at", "answered_by", "next_at", "ended_at", "version"])
    # Who is only told is told, whoever has it; in a group, the others are still asked.
    mine = Asked.objects.filter(alert=alert, is_told_only=False)
    drop_messages(alert, mine if is_whole else mine.filter(staff=staff_id), by=by, now=now)
    return is_whole


def _asked_themselves(alert: Alert, staff_id: int, by: Actor, now: datetime) -> Asked:
    """Somebody takes an alarm that has not asked them (yet)."""
    (pk,) = climbing.drawn(1)
    return Asked.objects.create(
        pk=pk,
        alert=alert,
        staff_id=staff_id,
        post_id=by.post_id,
        step=max(alert.step, 0),
        round=alert.round,
        is_told_only=True,
        at=now,
        digest=tokens.digest_of(tokens.answer_token(pk)),
        reply_code=tokens.reply_code(pk),
    )


def decline(alert: Alert, staff_id: int, *, by: Actor, now: datetime, way: str = "page") -> None:
    """ "Pass to the next", on a locked alarm: at once, where everyone whom this step asked has passed.

    Whoever has it may pass it on too: it is open again and goes to the next. Raises CannotAnswer.
    """
    _require_open(alert, staff_id, now)
    rows = Asked.objects.filter(alert=alert, staff=staff_id).order_by("-pk")
    gives_back = alert.state == Alert.State.ACKNOWLEDGED
    row = rows.first() if gives_back else rows.filter(is_told_only=False, round=alert.round).first()
    if row is None:
        raise CannotAnswer("not_asked")
    if row.answer == Asked.Answer.PASSED:
        return
    _answer(row, Asked.Answer.PASSED, way, now)
    if gives_back:
        rows.filter(answer=Asked.Answer.HAVE_IT).update(answer=Asked.Answer.PASSED, answered_at=now)
    append(
        AlertAct.PASSED,
        matter=alert.pk,
        by=by,
        at=now,
        body={"way": way, "step": row.step, "round": row.round, "had_it": gives_back},
    )
    drop_messages(alert, rows, by=by, now=now)
    _go_on(alert, gives_back, now)


def _go_on(alert: Alert, gives_back: bool, now: datetime) -> None:
    if gives_back:
        alert.state, alert.answered_at, alert.answered_by = Alert.State.OPEN, None, None
        alert.next_at = alert.taken_at = now
    else:
        place = rules.hurried(Ladder.from_record(alert.ladder), climbing.place_of(alert), _heard(alert), now)
        alert.next_at = place.next_at if alert.state == Alert.State.OPEN else None
    alert.version += 1
    alert.save(update_fields=["state", "answered_at", "answered_by", "next_at", "taken_at", "version"])
    if alert.next_at is not None and alert.next_at <= now:
        climbing.take([alert], now)


def resolve(alert: Alert, *, by: Actor, now: datetime, text: str = "") -> bool:
    """It is over. Returns False where it was before; nothing changes then."""
    if alert.state == Alert.State.RESOLVED:
        return False
    note(alert, text, by=by, now=now, act=AlertAct.RESOLVED)
    alert.state, alert.ended_at, alert.next_at = Alert.State.RESOLVED, now, None
    alert.version += 1
    alert.save(update_fields=["state", "ended_at", "next_at", "version"])
    drop_messages(alert, Asked.objects.filter(alert=alert, is_told_only=False), by=by, now=now)
    return True


def note(
    alert: Alert, text: str, *, by: Actor, now: datetime, act: AlertAct = AlertAct.NOTED
) -> AlertNote | None:
    """Keep what somebody writes about it; the record holds its digest. Raises CannotAnswer (`said_nothing`)."""
    text = text.strip()
    if not text and act is AlertAct.NOTED:
        raise CannotAnswer("said_nothing")
    body = {"text": hashlib.sha256(text.encode()).hexdigest()} if text else {}
    done = append(act, matter=alert.pk, by=by, at=now, body=body)
    if not text:
        return None
    return AlertNote.objects.create(
        alert=alert, staff_id=by.staff_id, post_id=by.post_id, at=done.at, text=text
    )


def drop_messages(alert: Alert, asked: QuerySet[Asked], *, by: Actor, now: datetime) -> int:
    """What waits to be sent to these is not needed any more: an act. What is in the air goes out."""
    # Of a bundle that is to be tried again none is taken out: it goes out as it was, for the others in it.
    waiting = Delivery.objects.select_for_update().filter(
        ~Exists(Delivery.objects.filter(carried_by=OuterRef("pk"))),
        asked__in=asked,
        state=_QUEUED,
        carried_by=None,
    )
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return 0
    Delivery.objects.filter(pk__in=keys).update(state=Delivery.State.DROPPED, ended_at=now, next_try_at=None)
    append(AlertAct.MESSAGES_DROPPED, matter=alert.pk, by=by, at=now, body={"messages": len(keys)})
    return len(keys)


#: Stands for the way of an answer that nobody gave: the matter is kept from them now.
KEPT = "kept"


def keep_from(about: UUID, *, now: datetime) -> None:
    """Who may hear of a matter has changed: who was asked and is kept from it now is asked no more.

    What waits to be sent to them is dropped, the address and the code that they may have been sent open nothing, and
    the next are asked where nobody else is waited for (rights, rule 5).
    """
    for alert in Alert.objects.select_for_update().filter(about=about, ended_at=None).order_by("pk"):
        rows = Asked.objects.filter(alert=alert)
        pairs = {(about, staff) for staff in rows.values_list("staff_id", flat=True)}
        kept = {staff for _about, staff in targets.kept_from(pairs, now)}
        if not kept:
            continue
        drop_messages(alert, rows.filter(staff__in=kept), by=Actor.system(), now=now)
        for row in rows.filter(staff__in=kept):
            row.digest, row.reply_code = secrets.token_bytes(32), ""
            row.answer, row.answered_at, row.way = Asked.Answer.PASSED, now, KEPT
            row.save(update_fields=["digest", "reply_code", "answer", "answered_at", "way"])
        if alert.state != Alert.State.UNANSWERED:
            _go_on(alert, alert.state == Alert.State.ACKNOWLEDGED and alert.answered_by_id in kept, now)


def forget(about: UUID) -> None:
    """A matter is erased: what was written about it on alarms goes too, and what others said of its messages; what still
    waits to be sent to a body outside is not sent any more (rights, rule 9)."""
    AlertNote.objects.filter(alert__about=about).delete()
    # What is in the air is locked by whoever settles it, who then waits for this matter's chain: it is left alone.
    rows = Delivery.objects.filter(matter=about).exclude(state=Delivery.State.SENDING)
    Attempt.objects.filter(delivery__in=rows).exclude(detail="").update(detail="")
    rows.exclude(outcome="", provider_id="").update(outcome="", provider_id="")
    rows.filter(purpose="outside", state=_QUEUED).update(state=Delivery.State.DROPPED, next_try_at=None)


def is_past(alert: Alert) -> bool:
    """An alarm that nobody answered can still be taken; a drill or a roll call whose time has passed cannot."""
    return alert.state == Alert.State.UNANSWERED and (alert.is_drill or alert.code == "roll_call")


def _require_open(alert: Alert, staff_id: int, now: datetime) -> None:
    if alert.about is not None and targets.kept_from({(alert.about, staff_id)}, now):
        raise CannotAnswer("not_asked")
    if alert.state == Alert.State.RESOLVED or is_past(alert):
        raise CannotAnswer("over", at=alert.ended_at, staff=None)
    if alert.state == Alert.State.ACKNOWLEDGED and alert.answered_by_id != staff_id:
        raise CannotAnswer("had", at=alert.answered_at, staff=alert.answered_by_id)


def _answer(row: Asked, answer: str, way: str, now: datetime) -> None:
    row.answer, row.answered_at, row.way = answer, now, way
    row.save(update_fields=["answer", "answered_at", "way"])


def _heard(alert: Alert) -> list[Said]:
    return climbing.heard([alert.pk])[alert.pk]
