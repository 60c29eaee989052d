"""Alarms about a report, and the message that carries one. Both wait in the database until the worker hands them over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.alerts.models import Alert, Delivery
from answerable.alerts.telling import queue_delivery
from answerable.incidents.models import Incident, IncidentRole, Report
from answerable.incidents.queries import OPEN
from answerable.incidents.reports import wording
from answerable.incidents.reports.recipients import Recipient
from answerable.record.actors import Actor


def raise_alarm(code: str, incident: Incident, row: Report, *, now: datetime) -> Alert:
    """Ask whoever writes the report; the leader and the level above follow as the body's rule has it."""
    return alarms.open_alert(
        code,
        authority_id=incident.authority_id,
        key=f"{code}:{row.pk}",
        now=now,
        by=Actor.system(),
        facts=_facts(incident, row),
        context=context_of(incident.unit) | _writer(incident, row),
        about=incident.pk,
        link=link_to(row),
        is_drill=incident.is_drill,
    )


def send(incident: Incident, row: Report, to: Recipient, *, by: Actor, now: datetime) -> None:
    """Hand the report over: an alarm that somebody there acknowledges where the recipient works here, else an e-mail."""
    if to.post is not None:
        alarms.open_alert(
            "report_in",
            authority_id=to.post.unit.authority_id,
            key=f"report_in:{row.pk}",
            now=now,
            by=by,
            facts=_facts(incident, row),
            context=context_of(to.post.unit) | {"owner_post": to.post.pk},
            about=incident.pk,
            link=link_to(row),
            # As long as the danger is there; what is reported afterwards can wait for the morning.
            is_urgent=incident.state in OPEN,
            is_drill=incident.is_drill,
        )
        return
    with translation.override(settings.LANGUAGE_CODE):
        subject, text = wording.as_letter(incident, row)
    queue_delivery(
        "email",
        "report",
        key=f"report:{row.pk}",
        at=now,
        matter=incident.pk,
        language=settings.LANGUAGE_CODE,
        facts={"to": to.email, "subject": subject, "text": text},
        is_urgent=True,
    )


def delivery_of(row: Report) -> Delivery | None:
    """The message that carried a report to another body."""
    return Delivery.objects.filter(key=f"report:{row.pk}").first()


def delivery_key(delivery_id: str) -> str:
    """The report that a message carried."""
    found = (
        Delivery.objects.filter(pk=delivery_id).values_list("key", flat=True).first() if delivery_id else ""
    )
    return str(found or "").removeprefix("report:")


def received_by(row: Report) -> Alert | None:
    """The alarm by which a body here was told; whoever acknowledged it has it."""
    return Alert.objects.select_related("answered_by").filter(key=f"report_in:{row.pk}").first()


def link_to(row: Report) -> str:
    return reverse("incident_reports:report", args=[row.pk])


def _facts(incident: Incident, row: Report) -> dict[str, Any]:
    return {
        "case": incident.code,
        "step_zh": wording.title_in(row, "zh-hans"),
        "step_en": wording.title_in(row, "en"),
        "unit_zh": row.recipient_zh,
        "unit_en": row.recipient_en,
        "role_zh": incident.authority.name_zh,
        "role_en": incident.authority.name_en,
        "until_at": row.due_at.isoformat() if row.due_at else "",
    }


def _writer(incident: Incident, row: Report) -> dict[str, int]:
    """The post whose role drafts it, else the one that commands."""
    code = str(row.derivation.get("role") or "")
    role = IncidentRole.objects.filter(incident=incident, code=code, until_at=None).first() if code else None
    post = role.post_id if role is not None and role.post_id is not None else incident.commander_post_id
    return {"owner_post": post} if post is not None else {}
