"""An edition's tables: what may be shown of the counts, in words and codes that need nothing else to be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from answerable.cases.models import Intake
from answerable.cases.packs import all_packs, load_pack
from answerable.core.sentences import N_
from answerable.figures.published import counts
from answerable.figures.published.counts import ELSEWHERE
from answerable.figures.published.laying import ShownTables
from answerable.figures.published.measures import BY_NAME, TableName
from answerable.figures.published.suppression import ROOT, Group, Shown, Table
from answerable.orgs.models import Authority, Place, Subject, Unit

FORMAT = 1
BY_ITSELF = "/itself"
_NOT_NAMED = N_("Not named, or elsewhere")


def as_content(
    body: Authority, tables: Mapping[TableName, Table], shown: ShownTables
) -> list[dict[str, Any]]:
    """The tables as everybody may have them.

    Which rows are listed says nothing of their counts: all that are open are, and closed ones where a line shows them.
    """
    found = []
    for name, table in tables.items():
        named, closed = _named(body, name)
        listed = _listed(table, shown[name], closed)
        rows = [
            named[row.id] | {"id": row.id, "parent": row.parent} for row in table.rows if row.id in listed
        ]
        codes = {row["id"]: row["code"] for row in rows}
        found.append(
            {
                "table": str(name),
                "rows": rows,
                "families": [_family(one, codes) for one in shown[name]],
            }
        )
    return found


def _listed(table: Table, shown: Sequence[Shown], closed: set[int]) -> set[int]:
    listed = {row.id for row in table.rows} - closed
    for one in shown:
        for group in one.groups:
            if len(group.members) > 1 or any(group.counts.values()):
                listed |= {abs(member) for member in group.members}
    parents = {row.id: row.parent for row in table.rows}
    for row in list(listed):
        while (row := parents.get(row, ROOT)) != ROOT:
            listed.add(row)
    return listed


def _family(shown: Shown, codes: Mapping[int, str]) -> dict[str, Any]:
    lines = []
    for group in shown.groups:
        rows = [_code(member, codes) for member in group.members if abs(member) in codes]
        if rows:
            lines.append({"parent": codes.get(group.parent, ""), "rows": rows, "counts": dict(group.counts)})
    total = dict(shown.total) if shown.total is not None else None
    return {"family": shown.family.name, "total": total, "lines": lines}


def _code(member: int, codes: Mapping[int, str]) -> str:
    return codes[abs(member)] + (BY_ITSELF if member < 0 else "")


def read_shown(content: Mapping[str, Any]) -> ShownTables:
    """What an edition shows, from its content."""
    found: ShownTables = {}
    for table in content["tables"]:
        ids = {row["code"]: row["id"] for row in table["rows"]}
        out = []
        for said in table["families"]:
            groups = tuple(
                Group(
                    ids.get(line["parent"], ROOT),
                    tuple(_member(code, ids) for code in line["rows"]),
                    line["counts"],
                )
                for line in said["lines"]
            )
            out.append(Shown(BY_NAME[said["family"]], said["total"], groups))
        found[TableName(table["table"])] = out
    return found


def _member(code: str, ids: Mapping[str, int]) -> int:
    bare = code.removesuffix(BY_ITSELF)
    return -ids[bare] if bare != code else ids[code]


def _named(body: Authority, name: TableName) -> tuple[dict[int, dict[str, Any]], set[int]]:
    """Code and names of each row, in both languages; and which are closed."""
    found: dict[int, dict[str, Any]] = {ELSEWHERE: {"code": "~elsewhere"} | both(_NOT_NAMED)}
    if name is TableName.CHANNEL:
        for number, (code, label) in enumerate(Intake.choices, 1):
            found[number] = {"code": code} | both(label)
        return found, set()
    if name is TableName.PROMISE:
        # The steps of every procedure: a body may have worked by another one in an earlier month.
        packs = [*(load_pack(code) for code in all_packs()), load_pack(body.pack)]
        return {
            counts.step_row(step.code): {
                "code": step.code,
                "name_zh": step.title.in_language("zh"),
                "name_en": step.title.in_language("en"),
                "article": step.article,
            }
            for pack in packs
            for step in pack.steps
        }, set()
    model = {TableName.UNIT: Unit, TableName.SUBJECT: Subject, TableName.PLACE: Place}[name]
    closed = set()
    for row in model.objects.filter(authority=body):  # type: ignore[attr-defined]
        zh, en = row.name_in("zh-hans"), row.name_in("en")
        found[row.pk] = {"code": row.code, "name_zh": zh, "name_en": en}
        if getattr(row, "latitude", None) is not None:
            found[row.pk]["point"] = [float(row.latitude), float(row.longitude)]
        if row.closed_on is not None:
            closed.add(row.pk)
    return found, closed


def both(text: Any) -> dict[str, str]:
    """A marked or lazy text in both languages."""
    found = {}
    for lang, key in (("zh-hans", "name_zh"), ("en", "name_en")):
        with translation.override(lang):
            found[key] = translation.gettext(str(text)) if isinstance(text, str) else str(text)
    return found
