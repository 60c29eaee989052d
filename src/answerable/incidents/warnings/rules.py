"""What may follow which warning, how long one holds, and whether it is in plain words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from answerable.core.sentences import N_, Said
from answerable.core.text import as_read
from answerable.incidents.plans.rights import words_of_watching
from answerable.orgs.kept_out import names_a_gathering, sorts_people_by

LANGUAGES = ("zh", "en")
#: Hours that a warning can hold; longer ones are renewed by an update, so that none is forgotten.
HOURS = (1, 3, 6, 12, 24, 48, 72)
#: So long the page still says that it is over, or was taken back.
AFTERWARDS = timedelta(hours=24)
HEADLINE, TEXT, AREA = 120, 1200, 300


class Kind(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ALL_CLEAR = "AllClear"


#: Kinds that warn; the other two end a warning.
WARNING = frozenset({Kind.ALERT, Kind.UPDATE})

#: Words of rule 11 that have no place in a warning: it says what the danger is, never who people are.
REFUSED = frozenset({"complaining", "watching", "belief", "ethnicity", "politics", "record", "service"})


class CannotWarn(Said):
    """A warning that is not sent; nothing was changed."""

    sentences = {
        "in_force": N_("A warning is in force already. Update it, so that nobody reads two."),
        "none_in_force": N_(
            "No warning is in force: there is nothing to update or to take back. Send a new one."
        ),
        "none_sent": N_("No warning was sent that could be lifted."),
        "not_active": N_(
            "A warning goes with an incident that is open; this one is over. Its warning can still be lifted or taken back."
        ),
        "missing": N_("“%(field)s” is missing in one of the languages. A warning is sent in both."),
        "gathering": N_(
            "A gathering, and people who bring a matter, are no hazard. Say what the danger is: fire, water, too little room."
        ),
        "people": N_(
            "A warning is about a danger, never about people by %(what)s. Say what the danger is and what to do."
        ),
        "watching": N_("“%(given)s”: a warning asks nobody to identify, photograph, follow or list people."),
        "too_long": N_("“%(field)s” has %(found)s characters; %(limit)s fit into a warning."),
        "polygon": N_(
            "The area on the map cannot be read. Write one point after the other as latitude,longitude with gaps "
            "between, the first one again at the end."
        ),
        "no_place": N_(
            "A circle needs a centre: the incident has no place on the map. Leave the radius out, or enter an area."
        ),
    }


@dataclass(frozen=True)
class Words:
    """What a warning says in one language."""

    headline: str = ""
    description: str = ""
    instruction: str = ""
    area: str = ""


@dataclass(frozen=True)
class Draft:
    """A warning before it is sent. `polygon`: one area on the map as (latitude, longitude), closed."""

    zh: Words
    en: Words
    responses: tuple[str, ...] = ("Monitor",)
    urgency: str = "Immediate"
    severity: str = "Severe"
    certainty: str = "Observed"
    hours: int = 6
    radius_km: float | None = None
    polygon: tuple[tuple[float, float], ...] = field(default=())

    def words(self, language: str) -> Words:
        return self.zh if language == "zh" else self.en

    def as_record(self) -> dict[str, Any]:
        return asdict(self) | {"polygon": [list(point) for point in self.polygon]}


@dataclass(frozen=True)
class Last:
    """The newest message about an incident."""

    kind: Kind
    expires_at: datetime

    def is_in_force(self, now: datetime) -> bool:
        return self.kind in WARNING and self.expires_at > now


def require_fits(kind: Kind, last: Last | None, now: datetime) -> None:
    """Raises CannotWarn where a message of this kind cannot follow the last one."""
    in_force = last is not None and last.is_in_force(now)
    if kind is Kind.ALERT and in_force:
        raise CannotWarn("in_force")
    if kind in (Kind.UPDATE, Kind.CANCEL) and not in_force:
        raise CannotWarn("none_in_force")
    if kind is Kind.ALL_CLEAR and (last is None or last.kind not in WARNING):
        raise CannotWarn("none_sent")


def require_sayable(draft: Draft, kind: Kind) -> None:
    """Raises CannotWarn where a part is missing or too long, or where it is about people (rights, rule 11)."""
    must = ("headline", "description", "area") + (("instruction",) if kind in WARNING else ())
    limits = {"headline": HEADLINE, "description": TEXT, "instruction": TEXT, "area": AREA}
    for language in LANGUAGES:
        words = draft.words(language)
        for name, limit in limits.items():
            text = getattr(words, name)
            if name in must and not text.strip():
                raise CannotWarn("missing", field=name)
            if len(text) > limit:
                raise CannotWarn("too_long", field=name, found=len(text), limit=limit)
            require_about_hazard(text)


def require_about_hazard(text: str) -> None:
    if names_a_gathering(text):
        raise CannotWarn("gathering")
    what = sorts_people_by(text, among=REFUSED)
    if what:
        raise CannotWarn("people", what=what)
    given = words_of_watching(as_read(text))
    if given:
        raise CannotWarn("watching", given=given)


def msg_type(kind: Kind, last: Last | None, now: datetime) -> str:
    """CAP's type. All clear updates the warning that holds; one that has run out cannot be updated any more."""
    if kind is Kind.ALL_CLEAR:
        return "Update" if last is not None and last.is_in_force(now) else "Alert"
    return kind.value


def responses(kind: Kind, chosen: Iterable[str]) -> tuple[str, ...]:
    if kind is Kind.ALL_CLEAR:
        return ("AllClear",)
    return ("None",) if kind is Kind.CANCEL else tuple(chosen) or ("Monitor",)


def expires_at(kind: Kind, hours: int, sent_at: datetime) -> datetime:
    """Until when the message holds: a warning as chosen, an end for a day. Whole seconds, as CAP writes them."""
    return sent_at + (timedelta(hours=hours) if kind in WARNING else AFTERWARDS)


# ---------------------------------------------------------------- the map

_PAIR = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)")


def polygon_of(text: str) -> tuple[tuple[float, float], ...]:
    """An area as it was typed; empty for nothing. Raises CannotWarn (`polygon`)."""
    if not text.strip():
        return ()
    rest = _PAIR.sub("", text)
    points = tuple((float(a), float(b)) for a, b in _PAIR.findall(text))
    if rest.strip(" ;；\n\t") or len(points) < 4 or points[0] != points[-1]:
        raise CannotWarn("polygon")
    if any(abs(a) > 90 or abs(b) > 180 for a, b in points):
        raise CannotWarn("polygon")
    return points


# ---------------------------------------------------------------- plain words

#: What is still read at once, on a telephone, by somebody who is afraid.
MOST_WORDS, MOST_SIGNS = 20, 36
MOST_WORDS_IN_ALL, MOST_SIGNS_IN_ALL = 100, 180


@dataclass(frozen=True)
class Remark:
    """A hint on the wording, not a refusal. `code` of `REMARKS`."""

    code: str
    language: str
    facts: Mapping[str, Any] = field(default_factory=dict)


REMARKS = {
    "long_sentence": N_("A sentence of %(found)s words; split it: “%(begins)s…”"),
    "long_sentence_zh": N_("A sentence of %(found)s characters; split it: “%(begins)s…”"),
    "long_text": N_(
        "%(found)s words in all. What is read on a telephone in a hurry has fewer than %(limit)s."
    ),
    "long_text_zh": N_(
        "%(found)s characters in all. What is read on a telephone in a hurry has fewer than %(limit)s."
    ),
    "shouting": N_("Capital letters throughout are hard to read: “%(begins)s…”"),
}


def remarks(draft: Draft) -> list[Remark]:
    """What could be said more plainly, in either language."""
    return [*_remarks_en(draft.en), *_remarks_zh(draft.zh)]


def _sentences(words: Words) -> list[str]:
    whole = "\n".join((words.headline, words.description, words.instruction))
    return [one.strip() for one in re.split(r"[。！？；\n]|[.!?;](?=\s|$)", whole) if one.strip()]


def _remarks_en(words: Words) -> list[Remark]:
    found = []
    sentences = _sentences(words)
    for one in sentences:
        if (count := len(one.split())) > MOST_WORDS:
            found.append(Remark("long_sentence", "en", {"found": count, "begins": one[:40]}))
        letters = [sign for sign in one if sign.isalpha()]
        if len(letters) > 15 and all(sign.isupper() for sign in letters):
            found.append(Remark("shouting", "en", {"begins": one[:40]}))
    if (count := sum(len(one.split()) for one in sentences)) > MOST_WORDS_IN_ALL:
        found.append(Remark("long_text", "en", {"found": count, "limit": MOST_WORDS_IN_ALL}))
    return found


def _remarks_zh(words: Words) -> list[Remark]:
    found = []
    sentences = _sentences(words)
    for one in sentences:
        if (count := len(re.sub(r"\s", "", one))) > MOST_SIGNS:
            found.append(Remark("long_sentence_zh", "zh", {"found": count, "begins": one[:14]}))
    if (count := sum(len(one) for one in sentences)) > MOST_SIGNS_IN_ALL:
        found.append(Remark("long_text_zh", "zh", {"found": count, "limit": MOST_SIGNS_IN_ALL}))
    return found
