"""The tables of the file and their columns. Pure. In files they are called as on the pages (see names)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """`kind`: code, name, line, text, flag, day, instant, count, degrees, choice, email, web, zone, country, pack.

    `refers` names the table whose code stands here. `must`: may not be empty. `limit` in characters. `zh`: its head in
    Chinese, where the table is none of the organisation's.
    """

    head: str
    kind: str = "line"
    must: bool = False
    refers: str = ""
    limit: int = 200
    choices: tuple[str, ...] = ()
    default: object = ""
    zh: str = ""


@dataclass(frozen=True)
class Table:
    """`key`: the heads that together say which row is meant. `parent`: the head that makes it a tree. `zh`: its name in
    Chinese, where it is none of the organisation's."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parent: str = ""
    zh: str = ""

    def column(self, head: str) -> Column:
        return next(column for column in self.columns if column.head == head)

    @property
    def heads(self) -> list[str]:
        return [column.head for column in self.columns]


def _code(head: str = "code", limit: int = 60, refers: str = "", *, must: bool = True) -> Column:
    return Column(head, "code", must=must, refers=refers, limit=limit)


_NAMES = (Column("name_zh", "name"), Column("name_en", "name"))
_DOOR = (
    Column("phone", limit=64),
    Column("address_zh"),
    Column("address_en"),
    Column("hours_zh"),
    Column("hours_en"),
)
_OF = _code("authority", 40, "authorities")
_CLOSED = Column("closed_on", "day", default=None)

ROLES = ("clerk", "handler", "leader", "reviewer", "auditor", "administrator")
HOLDS = ("holder", "deputy", "acting", "delegate")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "authorities",
            ("code",),
            (
                _code(limit=40),
                *_NAMES,
                Column("pack", "pack", must=True, limit=64, default="generic"),
                Column("zone", "zone", must=True, limit=64, default="Asia/Shanghai"),
                Column("country", "country", limit=8),
                _code("above", 40, "authorities", must=False),
                _code("conduct_body", 40, "authorities", must=False),
                Column("is_outside", "flag", default=False),
                Column("letter_address", "text", limit=1000),
                Column("letter_email", "email", limit=254),
                *_DOOR,
                Column("web", "web"),
            ),
            parent="above",
        ),
        Table(
            "units",
            ("authority", "code"),
            (
                _OF,
                _code(limit=40),
                _code("parent", 40, "units", must=False),
                *_NAMES,
                Column("takes_conduct", "flag", default=False),
                Column("is_petition_office", "flag", default=False),
                *_DOOR,
                _CLOSED,
            ),
            parent="parent",
        ),
        Table(
            "posts",
            ("authority", "unit", "code"),
            (
                _OF,
                _code("unit", 40, "units"),
                _code(),
                *_NAMES,
                Column("role", "choice", must=True, choices=ROLES),
                Column("is_head", "flag", default=False),
                Column("contact_email", "email", limit=254),
                Column("contact_phone", limit=64),
                _CLOSED,
            ),
        ),
        Table(
            "people",
            ("username",),
            (
                Column("username", "line", must=True, limit=64),
                *_NAMES,
                Column("email", "email", limit=254),
                Column("phone", limit=64),
                Column("language", "choice", choices=("zh-hans", "en"), must=True, default="zh-hans"),
                Column("is_active", "flag", default=True),
            ),
        ),
        Table(
            "subjects",
            ("authority", "code"),
            (
                _OF,
                _code(),
                _code("parent", refers="subjects", must=False),
                *_NAMES,
                Column("hint_zh"),
                Column("hint_en"),
                Column("retention_years", "count", must=True, default=10),
                _CLOSED,
            ),
            parent="parent",
        ),
        Table(
            "places",
            ("authority", "code"),
            (
                _OF,
                _code(),
                _code("parent", refers="places", must=False),
                *_NAMES,
                Column("latitude", "degrees", limit=90, default=None),
                Column("longitude", "degrees", limit=180, default=None),
                _CLOSED,
            ),
            parent="parent",
        ),
        Table(
            "appointments",
            ("authority", "unit", "post", "username", "hold", "from_at"),
            (
                _OF,
                _code("unit", 40, "units"),
                _code("post", refers="posts"),
                Column("username", must=True, refers="people", limit=64),
                Column("hold", "choice", must=True, choices=HOLDS),
                Column("from_at", "instant", must=True),
                Column("until_at", "instant", default=None),
            ),
        ),
        Table(
            "responsibilities",
            ("authority", "subject", "place"),
            (
                _OF,
                _code("subject", refers="subjects", must=False),
                _code("place", refers="places", must=False),
                _code("unit", 40, "units"),
                _code("leader_unit", 40, "units"),
                _code("leader_post", refers="posts"),
            ),
        ),
        Table(
            "special_days",
            ("authority", "on"),
            (
                _OF,
                Column("on", "day", must=True),
                Column("is_working", "flag", default=False),
                Column("why"),
            ),
        ),
    )
}


def referred_key(table: Table, column: Column, values: dict[str, object]) -> tuple[object, ...]:
    """The key in `column.refers` that a row's cell means."""
    code = values[column.head]
    if column.refers in ("authorities", "people"):
        return (code,)
    if column.refers == "posts":
        return (
            values["authority"],
            values["leader_unit" if table.name == "responsibilities" else "unit"],
            code,
        )
    return (values["authority"], code)
