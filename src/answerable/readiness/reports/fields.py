"""What a kind of report asks for, and whether an answer can stand. Pure.

A number that the system counts stands beside the one that was reported: the corrected one counts, the computed one and
the reason stay with it for whoever reads the report.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from answerable.readiness.reports.rights import refused_text
from answerable.readiness.reports.rules import CannotReport, CannotSetUp

MOST_FIELDS = 40
MOST_LABEL = 120
MOST_TEXT = 4000
MOST_WHY = 300
GREATEST = Decimal(1_000_000_000)
Type = Literal["number", "text", "choice"]
#: How a number adds up over several reports of one unit; between units it is always added, or not at all.
Adds = Literal["sum", "last", "no"]


class Words(BaseModel):
    model_config = ConfigDict(frozen=True)

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


class Choice(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: str
    label: Words


class Field(BaseModel):
    """One line of a report. `source`: what fills it in, by its code; "": nothing does."""

    model_config = ConfigDict(frozen=True)

    code: str
    type: Type = "number"
    label: Words
    required: bool = False
    source: str = ""
    adds: Adds = "sum"
    choices: tuple[Choice, ...] = ()


class Asked(BaseModel):
    """All the words of a kind of report, as its rights are read."""

    model_config = ConfigDict(frozen=True)

    name: Words
    purpose: Words = Words()
    fields: tuple[Field, ...] = ()


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The fields as a kind, or a report that it opened, keeps them."""
    return tuple(Field.model_validate(one) for one in kept)


def check(asked: Asked, sources: Mapping[str, str]) -> None:
    """Raises CannotSetUp. `sources`: the type of what each source gives, by code."""
    if not asked.name:
        raise CannotSetUp("no_name")
    if not asked.fields:
        raise CannotSetUp("no_fields")
    if len(asked.fields) > MOST_FIELDS:
        raise CannotSetUp("too_many", most=MOST_FIELDS)
    for line, field in enumerate(asked.fields, 1):
        label = field.label.zh or field.label.en
        if not label:
            raise CannotSetUp("no_label", line=line)
        if max(len(field.label.zh), len(field.label.en)) > MOST_LABEL:
            raise CannotSetUp("too_long", label=label, limit=MOST_LABEL)
        if field.type == "choice" and len({one.code for one in field.choices}) < 2:
            raise CannotSetUp("no_choices", label=label)
        if field.source and field.source not in sources:
            raise CannotSetUp("unknown_source", label=label)
        if field.source and sources[field.source] != field.type:
            raise CannotSetUp("wrong_source", label=label)
    for text in _texts(asked):
        if (found := refused_text(text)) is not None:
            raise CannotSetUp(found[0], **found[1])


def _texts(asked: Asked) -> Iterable[str]:
    yield from (asked.name.zh, asked.name.en, asked.purpose.zh, asked.purpose.en)
    for field in asked.fields:
        yield from (field.label.zh, field.label.en)
        for choice in field.choices:
            yield from (choice.label.zh, choice.label.en)


# ---------------------------------------------------------------- answers

Number = int | float


_TYPED = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?")


def number(given: object) -> Number:
    """A number as it is kept, from 1234, 1,234 or 4.15, full-width digits too. Raises CannotReport (`no_number`)."""
    text = unicodedata.normalize("NFKC", str(given)).strip()
    if not _TYPED.fullmatch(text) or not text.isascii():
        raise CannotReport("no_number")
    found = Decimal(text.replace(",", ""))
    if found > GREATEST:
        raise CannotReport("no_number")
    return int(found) if found == found.to_integral_value() else float(found)


def answers(
    fields: Sequence[Field],
    given: Mapping[str, Any],
    whys: Mapping[str, str],
    *,
    computed: Mapping[str, Any],
    shown: Mapping[str, Any] | None = None,
    is_draft: bool = False,
) -> dict[str, dict[str, Any]]:
    """Every answer with what the system counted and why it is another. Raises CannotReport (`incomplete`).

    `shown`: what the system counted when the form was made; a number that was left as it was shown is not sent under
    another count. A draft may have holes.
    """
    found: dict[str, dict[str, Any]] = {}
    faults: dict[str, CannotReport] = {}
    for field in fields:
        try:
            one = _answer(field, given.get(field.code), computed.get(field.code), is_draft)
            if field.type == "number" and field.code in computed:
                _hold_against(one, whys.get(field.code, ""), (shown or {}).get(field.code), is_draft)
            _hold_to_the_rules(field, one)
        except CannotReport as fault:
            faults[field.code] = fault
        else:
            found[field.code] = one
    if faults:
        raise CannotReport("incomplete", faults=faults)
    return found


def _answer(field: Field, given: object, computed: object, is_draft: bool) -> dict[str, Any]:
    text = "" if given is None else str(given).strip()
    one: dict[str, Any] = {"value": None if field.type == "number" else text}
    if field.code and computed is not None:
        one["computed"] = computed
    if not text:
        if field.required and not is_draft:
            raise CannotReport("needed")
        return one
    if field.type == "number":
        one["value"] = number(text)
    elif field.type == "choice" and text not in {choice.code for choice in field.choices}:
        raise CannotReport("no_choice")
    elif len(text) > MOST_TEXT:
        raise CannotReport("too_long", found=len(text), limit=MOST_TEXT)
    return one


def _hold_against(one: dict[str, Any], why: str, shown: object, is_draft: bool) -> None:
    """A corrected number has its reason; one that follows an older count is shown again."""
    value, counted, why = one["value"], one.get("computed"), why.strip()
    if counted is None or value == counted:
        return
    if len(why) > MOST_WHY:
        raise CannotReport("too_long", found=len(why), limit=MOST_WHY)
    if why:
        one["why"] = why
    elif not is_draft:
        if shown is not None and value == shown:
            raise CannotReport("counted_anew", now=counted, before=shown)
        raise CannotReport("no_reason")


def _hold_to_the_rules(field: Field, one: Mapping[str, Any]) -> None:
    texts = [str(one.get("why", ""))]
    if field.type == "text":
        texts.append(str(one["value"] or ""))
    for text in texts:
        found = refused_text(text, is_answer=True)
        if found is not None:
            raise CannotReport(found[0], **found[1])


def nil(fields: Sequence[Field], computed: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers of "nothing to report": what the system counts, and nothing else.

    Raises CannotReport (`not_nil`) where the system counted something that happened: that is no nil return.
    """
    happened = [
        one for one in fields if one.adds == "sum" and one.type == "number" and computed.get(one.code)
    ]
    if happened:
        # Said in the reader's language by whoever shows it.
        raise CannotReport(
            "not_nil", what=[(one.label.zh, one.label.en, computed[one.code]) for one in happened]
        )
    found = {}
    for field in fields:
        counted = computed.get(field.code)
        one: dict[str, Any] = {
            "value": counted if counted is not None else (0 if field.type == "number" else "")
        }
        if field.type == "number" and counted is None and field.adds != "sum":
            one["value"] = None
        if counted is not None:
            one["computed"] = counted
        found[field.code] = one
    return found
