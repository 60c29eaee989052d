"""What an import would change, or what is wrong with it. Reads the snapshot; writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from answerable.orgs.kept_out import KINDS, sorts_people_by
from answerable.orgs.sheets.columns import TABLES, Table, referred_key
from answerable.orgs.sheets.faults import SheetFault
from answerable.orgs.sheets.instants import by_minute, minute_of, same, written_instant
from answerable.orgs.sheets.names import head_shown, table_shown
from answerable.orgs.sheets.reading import FAULTS, Read, Row
from answerable.orgs.sheets.snapshot import Key, Snapshot

#: Levels of a tree. Each row holds its whole path, so that a chain of all rows of a file would take hours to write.
DEEPEST = 100


@dataclass(frozen=True)
class Change:
    """One row that would be new or other than it is. `fields` by head: what it was (None where new), what it will be."""

    sheet: str
    row: int
    key: Key
    is_new: bool
    values: dict[str, Any]
    fields: dict[str, tuple[Any, Any]]

    @property
    def sheet_shown(self) -> str:
        return table_shown(self.sheet)

    @property
    def fields_shown(self) -> dict[str, tuple[Any, Any]]:
        return {head_shown(head, self.sheet): pair for head, pair in self.fields.items()}

    @property
    def authority(self) -> str:
        """The code of the body that the row belongs to; "" for people."""
        if self.sheet == "people":
            return ""
        return str(self.values.get("authority", self.values.get("code", "")))


@dataclass
class Plan:
    changes: list[Change] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)

    def digest(self) -> str:
        """The same for the same changes: shows whether what is carried out is what was looked at."""
        said = [[c.sheet, c.key, {head: new for head, (_, new) in c.fields.items()}] for c in self.changes]
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


@dataclass
class _Work:
    """Rows as they would be after the import, and where in the file each came from."""

    before: Snapshot
    after: dict[str, dict[Key, dict[str, Any]]]
    at: dict[str, dict[Key, int]]
    faults: list[SheetFault]

    @cached_property
    def minutes(self) -> dict[Key, list[Key]]:
        return by_minute(self.before.rows["appointments"])

    def fault(self, code: str, sheet: str, key: Key, column: str = "", **facts: object) -> None:
        self.faults.append(SheetFault(code, sheet, self.at[sheet].get(key, 0), column, facts))

    def touched(self, sheet: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        for key in self.at[sheet]:
            yield key, self.after[sheet][key]


def plan_import(
    read: Read, before: Snapshot, *, bodies: Collection[str] | None = None, own_name: str = ""
) -> Plan:
    """Check everything against everything; either faults or changes come out.

    `bodies`: codes of the authorities that the caller administers (None: all). `own_name`: whose sign-in may not
    be taken away by its own import.
    """
    if read.faults:
        return Plan(faults=read.faults)
    work = _Work(
        before, {name: dict(rows) for name, rows in before.rows.items()}, {n: {} for n in TABLES}, []
    )
    for name, table in TABLES.items():
        for row in read.tables.get(name, ()):
            _merge(work, table, row)
    for check in (
        _references,
        _trees,
        _bodies,
        _closed,
        _names,
        _sign_ins,
        _heads,
        _roles,
        _holders,
        _points,
    ):
        if len(work.faults) <= FAULTS:
            check(work)
    changes = list(_changes(work))
    if bodies is not None:
        _scope(work, changes, bodies)
    if own_name and not work.after["people"].get((own_name,), {}).get("is_active", True):
        work.fault("yourself", "people", (own_name,), "is_active")
    if work.faults:
        rest = [SheetFault("too_many_faults", facts={"limit": FAULTS})] if len(work.faults) > FAULTS else []
        return Plan(faults=work.faults[:FAULTS] + rest)
    return Plan(changes)


def _merge(work: _Work, table: Table, row: Row) -> None:
    values = dict(row.values)
    _local_times(work, values)
    if table.name == "appointments":
        _known_instants(work, values)
    key = tuple(values[head] for head in table.key)
    first = work.at[table.name].get(key)
    if first is not None:
        work.faults.append(SheetFault("twice", table.name, row.number, facts={"first": first}))
        return
    old = work.before.rows[table.name].get(key)
    work.at[table.name][key] = row.number
    if old is None:
        for column in table.columns:
            if column.head not in values and column.head == "leader_unit":
                values["leader_unit"] = values.get("unit", "")
            elif column.head not in values:
                if column.must and column.default == "":
                    work.fault("must", table.name, key, column.head)
                values[column.head] = column.default
    work.after[table.name][key] = (old or {}) | values


def _zone(work: _Work, values: dict[str, Any]) -> ZoneInfo:
    """By which clock the row's body lives."""
    body = work.after["authorities"].get((values.get("authority"),), {})
    return ZoneInfo(body.get("zone") or "UTC")


def _today(work: _Work, values: dict[str, Any]) -> date:
    """The day that it is at the row's body."""
    return work.before.at.astimezone(_zone(work, values)).date()


def _local_times(work: _Work, values: dict[str, Any]) -> None:
    """A time without an offset is the body's own."""
    for head in ("from_at", "until_at"):
        at = values.get(head)
        if isinstance(at, datetime):
            values[head] = (at if at.tzinfo else at.replace(tzinfo=_zone(work, values))).astimezone(UTC)


def _known_instants(work: _Work, values: dict[str, Any]) -> None:
    """A file says the minute; the appointment that began, or ended, within it is the one that is meant."""
    key = tuple(values.get(head) for head in TABLES["appointments"].key)
    if not isinstance(key[-1], datetime):
        return
    if key not in work.before.rows["appointments"]:
        meant = [one for one in work.minutes.get(minute_of(key), ()) if same(key[-1], one[-1])]
        if len(meant) != 1:
            return
        (key,) = meant
        values["from_at"] = key[-1]
    known, said = work.before.rows["appointments"][key]["until_at"], values.get("until_at")
    if said and known and same(said, known):
        values["until_at"] = known


def _references(work: _Work) -> None:
    for name, table in TABLES.items():
        referring = [column for column in table.columns if column.refers]
        for key, values in work.touched(name):
            for column in referring:
                code = values[column.head]
                if code and referred_key(table, column, values) not in work.after[column.refers]:
                    work.fault("unknown", name, key, column.head, value=code)


def _trees(work: _Work) -> None:
    for name, table in TABLES.items():
        if not table.parent:
            continue
        for key, values in work.touched(name):
            seen, here, row = {key}, key, values
            while row and row[table.parent]:
                here = (*here[:-1], row[table.parent])
                if here in seen:
                    if here == key:
                        work.fault("cycle", name, key, table.parent, value=key[-1])
                    break
                seen.add(here)
                if len(seen) > DEEPEST:
                    work.fault("too_deep", name, key, table.parent, limit=DEEPEST)
                    break
                row = work.after[name].get(here, {})
            above = (
                work.after[name].get((*key[:-1], values[table.parent]), {}) if values[table.parent] else {}
            )
            if above.get("closed_on") and not values.get("closed_on"):
                work.fault("above_closed", name, key, table.parent, value=values[table.parent])


def _bodies(work: _Work) -> None:
    """Accusations that touch a whole body go to another one; and a body in which somebody serves works here: its matters
    are those staff's, and no letter to it would ever reach them."""
    first = next(((name, key) for name in TABLES for key, _values in work.touched(name)), None)
    if first is not None and not work.after["authorities"]:
        work.fault("no_body", *first)  # each change is an act on the matter of a body
    serves = {
        key[0]
        for key, values in work.after["appointments"].items()
        if values["until_at"] is None or values["until_at"] > work.before.at
    }
    for key, values in work.touched("authorities"):
        (code,) = key
        if values["conduct_body"] == code:
            work.fault("own_conduct", "authorities", key, "conduct_body", value=code)
        before = work.before.rows["authorities"].get(key)
        if before is not None and values["is_outside"] and not before["is_outside"] and code in serves:
            work.fault("works_here", "authorities", key, "is_outside", value=code)


def _closed(work: _Work) -> None:
    """A unit that is closed has nothing open in it: whoever holds a post there would go on reading its matters. And what
    is closed is so at once: a day to come, by the calendar of its own body, would take effect today.
    """
    open_in: dict[Key, str] = {}
    for (authority, unit, code), values in work.after["posts"].items():
        if not values["closed_on"]:
            open_in.setdefault((authority, unit), code)
    for (authority, code), values in work.after["units"].items():
        if values["parent"] and not values["closed_on"]:
            open_in.setdefault((authority, values["parent"]), code)
    for name, table in TABLES.items():
        for key, values in work.touched(name) if "closed_on" in table.heads else ():
            if values["closed_on"] and values["closed_on"] > _today(work, values):
                work.fault("closes_later", name, key, "closed_on", value=values["closed_on"])
    for key, values in work.touched("units"):
        if values["closed_on"] and key in open_in:
            work.fault("below_open", "units", key, "closed_on", value=open_in[key])
    for key, values in work.touched("posts"):
        if not values["closed_on"] and work.after["units"].get(key[:2], {}).get("closed_on"):
            work.fault("above_closed", "posts", key, "unit", value=values["unit"])


def _names(work: _Work) -> None:
    for name in ("authorities", "units", "posts", "people", "subjects", "places"):
        for key, values in work.touched(name):
            if not (values["name_zh"] or values["name_en"]):
                work.fault("no_name", name, key, "name_en")
            if name not in ("subjects", "places"):
                continue
            for head in ("name_zh", "name_en"):
                kind = sorts_people_by(values[head], is_place=name == "places")
                if kind:
                    work.fault("sorts_people", name, key, head, value=values[head], what=KINDS[kind])


def _sign_ins(work: _Work) -> None:
    """Who signs in is found whatever the capitals: two names that differ in them alone would open for neither."""
    there = {key[0].casefold(): key[0] for key in work.before.rows["people"]}
    for key, _values in work.touched("people"):
        (name,) = key
        other = there.setdefault(name.casefold(), name)
        if other != name and key not in work.before.rows["people"]:
            work.fault("alike", "people", key, "username", value=name, other=other)


def _heads(work: _Work) -> None:
    heads: dict[Key, Key] = {}
    for key, values in work.after["posts"].items():
        if not values["is_head"] or values["closed_on"]:
            continue
        other = heads.setdefault(key[:2], key)
        if other != key:
            mine, rival = (key, other) if key in work.at["posts"] else (other, key)
            work.fault("two_heads", "posts", mine, "is_head", other=rival[-1])


def _roles(work: _Work) -> None:
    """Whoever answers can sign; and a post with matters keeps a role that may do with them what it did. Which post has
    some nobody here knows, so it holds for all: another role is another post, and closing this one hands on what it has.
    """
    for key, values in work.touched("posts"):
        old, role = work.before.rows["posts"].get(key), values["role"]
        if values["closed_on"]:
            continue
        if values["is_head"] and _can(role) < SIGNS:
            work.fault("head_role", "posts", key, "role")
        elif old is not None and not old["closed_on"] and _can(old["role"]) > _can(role):
            work.fault("lesser_role", "posts", key, "role")
    for key, values in work.touched("responsibilities"):
        post = (values["authority"], values["leader_unit"], values["leader_post"])
        if post in work.after["posts"] and _can(work.after["posts"][post]["role"]) < SIGNS:
            work.fault("leader_role", "responsibilities", key, "leader_post", value=values["leader_post"])


#: How much a role may do with a matter: sign, work on it; read it or less.
SIGNS, WORKS, READS = 2, 1, 0


def _can(role: str) -> int:
    return {"clerk": WORKS, "handler": WORKS, "leader": SIGNS, "reviewer": SIGNS}.get(role, READS)


def _holders(work: _Work) -> None:
    spans: dict[Key, list[tuple[datetime, datetime, Key]]] = {}
    far = datetime.max.replace(tzinfo=UTC)
    for key, values in work.after["appointments"].items():
        until = values["until_at"] or far
        if until <= values["from_at"]:
            work.fault("ends_first", "appointments", key, "until_at")
        elif values["hold"] == "holder":
            spans.setdefault(key[:3], []).append((values["from_at"], until, key))
    for held in spans.values():
        held.sort()
        for (_, until, one), (since, _, other) in zip(held, held[1:], strict=False):
            if since < until:
                mine = other if other in work.at["appointments"] else one
                zone = _zone(work, work.after["appointments"][mine])
                work.fault("two_holders", "appointments", mine, "from_at", since=written_instant(since, zone))


def _points(work: _Work) -> None:
    for key, values in work.touched("places"):
        if (values["latitude"] is None) != (values["longitude"] is None):
            work.fault("half_point", "places", key, "latitude")


def _changes(work: _Work) -> Iterator[Change]:
    for name in TABLES:
        for key, number in work.at[name].items():
            old, new = work.before.rows[name].get(key), work.after[name][key]
            if old is None:
                yield Change(name, number, key, True, new, {head: (None, new[head]) for head in new})
                continue
            fields = {head: (old[head], new[head]) for head in new if old[head] != new[head]}
            if fields:
                yield Change(name, number, key, False, new, fields)


def _serves_elsewhere(
    spans: list[tuple[datetime | None, str]], bodies: Collection[str], now: datetime
) -> str:
    """The body whose administrator alone may give this person a post, as on the page of a post (`staff_to_appoint`); "":
    they serve here, or nowhere. Whoever were made a member of a unit that is accused would read nothing about it."""
    served = [body for ends, body in spans if ends is None or ends > now]
    if not served:  # whoever holds nothing: where they served last
        served = [body for ends, body in sorted((ends, body) for ends, body in spans if ends)[-1:]]
    return "" if set(served) & set(bodies) else next(iter(served), "")


def _scope(work: _Work, changes: list[Change], bodies: Collection[str]) -> None:
    """An administrator changes the bodies that they administer, new ones, and people who serve nowhere else."""
    elsewhere: dict[str, str] = {}
    spans: dict[str, list[tuple[datetime | None, str]]] = defaultdict(list)
    for key, values in work.before.rows["appointments"].items():
        spans[key[3]].append((values["until_at"], key[0]))
        if key[0] not in bodies:
            elsewhere[key[3]] = key[0]
    new = {key[0] for key in work.after["authorities"] if key not in work.before.rows["authorities"]}
    for change in changes:
        if change.sheet == "people":
            body = "" if change.is_new else elsewhere.get(change.key[0], "")
        else:
            body = "" if change.authority in bodies or change.authority in new else change.authority
        if not body and change.sheet == "appointments" and change.is_new:
            body = _serves_elsewhere(spans[change.key[3]], bodies, work.before.at)
        if body:
            work.fault("not_yours", change.sheet, change.key, value=body)
