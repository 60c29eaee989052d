"""Canned texts: written, changed and retired by those who use them. Each change is an act of the body's own record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from answerable.cases import access, rules
from answerable.cases.access import Reader
from answerable.cases.checks import BRANDS
from answerable.cases.models import Case
from answerable.cases.rules import Doing
from answerable.core.refusals import Changed, NotYours
from answerable.core.sentences import N_, Said
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.kept_out import KINDS, sorts_people_by
from answerable.orgs.models import Authority, CannedText, Post, Unit
from answerable.orgs.steps import record
from answerable.record.actors import Actor
from answerable.record.matters import matter_of
from answerable.record.queries import acts_of

ROLES = rules.ROLES[Doing.WRITE]


class CannotKeepText(Said):
    """A canned text that cannot be kept as it is."""

    sentences = {
        "no_name": N_("Give the text a name, in one of the two languages at least."),
        "no_words": N_("Write the text, in one of the two languages at least."),
        "brands": N_("This text brands people by %(what)s. Say what the matter needs instead."),
    }


@dataclass(frozen=True)
class Wording:
    """What a text says and under which name, in both languages; and for which kind of matter ("" for any)."""

    name_zh: str = ""
    name_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    kind: str = ""

    def check(self) -> None:
        """Raise CannotKeepText where a name or a text is missing, or where it brands somebody (rights, rule 1)."""
        if not self.name_zh and not self.name_en:
            raise CannotKeepText("no_name")
        if not self.body_zh and not self.body_en:
            raise CannotKeepText("no_words")
        for words in (self.name_zh, self.name_en, self.body_zh, self.body_en):
            if kind := sorts_people_by(words, among=BRANDS):
                raise CannotKeepText("brands", what=_(KINDS[kind]))


def texts_for(case: Case) -> QuerySet[CannedText]:
    """The texts that fit a case: its unit's and those of the units above, of its kind or any; nearest first."""
    language = "zh" if case.language.lower().startswith("zh") else "en"
    rows = CannedText.objects.filter(authority=case.authority_id, retired_at=None)
    rows = rows.filter(Q(unit=None) | Q(unit__in=case.unit.path or [case.unit_id]))
    return (
        rows.filter(kind__in=("", case.kind))
        .exclude(**{f"body_{language}": ""})
        .order_by(F("unit__path").desc(nulls_last=True), "pk")
    )


def texts_seen_by(reader: Reader) -> QuerySet[CannedText]:
    """Every text of the reader's units, of those above them and of their bodies, retired ones too."""
    bodies = {post.unit.authority_id for post in reader.posts if post.role in ROLES}
    units = {*reader.unit_ids, *reader.member_unit_ids}
    rows = CannedText.objects.filter(Q(unit=None) | Q(unit__in=units), authority__in=bodies)
    return rows.select_related("unit", "authority").order_by("authority", "unit__path", "pk")


def keeps(posts: tuple[Post, ...] | list[Post], authority_id: int, unit: Unit | None) -> bool:
    """Whether one of these posts keeps the texts of a unit: it sits there or leads above it. A whole body's texts
    are kept in its topmost unit."""
    for post in posts:
        if post.role not in ROLES or post.unit.authority_id != authority_id:
            continue
        if unit is None and post.unit.parent_id is None:
            return True
        above = unit is not None and post.role in rules.SEES_BELOW and post.unit_id in unit.path
        if unit is not None and (post.unit_id == unit.pk or above):
            return True
    return False


def _require_keeper(by: Actor, authority_id: int, unit: Unit | None, now: datetime) -> None:
    if not keeps(
        [post for post in access.posts_held(by.staff, now) if post.pk == by.post_id], authority_id, unit
    ):
        raise NotYours("unit_may_not", doing="texts")


@transaction.atomic(durable=True)
def write_text(
    *, authority: Authority, unit: Unit | None, wording: Wording, by: Actor, now: datetime
) -> CannedText:
    """A new text for a unit and those below it, or for the whole body. Raises CannotKeepText, NotYours."""
    _require_keeper(by, authority.pk, unit, now)
    wording.check()
    same = CannedText.objects.filter(
        authority=authority, unit=unit, retired_at=None, **asdict(wording)
    ).first()
    if same is not None:
        return same  # the form was sent twice
    text = CannedText.objects.create(authority=authority, unit=unit, **asdict(wording))
    _record(OrgAct.CREATED, text, by, now, asdict(wording))
    return text


@transaction.atomic(durable=True)
def change_text(*, text_id: int, wording: Wording, by: Actor, seen_version: int, now: datetime) -> CannedText:
    """Change a text's wording; what it said before stays in the record. Raises Changed, CannotKeepText, NotYours."""
    text = _locked(text_id, by, seen_version, now)
    wording.check()
    before = {name: getattr(text, name) for name in asdict(wording)}
    if before == asdict(wording):
        return text
    for name, value in asdict(wording).items():
        setattr(text, name, value)
    text.version += 1
    text.save()
    _record(OrgAct.CHANGED, text, by, now, asdict(wording), before)
    return text


@transaction.atomic(durable=True)
def undo_change(*, text_id: int, by: Actor, seen_version: int, now: datetime) -> CannedText:
    """Let a text say again what its last change replaced: a change of its own, so undoing it too is possible.

    Raises Changed where somebody changed the text since, or nothing was changed; CannotKeepText, NotYours.
    """
    text = _locked(text_id, by, seen_version, now)
    replaced = _last_replaced(text)
    if replaced is None:
        raise Changed(shown=seen_version, now=text.version)
    before = {name: getattr(text, name) for name in asdict(replaced)}
    replaced.check()
    for name, value in asdict(replaced).items():
        setattr(text, name, value)
    text.version += 1
    text.save()
    _record(OrgAct.CHANGED, text, by, now, asdict(replaced), before)
    return text


def _last_replaced(text: CannedText) -> Wording | None:
    """What the latest act about this text replaced; None where that was no change of its words."""
    acts = acts_of(matter_of("authority", text.authority_id), kinds=(OrgAct.CHANGED, OrgAct.CREATED))
    bodies = (act.body or {} for act in reversed(acts))
    last = next((b for b in bodies if b.get("table") == "canned_texts" and b.get("key") == [text.pk]), {})
    return Wording(**last["from"]) if "from" in last else None


@transaction.atomic(durable=True)
def retire_text(*, text_id: int, by: Actor, seen_version: int, now: datetime) -> CannedText:
    """Offer a text no more. It is kept, and `restore_text` takes this back."""
    return _set_retired(text_id, now, by, seen_version, now)


@transaction.atomic(durable=True)
def restore_text(*, text_id: int, by: Actor, seen_version: int, now: datetime) -> CannedText:
    """Offer a retired text again."""
    return _set_retired(text_id, None, by, seen_version, now)


def _set_retired(
    text_id: int, retired_at: datetime | None, by: Actor, seen_version: int, now: datetime
) -> CannedText:
    text = _locked(text_id, by, seen_version, now)
    if (text.retired_at is None) == (retired_at is None):
        return text
    text.retired_at, text.version = retired_at, text.version + 1
    text.save(update_fields=["retired_at", "version"])
    _record(OrgAct.CHANGED, text, by, now, {"retired": retired_at is not None})
    return text


def _locked(text_id: int, by: Actor, seen_version: int, now: datetime) -> CannedText:
    text = (
        CannedText.objects.select_for_update(of=("self",)).select_related("unit", "authority").get(pk=text_id)
    )
    _require_keeper(by, text.authority_id, text.unit, now)
    if text.version != seen_version:
        raise Changed(shown=seen_version, now=text.version)
    return text


def _record(
    kind: OrgAct,
    text: CannedText,
    by: Actor,
    now: datetime,
    to: dict[str, object],
    before: dict[str, object] | None = None,
) -> None:
    body: dict[str, object] = {"table": "canned_texts", "key": [text.pk], "to": to}
    if before is not None:
        body["from"] = before
    record(kind, text.authority, by=by, now=now, body=body | {"unit": text.unit_id})
