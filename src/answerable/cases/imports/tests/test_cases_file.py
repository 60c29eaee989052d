"""A file of another system: all of it checked first, taken over once, with the day that system claims."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from answerable.cases.imports.models import Imported
from answerable.cases.imports.planning import Plan, plan_file
from answerable.cases.imports.services import Taken, take_over
from answerable.cases.models import Case, Submission
from answerable.cases.services.receipts import case_behind
from answerable.ops import cli
from answerable.parties.models import Party
from answerable.parties.steps import open_identity
from answerable.record.actors import Actor
from answerable.record.models import Act
from tests.cast import MONDAY, Cast

HEADS = ["foreign_id", "received", "subject", "claim", "place", "name", "channel", "channel_address"]
LAMP = ["A-1", "2026-02-02", "lamps", "路灯坏了", "village", "李兰", "email", "li@example.org"]
PIPE = ["A-2", "2026-02-03T08:30:00+08:00", "pipes", "水管漏水", "", "", "", ""]


def book(*rows: list[Any], heads: list[str] = HEADS, merge: str = "") -> bytes:
    made = Workbook()
    made.active.title = "Sheet1"
    for row in (heads, *rows):
        made.active.append(row)
    if merge:
        made.active.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def plan(cast: Cast, content: bytes, name: str = "old.xlsx", source: str = "old") -> Plan:
    return plan_file(content, name, cast.town, source=source, now=MONDAY)


def carry_out(done: Plan) -> list[Taken]:
    assert not done.faults
    return list(take_over(done.planned, by=Actor.system(), now=MONDAY))


@pytest.mark.django_db(transaction=True)
def test_matters_are_taken_over_with_the_day_that_the_other_system_claims(cast):
    first, second = carry_out(plan(cast, book(LAMP, PIPE)))
    case = case_behind(first.code, first.secret or "")
    assert case is not None
    assert (case.intake, case.unit, case.place) == ("import", cast.roads, cast.village)
    assert case.received_at == datetime(2026, 2, 1, 16, tzinfo=UTC)  # that day's beginning in Shanghai
    act = Act.objects.get(matter_id=case.pk, kind="case.registered")
    assert act.happened_at == case.received_at
    assert open_identity(Party.objects.get())["name"] == "李兰"
    assert Case.objects.get(code=second.code).received_at == datetime(2026, 2, 3, 0, 30, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_again_and_a_crash_in_between_make_nothing_twice(cast):
    carry_out(plan(cast, book(LAMP)))
    again = plan(cast, book(LAMP, PIPE))
    assert (again.known, [one.foreign_id for one in again.planned]) == (1, ["A-2"])
    carry_out(again)
    Imported.objects.all().delete()  # as if the process had died before it wrote these down
    carry_out(plan(cast, book(LAMP, PIPE)))
    assert (Case.objects.count(), Submission.objects.count(), Imported.objects.count()) == (2, 2, 2)
    assert plan(cast, book(LAMP), source="another").known == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"received": ""}, "must", "received"),
        ({"received": MONDAY.replace(tzinfo=None) + timedelta(days=2)}, "in_future", "received"),
        ({"received": "soon"}, "bad_instant", "received"),
        ({"subject": "nothing"}, "unknown", "subject"),
        ({"place": "nowhere"}, "unknown", "place"),
        ({"claim": ""}, "must", "claim"),
        ({"claim": "=1+1"}, "formula", "claim"),
        ({"channel": "pigeon"}, "bad_choice", "channel"),
        ({"channel_address": "no"}, "bad_email", "channel_address"),
        ({"channel": ""}, "must", "channel"),
        ({"foreign_id": "A-2"}, "twice", "foreign_id"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_is_taken(cast, change, code, column):
    row = [change.get(head, value) for head, value in zip(HEADS, LAMP, strict=True)]
    found = plan(cast, book(PIPE, row))
    assert [(one.code, one.row, one.column) for one in found.faults] == [(code, 3, column)]
    assert found.faults[0].sentence()


@pytest.mark.django_db
def test_merged_cells_unknown_heads_and_what_is_no_workbook(cast):
    assert [one.code for one in plan(cast, book(LAMP, merge="A2:A3")).faults] == ["merged"]
    assert [one.code for one in plan(cast, book(LAMP[:1], heads=["foreign_id", "colour"])).faults] == [
        "unknown_column"
    ]
    assert [one.code for one in plan(cast, b"PK\x03\x04 broken").faults] == ["not_readable"]
    assert [one.code for one in plan(cast, b"foreign_id,received\n" + b"x,\n" * 21_000, "a.csv").faults][
        -1:
    ] in (
        ["too_many_faults"],
        ["too_many_rows"],
    )


@pytest.mark.django_db
def test_one_matter_in_the_same_row_of_two_sheets_is_named(cast):
    """Both sheets are the one table; the second telling was dropped without a word."""
    made = Workbook()
    for title in ("cases", "事项"):
        sheet = made.create_sheet(title)
        sheet.append(HEADS)
        sheet.append(LAMP)
    del made["Sheet"]
    out = io.BytesIO()
    made.save(out)
    assert [fault.code for fault in plan(cast, out.getvalue()).faults] == ["twice"]


def test_a_table_in_chinese_as_a_spreadsheet_writes_it(cast):
    content = "原系统编号,收到时间,事项类别,反映内容\nA-9,2026/2/2,lamps,路灯坏了\n".encode("gb18030")
    found = plan(cast, content, "旧系统.csv")
    assert [one.foreign_id for one in found.planned] == ["A-9"]
    with translation.override("zh-hans"):
        (fault,) = plan(cast, content.replace(b"lamps", b"lamp"), "旧系统.csv").faults
        assert fault.place() == "事项, 2, 事项类别"


@pytest.mark.django_db(transaction=True)
def test_the_command_says_first_and_does_then(cast, tmp_path):
    file, receipts = tmp_path / "old.xlsx", tmp_path / "receipts.csv"
    file.write_bytes(book(PIPE))
    said = ["import", "cases", str(file), "--source", "old", "--office", "town"]
    parser, _module = cli._parser("import")
    args = parser.parse_args(said)
    assert args.run(args) == 0
    assert not Case.objects.exists()
    args = parser.parse_args([*said, "--carry-out", "--receipts", str(receipts)])
    assert args.run(args) == 0
    case = Case.objects.get()
    foreign, code, secret = receipts.read_text().strip().split(",")
    assert (foreign, code) == ("A-2", case.code)
    assert case_behind(code, secret) == case
    assert receipts.stat().st_mode & 0o777 == 0o600
    assert Act.objects.filter(kind="cases.imported").count() == 1
    file.write_bytes(book(["A-3", "2026-02-02", "nothing", "x"]))
    assert args.run(parser.parse_args(said)) == 1
