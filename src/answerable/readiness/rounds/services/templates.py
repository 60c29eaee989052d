"""A body's templates: taken over, drafted, put to use, retired. Each one durable transaction and one act.

What was in use is never changed: a change is a new version, and a round keeps the one it was made with.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from answerable.core.versions import IN_USE, Versions
from answerable.incidents.plans.yaml_tree import text_of
from answerable.orgs.models import Authority
from answerable.readiness.rounds import access, steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.readiness.rounds.models import RoundPlan, RoundTemplate, TemplateVersion
from answerable.readiness.rounds.rules import CannotRound
from answerable.readiness.rounds.template.reading import kept_template
from answerable.readiness.rounds.template.schema import RoundFile
from answerable.record.actors import Actor


@transaction.atomic(durable=True)
def adopt_template(*, authority: Authority, text: str | bytes, by: Actor, now: datetime) -> TemplateVersion:
    """Begin a template of the body with a file, as a draft. Raises PlanFaults, CannotRound("code_taken")."""
    access.require_worker(by, authority.pk, now)
    source, file = _read(text)
    template = RoundTemplate(authority=authority, code=file.code, **_heads(file))
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError:
        raise CannotRound("code_taken", template=file.code) from None
    version = _versions(template).begin(source, by=by.staff, now=now)
    _act(template, RoundAct.TEMPLATE_MADE, version, by=by, now=now)
    return version


@transaction.atomic(durable=True)
def save_draft(
    *, template_id: int, text: str | bytes, by: Actor, seen: int, now: datetime, note: str = ""
) -> TemplateVersion:
    """Keep a text as the template's draft. `seen`: the saving of the draft that was shown, 0 where there was none.

    Raises PlanFaults with every fault of the text; CannotRound("changed") where somebody else saved meanwhile.
    """
    template = _lock(template_id)
    access.require_worker(by, template.authority_id, now)
    source, file = _read(text)
    if file.code != template.code:
        raise CannotRound("other_code", given=file.code, template=template.code)
    draft = _versions(template).save(source, by=by.staff, seen=seen, now=now, note=note)
    _act(template, RoundAct.TEMPLATE_DRAFTED, draft, by=by, now=now)
    return draft


@transaction.atomic(durable=True)
def put_to_use(*, template_id: int, by: Actor, seen: int, now: datetime) -> TemplateVersion:
    """Put the draft to use in place of the version before it; rounds made from now on run on it. Raises CannotRound."""
    template = _lock(template_id)
    access.require_leader_in(by, template.authority_id, now)
    versions = _versions(template)
    draft: TemplateVersion = versions.draft_seen(seen)
    file, before = kept_template(draft.text), versions.before(draft)
    if before is not None and kept_template(before.text).looks_at != file.looks_at:
        raise CannotRound("other_kind")
    versions.put_to_use(draft, before, adopted_at=now, adopted_by_id=by.staff)
    steps.changed(template, **_heads(file))
    _act(template, RoundAct.TEMPLATE_ADOPTED, draft, by=by, now=now)
    return draft


@transaction.atomic(durable=True)
def retire_template(*, template_id: int, by: Actor, now: datetime, why: str = "") -> None:
    """Take a template out of use; its versions stay. Raises CannotRound where plans still use it."""
    template = _lock(template_id)
    access.require_leader_in(by, template.authority_id, now)
    plans = RoundPlan.objects.filter(template=template, stopped_at=None).order_by("pk")[:5]
    if plans:
        raise CannotRound("template_has_plans", what="; ".join(plan.name for plan in plans))
    steps.changed(template, retired_at=now)
    _act(template, RoundAct.TEMPLATE_RETIRED, None, by=by, now=now, why=why)


def version_in_use(template: RoundTemplate) -> TemplateVersion | None:
    return TemplateVersion.objects.filter(template=template, state=IN_USE).first()


# ---------------------------------------------------------------- inside the transaction


def _lock(template_id: int) -> RoundTemplate:
    rows = RoundTemplate.objects.select_for_update(of=("self",)).select_related("authority")
    template = rows.get(pk=template_id)
    if template.retired_at is not None:
        raise CannotRound("template_retired")
    return template


def _versions(template: RoundTemplate) -> Versions[TemplateVersion]:
    return Versions(template.versions, CannotRound)


def _read(text: str | bytes) -> tuple[str, RoundFile]:
    source = text_of(text)
    return source, kept_template(source)


def _heads(file: RoundFile) -> dict[str, Any]:
    return {"name_zh": file.names.zh, "name_en": file.names.en}


def _act(
    template: RoundTemplate,
    kind: RoundAct,
    version: TemplateVersion | None,
    *,
    by: Actor,
    now: datetime,
    why: str = "",
) -> None:
    """The text stands in the record as its digest."""
    body = {} if version is None else {"number": version.number, "sha256": bytes(version.sha256).hex()}
    steps.act(kind, template.matter, by=by, now=now, body={"template": template.code} | body, why=why)
