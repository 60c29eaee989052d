"""From an incident and a draft to a CAP message; and from an incident and its plan to a first draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.plans.parts import COLOURS
from answerable.incidents.warnings import cap, rules, wording
from answerable.incidents.warnings.rules import LANGUAGES, CannotWarn, Draft, Kind, Words
from answerable.orgs.models import Authority

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


@dataclass(frozen=True)
class Ready:
    """A message that can be sent: its XML word for word, and what the pages say of it."""

    identifier: str
    xml: str
    fields: dict[str, Any]
    expires_at: datetime


def sender_of(body: Authority) -> str:
    """Who sends, unique in the world: the body at the installation's own name (CAP 1.2, 3.2.1)."""
    host = urlsplit(str(settings.BASE_URL)).hostname or "localhost"
    return f"{_NOT_IN_NAMES.sub('-', body.code)}@{host}"


def identifier_of(incident: Incident, number: int) -> str:
    """`body-incident-number`: said over the telephone, typed into an address."""
    return _NOT_IN_NAMES.sub("-", f"{incident.authority.code}-{incident.code}-{number}")


def address_of(identifier: str) -> str:
    return f"{str(settings.BASE_URL).rstrip('/')}/warnings/{identifier}"


def phone_of(incident: Incident) -> str:
    """The office's own published number; nobody's private one."""
    return incident.unit.phone or incident.authority.phone


def ready(
    incident: Incident, draft: Draft, kind: Kind, chain: Sequence[PublicWarning], *, number: int, at: datetime
) -> Ready:
    """The message as it would be sent at `at`. `chain`: those that it follows. Raises CannotWarn, CannotBuild."""
    rules.require_sayable(draft, kind)
    body = incident.authority
    zone = ZoneInfo(body.zone)
    identifier = identifier_of(incident, number)
    last = _last(chain)
    msg_type = rules.msg_type(kind, last, at)
    expires_at = rules.expires_at(kind, draft.hours, at)
    message = cap.Message(
        identifier=identifier,
        sender=sender_of(body),
        sent=at.astimezone(zone),
        status="Exercise" if incident.is_drill else "Actual",
        msg_type=msg_type,
        infos=tuple(
            _info(incident, draft, kind, language, identifier, expires_at.astimezone(zone))
            for language in LANGUAGES
        ),
        references=tuple(
            cap.Reference(one.fields["sender"], one.identifier, one.sent_at.astimezone(zone)) for one in chain
        )
        if msg_type != "Alert"
        else (),
        incident=_NOT_IN_NAMES.sub("-", incident.code),
        note=wording.EXERCISE_NOTE if incident.is_drill else "",
    )
    fields = draft.as_record() | {
        "sender": message.sender,
        "hazard": incident.hazard,
        "body_zh": body.name_in("zh-hans"),
        "body_en": body.name_in("en"),
        "phone": phone_of(incident),
        "msg_type": msg_type,
        "warning_level": incident.warning_level,
    }
    return Ready(identifier, cap.build(message), fields, expires_at)


def _last(chain: Sequence[PublicWarning]) -> rules.Last | None:
    return rules.Last(Kind(chain[-1].kind), chain[-1].expires_at) if chain else None


def _info(
    incident: Incident, draft: Draft, kind: Kind, language: str, identifier: str, expires: datetime
) -> cap.Info:
    words = draft.words(language)
    mark = wording.EXERCISE[language] if incident.is_drill else ""
    is_over = kind not in rules.WARNING
    return cap.Info(
        language=wording.CAP_LANGUAGE[language],
        category=cap.CATEGORIES[incident.hazard],
        event=wording.hazard_in(language, incident.hazard),
        responses=rules.responses(kind, draft.responses),
        urgency="Past" if is_over else draft.urgency,
        severity="Minor" if is_over else draft.severity,
        certainty="Observed" if kind is Kind.ALL_CLEAR else "Unlikely" if is_over else draft.certainty,
        expires=expires,
        sender_name=incident.authority.name_in(wording.DJANGO[language]),
        headline=mark + words.headline,
        description=mark + words.description,
        instruction=words.instruction,
        areas=(_area(incident, draft, words),),
        web=address_of(identifier),
        contact=phone_of(incident),
        parameters=(("warningLevel", f"{incident.warning_level} {COLOURS[incident.warning_level]}"),)
        if incident.warning_level in COLOURS and not is_over
        else (),
    )


def _area(incident: Incident, draft: Draft, words: Words) -> cap.Area:
    circle = None
    if draft.radius_km is not None:
        centre = centre_of(incident)
        if centre is None:
            raise CannotWarn("no_place")
        circle = (centre, draft.radius_km)
    return cap.Area(words.area, circle, (draft.polygon,) if draft.polygon else ())


def centre_of(incident: Incident) -> cap.Point | None:
    """The hazard's place on the map: its own, else that of the place it is at."""
    for one in (incident, incident.place):
        if one is not None and one.latitude is not None and one.longitude is not None:
            return float(one.latitude), float(one.longitude)
    return None


# ---------------------------------------------------------------- a first draft


def first_draft(incident: Incident, kind: Kind, last: PublicWarning | None, plan_file: Any | None) -> Draft:
    """What the form begins with: the plan's words for the public, the last message's area and values."""
    before = draft_of(last) if last is not None else None
    words = {language: _first_words(incident, kind, language, before, plan_file) for language in LANGUAGES}
    if before is None:
        return Draft(words["zh"], words["en"])
    return Draft(
        words["zh"],
        words["en"],
        before.responses,
        before.urgency,
        before.severity,
        before.certainty,
        before.hours,
        before.radius_km,
        before.polygon,
    )


def draft_of(row: PublicWarning) -> Draft:
    """A sent message as the draft that it was."""
    known = row.fields
    return Draft(
        zh=Words(**known["zh"]),
        en=Words(**known["en"]),
        responses=tuple(known["responses"]),
        urgency=known["urgency"],
        severity=known["severity"],
        certainty=known["certainty"],
        hours=known["hours"],
        radius_km=known["radius_km"],
        polygon=tuple((one[0], one[1]) for one in known["polygon"]),
    )


_HEADLINES = {
    Kind.ALERT: {"zh": "{hazard}警报：{place}", "en": "{hazard}: {place}"},
    Kind.UPDATE: {"zh": "{hazard}警报（更新）：{place}", "en": "{hazard}, update: {place}"},
    Kind.CANCEL: {"zh": "警报撤回：{place}{hazard}", "en": "Warning taken back: {hazard}, {place}"},
    Kind.ALL_CLEAR: {"zh": "警报解除：{place}{hazard}", "en": "All clear: {hazard}, {place}"},
}
_ENDS = {
    Kind.CANCEL: {
        "zh": "此前的警报发布有误，现予撤回。",
        "en": "The warning was sent in error and is taken back.",
    },
    Kind.ALL_CLEAR: {"zh": "危险已经过去。", "en": "The danger is over."},
}


def _first_words(
    incident: Incident, kind: Kind, language: str, before: Draft | None, plan_file: Any | None
) -> Words:
    with translation.override(wording.DJANGO[language]):
        place = wording.place_of(incident)
    facts = {"hazard": wording.hazard_in(language, incident.hazard), "place": place}
    headline = _HEADLINES[kind][language].format(**facts)
    area = before.words(language).area if before is not None else place
    if kind is Kind.UPDATE and before is not None:
        old = before.words(language)
        return Words(headline, old.description, old.instruction, area)
    announce = plan_file.announce if plan_file is not None else None
    if kind is Kind.ALERT:
        if announce is None:
            return Words(headline, "", "", area)
        return Words(
            headline,
            _filled(getattr(announce.activated, language), incident, language),
            getattr(announce.advice, language),
            area,
        )
    lifted = _filled(getattr(announce.lifted, language), incident, language) if announce is not None else ""
    ends = _ENDS[kind][language]
    return Words(headline, lifted if lifted and kind is Kind.ALL_CLEAR else ends, "", area)


def _filled(text: str, incident: Incident, language: str) -> str:
    """The plan's words with its places filled; what is not known is left out, and lines of nothing with it."""
    zone = incident.authority.zone
    last = incident.level_changes.order_by("-at", "-pk").first()
    with translation.override(wording.DJANGO[language]):
        level = incident.response_level
        names = {
            "what": wording.hazard_in(language, incident.hazard),
            "place": wording.place_of(incident),
            "level": _level_name(level, language) if level else "",
            "since": wording.at_text(incident.activated_at, zone) if incident.activated_at else "",
            "until": wording.at_text(incident.expected_until, zone) if incident.expected_until else "",
            "measures": _in_its_language(last.measures, language) if last is not None else "",
            "advice": "",
            "phone": phone_of(incident),
            "body": incident.authority.name_in(wording.DJANGO[language]),
        }
    lines = [_filled_line(line, names) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)[: rules.TEXT]


def _filled_line(line: str, names: Mapping[str, str]) -> str:
    """A line with its places filled; "" for one that only leads up to what is not known."""
    meant = [name for name in names if "{" + name + "}" in line]
    if meant and not any(names[name] for name in meant):
        return ""
    for name in meant:
        line = line.replace("{" + name + "}", names[name])
    return line.strip()


_CHINESE = re.compile("[\u4e00-\u9fff]")


def _in_its_language(text: str, language: str) -> str:
    """Measures are published in the language in which they were written; the other one is typed by whoever warns."""
    return text if bool(_CHINESE.search(text)) == (language == "zh") else ""


def _level_name(level: int, language: str) -> str:
    return (
        f"{'一二三四'[level - 1]}级响应"
        if language == "zh"
        else f"response level {('I', 'II', 'III', 'IV')[level - 1]}"
    )
