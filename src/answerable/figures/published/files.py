"""An edition's files: one number a line, so that nothing needs to be guessed. CSV, Parquet, JSON, and their description."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import translation

from answerable.core.sentences import N_
from answerable.core.text import spreadsheet_safe
from answerable.figures.published.measures import BY_NAME, FAMILY_WORDS, MEASURES, TABLES, TableName
from answerable.figures.published.suppression import LEAST

CSV, PARQUET, JSON, DESCRIBED = "figures.csv", "figures.parquet", "figures.json", "datapackage.json"
MEDIA = {
    CSV: "text/csv; charset=utf-8",
    PARQUET: "application/vnd.apache.parquet",
    JSON: "application/json",
    DESCRIBED: "application/json",
}

#: The columns of a line, their type in a data package, and what they mean.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("body", "string", N_("The code of the body.")),
    ("period", "string", N_("A month (2026-03) or a year (2026).")),
    ("edition", "integer", N_("A later edition corrects an earlier one; both stay.")),
    (
        "table",
        "string",
        N_("By what it is counted: unit, subject, place, channel, promise; “whole” for the whole body."),
    ),
    ("family", "string", N_("Which count, and which parts of it, belong together.")),
    (
        "rows",
        "string",
        N_("Codes of the rows that the line adds up, with + between them; empty for the whole body."),
    ),
    ("parent", "string", N_("The row that they lie in; empty for the topmost ones.")),
    ("name_zh", "string", N_("The rows by name, in Chinese.")),
    ("name_en", "string", N_("The rows by name, in English.")),
    ("measure", "string", N_("What is counted; see the dictionary.")),
    ("number", "integer", N_("How many: nothing, or at least five.")),
)


def lines(content: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Every published number, one a line, in the order of COLUMNS."""
    head = (content["body"]["code"], content["period"], content["edition"])
    whole_said = set()
    for table in content["tables"]:
        names = {row["code"]: (row["name_zh"], row["name_en"]) for row in table["rows"]}
        for family in table["families"]:
            name = family["family"]
            measures = BY_NAME[name].measures
            # The whole body's numbers are the same in every table.
            if family["total"] is not None and name not in whole_said:
                whole_said.add(name)
                for measure in measures:
                    yield (*head, "whole", name, "", "", "", "", measure, family["total"][measure])
            for line in family["lines"]:
                zh, en = line_names(line["rows"], names)
                where = (table["table"], name, "+".join(line["rows"]), line["parent"], zh, en)
                for measure in measures:
                    yield (*head, *where, measure, line["counts"][measure])
    for name in ("conduct", "extra"):
        for measure, number in sorted((content.get(name) or {}).items()):
            if number is not None:
                yield (*head, name, name, "", "", "", "", measure, number)


def line_names(rows: list[str], names: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """What a line is called: its rows, the one that stands for its parent marked."""
    zh, en = [], []
    for code in rows:
        bare = code.removesuffix("/itself")
        one_zh, one_en = names[bare]
        zh.append(one_zh + "（本级）" if bare != code else one_zh)
        en.append(one_en + " (itself)" if bare != code else one_en)
    return "、".join(zh), ", ".join(en)


def as_csv(content: Mapping[str, Any]) -> bytes:
    """UTF-8 with a mark at the front, so that spreadsheets read Chinese; no cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _, _ in COLUMNS])
    writer.writerows([spreadsheet_safe(cell) for cell in line] for line in lines(content))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_parquet(content: Mapping[str, Any]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    kinds = {"string": pyarrow.string(), "integer": pyarrow.int64()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind, _ in COLUMNS])
    columns = list(zip(*lines(content), strict=True)) or [()] * len(COLUMNS)
    arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), out)
    return out.getvalue()


def as_json(content: Mapping[str, Any]) -> bytes:
    """The same with the rows and what lies in what; the numbers that rows have in the database are left out."""
    tables = [
        table | {"rows": [_public(row, table["rows"]) for row in table["rows"]]}
        for table in content["tables"]
    ]
    return _json(dict(content) | {"tables": tables})


def _public(row: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    parents = {one["id"]: one["code"] for one in rows}
    said = {key: value for key, value in row.items() if key not in ("id", "parent")}
    return said | {"parent": parents.get(row["parent"], "")}


def dictionary() -> dict[str, Any]:
    """What every column, table, family and measure means, in both languages."""
    return {
        "columns": {name: _both(means) | {"type": kind} for name, kind, means in COLUMNS},
        "tables": {str(name): _said(said.name, said.means) for name, said in TABLES.items()},
        "families": {
            name: _both(words) | {"count": BY_NAME[name].whole, "parts": list(BY_NAME[name].parts)}
            for name, words in FAMILY_WORDS.items()
        },
        "measures": {name: _said(said.name, said.means) for name, said in MEASURES.items()},
        "least": LEAST,
    }


def described(content: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """A Frictionless data package: title, licence, columns, digests, dictionary."""
    body = content["body"]
    fields = [
        {"name": name, "type": kind, "description": _both(means)["en"]} for name, kind, means in COLUMNS
    ]
    resources = []
    for name, content_ in files.items():
        resource: dict[str, Any] = {
            "name": name.replace(".", "-"),
            "path": name,
            "mediatype": MEDIA[name].split(";")[0],
            "bytes": len(content_),
            "hash": f"sha256:{hashlib.sha256(content_).hexdigest()}",
        }
        if name == CSV:
            resource |= {
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "schema": {"fields": fields},
            }
        resources.append(resource)
    package = {
        "profile": "data-package",
        "name": f"answerable-{body['code']}-{content['period']}".lower(),
        "version": str(content["edition"]),
        "title": f"{body['name_en'] or body['name_zh']}: figures of {content['period']}",
        "title_zh": f"{body['name_zh'] or body['name_en']}：{content['period']} 数据",
        "licenses": [{"name": content["licence"]["name"], "path": content["licence"]["url"]}],
        "resources": resources,
        "dictionary": dictionary(),
    }
    return _json(package)


def files_of(content: Mapping[str, Any]) -> dict[str, bytes]:
    """Every file of an edition by its name."""
    found = {CSV: as_csv(content), PARQUET: as_parquet(content), JSON: as_json(content)}
    return found | {DESCRIBED: described(content, found)}


def _said(name: str, means: str) -> dict[str, Any]:
    return {"name": _both(name), "means": _both(means)}


def _both(text: str) -> dict[str, str]:
    found = {}
    for lang, key in (("zh-hans", "zh"), ("en", "en")):
        with translation.override(lang):
            found[key] = translation.gettext(text)
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def table_word(name: str) -> str:
    """A table's name in the reader's language."""
    return translation.gettext(TABLES[TableName(name)].name)
