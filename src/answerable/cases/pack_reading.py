"""Reading a pack's TOML: every fault is collected and said, none is guessed around. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from answerable.cases import pack_types as t
from answerable.core.sentences import N_
from answerable.orgs.calendars import DayKind

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MAX_BYTES = 512 * 1024
SUPERVISE = "supervise"


@dataclass(frozen=True)
class PackFault:
    """One thing wrong in a pack: where (`field`), and a sentence. `template` is the msgid of the sentence."""

    field: str
    template: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        return self.template % dict(self.values)


# What a value should be, by the types that TOML gives it.
SHOULD_BE: dict[type, str] = {
    str: N_("This should be a text in quotes."),
    bool: N_("This should be true or false."),
    int: N_("This should be a whole number."),
    date: N_("This should be a date such as 2022-05-01."),
    list: N_("This should be a list."),
    dict: N_("This should be a table."),
}


class Table:
    """A TOML table being read; it remembers which keys were asked for, so that unknown ones can be named."""

    def __init__(self, data: Mapping[str, Any], where: str, faults: list[PackFault]) -> None:
        self.data, self.where, self.faults = data, where, faults
        self.seen: set[str] = set()

    def fault(self, key: str, template: str, **values: object) -> None:
        place = ".".join(part for part in (self.where, key) if part)
        self.faults.append(PackFault(place, template, tuple((k, str(v)) for k, v in values.items())))

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        """The value of `key` if it is a `kind`; else its default (None where it has none), and a fault."""
        self.seen.add(key)
        if key not in self.data:
            if default is ...:
                self.fault(key, N_("This is missing; write it down."))
                return None
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, SHOULD_BE[kind])
            return None if default is ... else default
        return value

    def word(self, key: str, default: Any = ...) -> str:
        value = self.take(key, str, default)
        if default is ... and isinstance(value, str) and not value.strip():
            self.fault(key, N_("This is empty; write it down."))
        return value or ""

    def one_of(self, key: str, allowed: Iterable[str], default: Any = ...) -> Any:
        value = self.take(key, str, default)
        if value is not None and value not in tuple(allowed):
            self.fault(
                key,
                N_("“%(given)s” is unknown; use one of: %(allowed)s."),
                given=value,
                allowed=", ".join(allowed),
            )
            return None if default is ... else default
        return value

    def code(self) -> str:
        value = self.word("code")
        if value and not CODE.fullmatch(value):
            self.fault("code", N_("“%(given)s” is no code: use a-z, 0-9, - and _, at most 40."), given=value)
        return value

    def yes(self, key: str, default: bool = False) -> bool:
        return bool(self.take(key, bool, default))

    def count(self, key: str, default: Any = ..., most: int = 4000) -> int:
        value = self.take(key, int, default)
        if isinstance(value, int) and value is not default and not 1 <= value <= most:
            self.fault(key, N_("%(given)s is out of range: from 1 to %(most)s."), given=value, most=most)
        return value if isinstance(value, int) else 1

    def day(self, key: str) -> date | None:
        value = self.take(key, date, None)
        if isinstance(value, datetime):
            self.fault(key, SHOULD_BE[date])
            return None
        return value

    def words(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self.take(key, list, ... if default is None else list(default))
        if value is None:
            return ()
        if not all(isinstance(item, str) for item in value):
            self.fault(key, N_("This should be a list of texts."))
            return ()
        if len(set(value)) != len(value):
            self.fault(key, N_("Something is listed twice."))
        return tuple(value)

    def text(self, key: str, required: bool = True) -> t.Text:
        value = self.take(key, dict, ... if required else None)
        if value is None:
            return t.EMPTY
        return self.both(key, value)

    def both(self, key: str, value: Any) -> t.Text:
        if not isinstance(value, dict) or set(value) != {"zh", "en"}:
            self.fault(key, N_('Write it in both languages: { zh = "…", en = "…" }.'))
            return t.EMPTY
        if not all(isinstance(side, str) and side.strip() for side in value.values()):
            self.fault(key, N_("One of the two languages is empty."))
            return t.EMPTY
        return t.Text(value["zh"].strip(), value["en"].strip())

    def tables(self, key: str) -> list[Table]:
        value = self.take(key, list, [])
        found = []
        for number, item in enumerate(value):
            where = f"{self.where}{'.' if self.where else ''}{key}[{number + 1}]"
            if not isinstance(item, dict):
                self.fault(key, N_("This should be a list of tables."))
                continue
            name = item.get("code")
            found.append(Table(item, f"{where} ({name})" if isinstance(name, str) else where, self.faults))
        return found

    def each(self, key: str, read: Callable[[Table], Any]) -> tuple[Any, ...]:
        found = []
        for table in self.tables(key):
            found.append(read(table))
            table.finish()
        codes = [item.code for item in found]
        for code in sorted({code for code in codes if code and codes.count(code) > 1}):
            self.fault(key, N_("The code “%(code)s” is used twice."), code=code)
        return tuple(found)

    def finish(self) -> None:
        for key in self.data:
            if key not in self.seen:
                self.fault(key, N_("Nothing reads this; is the name misspelt?"))


def _extension(table: Table) -> t.Extension | None:
    raw = table.take("extension", dict, None)
    if raw is None:
        return None
    inner = Table(raw, f"{table.where}.extension", table.faults)
    made = t.Extension(
        max_number=inner.count("max_number"),
        max_times=inner.count("max_times", 1, most=20),
        approver_role=inner.one_of("approver_role", t.ROLES) or "head",
        notice=inner.yes("notice", True),
        article=inner.word("article", ""),
    )
    inner.finish()
    return made


def _step(table: Table, defaults: Mapping[str, Any]) -> t.Step:
    verified = table.one_of("verified", t.VERIFIED, defaults["verified"])
    article = table.word("article", "")
    note = table.text("note", required=False)
    if verified == "primary" and not article and note is t.EMPTY:
        table.fault(
            "article",
            N_("Say which article this comes from (or in a note why that is unknown), or mark it as ours."),
        )
    whose: t.Whose = table.one_of("whose", t.WHOSE) or "office"
    step = t.Step(
        code=table.code(),
        title=table.text("title"),
        whose=whose,
        opened_by=table.words("opened_by"),
        met_by=table.words("met_by"),
        voided_by=table.words("voided_by", ()),
        number=table.count("number"),
        span=table.one_of("span", t.SPANS) or "days",
        day_kind=DayKind(table.one_of("day_kind", tuple(DayKind), "calendar")),
        article=article,
        source=table.word("source", "" if verified == "ours" else defaults["source"]),
        verified=verified,
        verified_on=table.day("verified_on") or (None if verified == "ours" else defaults["verified_on"]),
        on_delivery=table.yes("on_delivery"),
        pauses=table.words("pauses", ()),
        extension=_extension(table),
        condition=table.word("condition", "") or None,
        window=table.yes("window"),
        by_order=table.yes("by_order"),
        next_remedy=table.text("next_remedy", required=False),
        note=note,
    )
    return replace(step, voided_by=tuple(dict.fromkeys((*step.always_voided_by, *step.voided_by))))


def _lift(top: Table, defaults: Mapping[str, Any]) -> tuple[t.Step, ...]:
    raw = top.take("lift", dict, ...)
    if raw is None:
        return ()
    table = Table(raw, "lift", top.faults)
    verified = table.one_of("verified", t.VERIFIED, "ours")
    step = t.Step(
        code=SUPERVISE,
        title=table.text("title"),
        whose="office",
        opened_by=("case.lifted", "case.raised"),
        met_by=table.words("met_by"),
        voided_by=tuple(dict.fromkeys((*t.ALWAYS_VOIDS, *table.words("voided_by", ())))),
        number=table.count("number"),
        span="days",
        day_kind=DayKind(table.one_of("day_kind", tuple(DayKind), "calendar")),
        article=table.word("article", ""),
        source=table.word("source", "" if verified == "ours" else defaults["source"]),
        verified=verified,
        verified_on=table.day("verified_on"),
        supervises=True,
        next_remedy=table.text("next_remedy", required=False),
        note=table.text("note", required=False),
    )
    table.finish()
    return (step,)


def _kind(table: Table) -> t.Kind:
    return t.Kind(
        table.code(),
        table.text("title"),
        table.word("article", ""),
        table.yes("about_conduct"),
        table.text("hint", required=False),
    )


def _outcome(table: Table) -> t.Outcome:
    return t.Outcome(table.code(), table.text("title"), table.words("rungs", ()))


def _part(table: Table) -> t.DecisionPart:
    return t.DecisionPart(
        table.code(), table.text("title"), table.yes("required", True), table.word("article", "")
    )


def _rung(table: Table) -> t.Rung:
    who: Literal["handler", "level_above"] = table.one_of("who", ("handler", "level_above")) or "handler"
    return t.Rung(
        table.code(),
        table.text("title"),
        who,
        table.yes("final"),
        table.word("article", ""),
        table.text("paper", required=False),
    )


def _notice(table: Table) -> t.Notice:
    return t.Notice(table.code(), table.text("text"), table.word("article", ""))


def _rule(default: t.Verified) -> Callable[[Table], t.Rule]:
    def read(table: Table) -> t.Rule:
        return t.Rule(
            table.code(),
            table.text("title"),
            table.word("article", ""),
            table.text("text"),
            table.one_of("verified", t.VERIFIED, default),
        )

    return read


def _number_text(top: Table, key: str, value: Any) -> str:
    """How a paper's number is written; without its year and its place in it no two would differ."""
    if not isinstance(value, str) or "{number}" not in value or "{year}" not in value or len(value) > 60:
        top.fault(key, N_("Write how the number looks, with {year} and {number} in it, in 60 characters."))
        return ""
    return value


def read_pack(text: str) -> tuple[t.Pack | None, list[PackFault]]:
    """The pack in `text` as far as it can be read, and every fault of form found on the way."""
    faults: list[PackFault] = []
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return None, [PackFault("", N_("This is larger than 512 kB; a pack is a page or two."))]
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = (("reason", str(error) or "nested too deeply"),)
        return None, [PackFault("", N_("This is not TOML: %(reason)s."), reason)]
    top = Table(data, "", faults)
    source = top.word("source", "")
    verified: t.Verified = top.one_of("verified", t.VERIFIED) or "ours"
    if not source and verified != "ours":
        top.fault("source", N_('Say where the rule can be read, or mark the pack verified = "ours".'))
    verified_on = top.day("verified_on")
    defaults = {"verified": verified, "source": source, "verified_on": verified_on}
    raw_remedies = top.take("remedies", dict, {})
    raw_numbers = top.take("numbers", dict, {})
    pack = t.Pack(
        code=top.code(),
        title=top.text("title"),
        version=top.count("version"),
        in_force_from=top.day("in_force_from"),
        source=source,
        verified=verified,
        verified_on=verified_on,
        note=top.text("note", required=False),
        kinds=top.each("kinds", _kind),
        outcomes=top.each("outcomes", _outcome),
        decision_parts=top.each("decision_parts", _part),
        ladder=top.each("ladder", _rung),
        steps=top.each("steps", lambda table: _step(table, defaults)) + _lift(top, defaults),
        remedies={key: top.both(f"remedies.{key}", value) for key, value in raw_remedies.items()},
        numbers={key: _number_text(top, f"numbers.{key}", value) for key, value in raw_numbers.items()},
        told=top.each("told", _notice),
        rights_notice=top.each("rights_notice", _notice),
        paths=top.each("paths", _rule(verified)),
        rules=top.each("rules", _rule(verified)),
    )
    top.finish()
    return pack, faults
