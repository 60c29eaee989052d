"""The organisation as a file: out and in again, and what a bad file gets."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from answerable.core import clock
from answerable.orgs import labels
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Appointment, Authority, Place, Post, Responsibility, Staff, Subject, Unit
from answerable.orgs.services.files import carry_out_import, export_organisation, preview_import
from answerable.orgs.sheets import names
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.faults import SENTENCES
from answerable.orgs.sheets.planning import plan_import
from answerable.orgs.sheets.reading import Read, Row, read_file
from answerable.orgs.sheets.snapshot import Snapshot, take_snapshot
from answerable.record.actors import Actor
from answerable.record.matters import matter_of
from answerable.record.models import Act
from answerable.record.queries import acts_of

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def book(**tables: list[list[object]]) -> bytes:
    """A workbook; `_` in front of a cell's formula is up to the caller."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, lines in tables.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def faults(content: bytes, name: str = "o.xlsx") -> list[tuple[str, str, int, str]]:
    plan = preview_import(read_file(content, name))
    for fault in plan.faults:
        assert fault.sentence()
    return [(f.code, f.sheet, f.row, f.column) for f in plan.faults]


def carry_out(content: bytes, name: str = "o.xlsx", **more):
    return carry_out_import(read_file(content, name), by=Actor.system(), now=NOW, **more)


UNIT = ["authority", "code", "parent", "name_en"]
UNIT_ZH = ["机构", "简码（字母、数字、-）", "隶属于", "中文名称"]
OFFICE = [["code", "name_en"], ["new-town", "New town"]]


@pytest.mark.parametrize("form", ["xlsx", "zip"])
@pytest.mark.django_db(transaction=True)
def test_out_and_in_again_changes_nothing(cast, form):
    Post.objects.filter(pk=cast.post(cast.clerk).pk).update(contact_phone="+86 000 1", name_en="=1+1")
    content = export_organisation(form, by=Actor.system(), now=NOW)
    plan = preview_import(read_file(content, f"o.{form}"))
    assert (plan.faults, plan.changes) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_into_an_empty_installation_it_becomes_the_same_organisation(cast):
    content = export_organisation("xlsx", by=Actor.system(), now=NOW)
    before = take_snapshot().rows
    for model in (Responsibility, Appointment, Staff, Subject, Place, Post):
        model.objects.all().delete()
    Unit.objects.update(parent=None)
    Unit.objects.all().delete()
    Authority.objects.update(above=None, conduct_body=None)
    Authority.objects.all().delete()
    plan = carry_out(content)
    assert plan.faults == []
    assert take_snapshot().rows == before
    for unit in Unit.objects.all():
        assert unit.path == [*(unit.parent.path if unit.parent else []), unit.pk]
    assert not any(staff.has_usable_password() for staff in Staff.objects.all())
    assert Act.objects.filter(kind=OrgAct.IMPORTED).count() == 3


@pytest.mark.django_db(transaction=True)
def test_no_password_leaves(cast):
    Staff.objects.filter(pk=cast.clerk.pk).update(password="pbkdf2$secret")
    content = export_organisation("zip", by=Actor.system(), now=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert all(b"pbkdf2" not in packed.read(name) for name in packed.namelist())
        assert b"'+" not in packed.read("people.csv")
    assert Act.objects.filter(kind=OrgAct.EXPORTED).count() == 2


@pytest.mark.django_db
def test_text_that_begins_like_a_formula_leaves_harmless(cast):
    Unit.objects.filter(pk=cast.roads.pk).update(name_en="=HYPERLINK(1)")
    from answerable.orgs.sheets.writing import workbook

    with translation.override("en"):
        sheet = load_workbook(io.BytesIO(workbook()))["Units"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "'=HYPERLINK(1)" in [cell.value for cell in cells]
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [
        ({"offices": [["a"]]}, ("unknown_table", "offices", 0, "")),
        ({"units": [["authority", "code", "wrong"]]}, ("unknown_column", "units", 1, "")),
        ({"units": [["authority", "name_en"], ["town", "X"]]}, ("no_column", "units", 1, "code")),
        ({"units": [[*UNIT, "code"], []]}, ("twice_column", "units", 1, "code")),
        ({"units": [UNIT, ["town", "x y", "", "X"]]}, ("bad_code", "units", 2, "code")),
        ({"units": [UNIT, ["town", "", "", "X"]]}, ("must", "units", 2, "code")),
        ({"units": [UNIT, ["town", "x", "", "=1+1"]]}, ("formula", "units", 2, "name_en")),
        ({"units": [UNIT, ["town", "x", "nowhere", "X"]]}, ("unknown", "units", 2, "parent")),
        ({"units": [UNIT, ["nobody", "x", "", "X"]]}, ("unknown", "units", 2, "authority")),
        ({"units": [UNIT, [], [None, " "], ["town", "x", "", ""]]}, ("no_name", "units", 4, "name_en")),
        ({"units": [UNIT, ["town", "x", "", "A"], ["town", "x", "", "B"]]}, ("twice", "units", 3, "")),
        ({"units": [UNIT, ["town", "town", "roads", "T"]]}, ("cycle", "units", 2, "parent")),
        ({"units": [UNIT, ["town", "x", "x", "T"]]}, ("cycle", "units", 2, "parent")),
        ({"authorities": [["code", "zone"], ["town", "Mars/One"]]}, ("bad_zone", "authorities", 2, "zone")),
        ({"authorities": [["code", "above"], ["county", "town"]]}, ("cycle", "authorities", 2, "above")),
        (
            {"authorities": [["code", "country"], ["town", "ZZ"]]},
            ("bad_country", "authorities", 2, "country"),
        ),
        (
            {"posts": [["authority", "unit", "code", "role"], ["town", "roads", "clerk", "king"]]},
            ("bad_choice", "posts", 2, "role"),
        ),
        (
            {"posts": [["authority", "unit", "code", "is_head"], ["town", "roads", "clerk", "yes"]]},
            ("two_heads", "posts", 2, "is_head"),
        ),
        (
            {"posts": [["authority", "unit", "code", "is_head"], ["town", "roads", "clerk", "maybe"]]},
            ("bad_flag", "posts", 2, "is_head"),
        ),
        (
            {
                "appointments": [
                    ["authority", "unit", "post", "username", "hold", "from_at"],
                    ["town", "roads", "clerk", "roads-handler", "holder", "2026-01-01"],
                ]
            },
            ("two_holders", "appointments", 2, "from_at"),
        ),
        (
            {"subjects": [["authority", "code", "name_en"], ["town", "lamps", "Repeat complainers"]]},
            ("sorts_people", "subjects", 2, "name_en"),
        ),
        (
            {"places": [["authority", "code", "name_zh"], ["town", "village", "3号楼2单元"]]},
            ("sorts_people", "places", 2, "name_zh"),
        ),
        (
            {"places": [["authority", "code", "latitude"], ["town", "village", 91]]},
            ("bad_number", "places", 2, "latitude"),
        ),
        (
            {"special_days": [["authority", "on"], ["town", "2026-02-30"]]},
            ("bad_day", "special_days", 2, "on"),
        ),
        ({"people": [["username", "email"], ["roads-clerk", "nope"]]}, ("bad_email", "people", 2, "email")),
        (
            {"places": [["authority", "code", "closed_on"], ["town", "village", "2199-01-01"]]},
            ("closes_later", "places", 2, "closed_on"),
        ),
        ({"units": [UNIT]}, ("only_heads", "", 0, "")),
        (
            {"authorities": [["code", "conduct_body"], ["town", "town"]]},
            ("own_conduct", "authorities", 2, "conduct_body"),
        ),
        (
            {"authorities": [["code", "is_outside"], ["town", "yes"]]},
            ("works_here", "authorities", 2, "is_outside"),
        ),
        ({"people": [["username", "name_en"], ["Roads-Clerk", "X"]]}, ("alike", "people", 2, "username")),
        (
            {"people": [["username", "name_en"], ["new", "X"], ["NEW", "Y"]]},
            ("alike", "people", 3, "username"),
        ),
        (
            {"posts": [["authority", "unit", "code", "role"], ["town", "roads", "head", "auditor"]]},
            ("head_role", "posts", 2, "role"),
        ),
        (
            {"posts": [["authority", "unit", "code", "role"], ["town", "roads", "handler", "auditor"]]},
            ("lesser_role", "posts", 2, "role"),
        ),
        (
            {
                "responsibilities": [
                    ["authority", "subject", "place", "unit", "leader_post"],
                    ["town", "", "", "roads", "clerk"],
                ]
            },
            ("leader_role", "responsibilities", 2, "leader_post"),
        ),
    ],
)
@pytest.mark.django_db
def test_a_fault_is_named_with_table_row_and_column(cast, tables, wanted):
    assert faults(book(**tables)) == [wanted] or wanted in faults(book(**tables))


@pytest.mark.django_db
def test_a_unit_closes_with_all_that_is_in_it(cast):
    """Else whoever holds a post of a unit that is no more goes on reading its matters."""
    closed = [["authority", "code", "closed_on"], ["town", "roads", "2026-03-01"]]
    posts = [["town", "roads", code, "2026-03-01"] for code in ("head", "clerk", "handler")]
    posts.insert(0, ["authority", "unit", "code", "closed_on"])
    assert faults(book(units=closed)) == [("below_open", "units", 2, "closed_on")]
    assert faults(book(units=closed, posts=posts[:-1])) == [("below_open", "units", 2, "closed_on")]
    assert faults(book(units=closed, posts=posts)) == []
    Unit.objects.filter(pk=cast.roads.pk).update(closed_on=NOW.date())
    again = [["authority", "unit", "code", "name_en"], ["town", "roads", "clerk", "Clerk again"]]
    assert faults(book(posts=again)) == [("above_closed", "posts", 2, "unit")]


@pytest.mark.parametrize(
    ("hour", "zone", "day", "is_to_come"),
    [
        (10, "Asia/Shanghai", 3, True),  # 18:00 there: in the evening, tomorrow is still to come
        (15, "Asia/Shanghai", 3, True),
        (16, "Asia/Shanghai", 3, False),  # midnight there
        (16, "Europe/Berlin", 3, True),
        (3, "America/Bogota", 2, True),  # 22:00 of the first there
        (23, "America/Bogota", 2, False),
    ],
)
def test_what_day_it_is_is_asked_of_the_calendar_of_its_own_body(hour, zone, day, is_to_come):
    body = {column.head: column.default for column in TABLES["authorities"].columns}
    body |= {"code": "town", "name_en": "Town", "zone": zone}
    before = Snapshot(datetime(2026, 3, 2, hour, tzinfo=UTC), {name: {} for name in TABLES})
    before.rows["authorities"][("town",)] = body
    row = {"authority": "town", "code": "x", "name_en": "X", "closed_on": date(2026, 3, day)}
    plan = plan_import(Read({"units": [Row(2, row)]}), before)
    assert [fault.code for fault in plan.faults] == ["closes_later"] * is_to_come


@pytest.mark.django_db(transaction=True)
def test_one_bad_row_among_good_ones_changes_nothing(cast):
    plan = carry_out(book(units=[UNIT, ["town", "good", "town", "Good"], ["town", "bad", "nowhere", "Bad"]]))
    assert [f.code for f in plan.faults] == ["unknown"]
    assert not Unit.objects.filter(code="good").exists()
    assert not Act.objects.filter(kind=OrgAct.IMPORTED).exists()


@pytest.mark.django_db
def test_merged_cells_are_named(cast):
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "units"
    sheet.append(UNIT)
    sheet.append(["town", "x", "", "X"])
    sheet.merge_cells("A2:B2")
    out = io.BytesIO()
    made.save(out)
    assert faults(out.getvalue()) == [("merged", "units", 0, "")]


@pytest.mark.parametrize("content", [b"PK\x03\x04rubbish", b"\x00\x01\x02", b"\xff\xfe\x00", b'"open'])
@pytest.mark.django_db
def test_what_is_no_table_is_said_to_be_none(content):
    assert faults(content, "units.csv") == [("not_readable", "", 0, "")]


@pytest.mark.parametrize("way", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", ["units.csv", "[Content_Types].xml"])
def test_what_is_packed_in_a_way_of_its_own_and_damaged_is_not_readable(way, name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as packed:
        packed.writestr(name, b"authority,code\r\n" * 1000)
    content = bytearray(out.getvalue())
    at = 30 + len(name)  # where what is packed begins
    content[at + 4 : at + 12] = b"\xff" * 8
    assert [fault.code for fault in read_file(bytes(content), "o.zip").faults] == ["not_readable"]


@pytest.mark.django_db
def test_a_bomb_is_not_unpacked(cast):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("units.csv", b"0" * (101 << 20))
    assert faults(out.getvalue()) == [("too_big", "", 0, "")]


@pytest.mark.django_db(transaction=True)
def test_a_csv_of_one_table_as_a_chinese_spreadsheet_saves_it(cast):
    content = "authority,code,parent,name_zh\r\ntown,bridge,town,桥梁办\r\n".encode("gb18030")
    assert carry_out(content, "units.csv").faults == []
    assert Unit.objects.get(code="bridge").name_zh == "桥梁办"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_a_chinese_administrators_file_has_chinese_heads_and_is_read_in_any_language(cast, form):
    before = take_snapshot().rows
    with translation.override("zh-hans"):
        content = export_organisation(by=Actor.system(), now=NOW, form=form)
    if form == "xlsx":
        made = load_workbook(io.BytesIO(content))
        assert made.sheetnames[:3] == ["机构", "单位", "岗位"]
        assert [cell.value for cell in made["单位"][1]][:4] == UNIT_ZH
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert packed.read("units.csv").decode("utf-8-sig").startswith(",".join(UNIT_ZH))
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert faults(content, f"o.{form}") == []
            carry_out(content, f"o.{form}")
    assert take_snapshot().rows == before


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_table_and_column_is_called_as_on_the_pages_and_each_is_told_apart(language):
    with translation.override(language):
        tables = [names.table_shown(name) for name in TABLES]
        assert tables == [str(word) for word in labels.SHEETS.values()]
        heads = {
            table.name: [names.head_shown(head, table.name) for head in table.heads]
            for table in TABLES.values()
        }
    assert [names.table_named(name) for name in tables] == list(TABLES)
    for table in TABLES.values():
        shown = heads[table.name]
        assert len(set(shown)) == len(shown)
        assert set(table.heads) <= set(labels.HEADS)
        assert not any(head.isascii() for head in shown) or language == "en"
        for other in ("en", "zh-hans"):
            with translation.override(other):
                narrow = [head.replace("（", "(").replace("）", ")").upper() for head in shown]
                assert [names.head_named(head, table) for head in narrow] == table.heads


def test_what_files_were_called_earlier_is_still_read(cast):
    heads = ["机构", "部门", "编码", "主要负责岗位", "角色"]
    assert faults(
        book(岗位=[heads, ["town", "roads", "new", "否", "clerk"]], 部门=[["机构", "编码", "上一级"]])
    ) == [("no_name", "posts", 2, "name_en")]
    assert faults(
        book(责任分工=[["机构", "事项类别", "地点", "分管领导所在部门"], ["town", "x", "", "roads"]])
    ) == [
        ("must", "responsibilities", 2, "unit"),
        ("must", "responsibilities", 2, "leader_post"),
        ("unknown", "responsibilities", 2, "subject"),
    ]


def test_a_fault_is_named_as_the_file_names_it(cast):
    content = book(单位=[["机构", "简码（字母、数字、-）", "种族"], ["town", "a", "x"]])
    (fault,) = preview_import(read_file(content, "o.xlsx")).faults
    with translation.override("zh-hans"):
        assert fault.place() == "单位, 1"
        assert "简码" in fault.sentence()
        assert "code" not in fault.sentence()
    content = book(部门=[["机构", "code", "编码"], ["town", "a", "a"]])
    assert faults(content) == [("twice_column", "units", 1, "code")]


FROM = datetime(2025, 12, 31, 16, 30, 12, 345678, tzinfo=UTC)
HOLDS = ["authority", "unit", "post", "username", "hold", "from_at", "until_at"]


def appointments(content: bytes) -> list[list[str]]:
    """Each row's beginning and end as the file says them."""
    with translation.override("en"):
        sheet = load_workbook(io.BytesIO(content))[names.table_shown("appointments")]
    return [[row[3], *row[5:7]] for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.django_db(transaction=True)
def test_appointments_leave_in_the_offices_own_time_to_the_minute_and_come_back_as_they_were(cast):
    mine = Appointment.objects.filter(staff=cast.clerk)
    mine.update(from_at=FROM, until_at=FROM + timedelta(days=400))
    with translation.override("en"):
        content = export_organisation("xlsx", by=Actor.system(), now=NOW)
    assert ["roads-clerk", "2026-01-01 00:30", "2027-02-05 00:30"] in appointments(content)
    plan = preview_import(read_file(content, "o.xlsx"))
    assert (plan.faults, plan.changes) == ([], [])


@pytest.mark.parametrize(
    "said",
    [
        "2026-01-01 00:30",
        "2026/1/1 0:30",
        "2026年1月1日 00:30",
        "2026-01-01 00:30:12",
        "2026-01-01T00:30:12.345678",
        "2025-12-31T16:30:12.345678+00:00",  # as files said it earlier
        "2025-12-31 11:30-05:00",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_an_appointment_is_known_again_however_the_file_says_when_it_began(cast, said):
    Appointment.objects.filter(staff=cast.clerk).update(from_at=FROM)
    row = ["town", "roads", "clerk", "roads-clerk", "holder", said, ""]
    plan = preview_import(read_file(book(appointments=[HOLDS, row]), "o.xlsx"))
    assert (plan.faults, plan.changes) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_another_minute_is_another_appointment(cast):
    Appointment.objects.filter(staff=cast.clerk).update(from_at=FROM)
    row = ["town", "roads", "clerk", "roads-clerk", "deputy", "2026-01-01 00:31", ""]
    plan = preview_import(read_file(book(appointments=[HOLDS, row]), "o.xlsx"))
    assert [change.is_new for change in plan.changes] == [True]


@pytest.mark.django_db(transaction=True)
def test_where_the_minute_would_not_say_which_the_instant_is_written_out(cast):
    mine = Appointment.objects.get(staff=cast.clerk)
    Appointment.objects.filter(pk=mine.pk).update(from_at=FROM, until_at=FROM + timedelta(seconds=20))
    Appointment.objects.create(
        post=mine.post, staff=cast.clerk, hold="holder", from_at=FROM + timedelta(seconds=40)
    )
    with translation.override("en"):
        content = export_organisation("xlsx", by=Actor.system(), now=NOW)
    said = [row[1:] for row in appointments(content) if row[0] == "roads-clerk"]
    assert said == [
        ["2026-01-01 00:30:12.345678", "2026-01-01 00:30:32.345678"],
        ["2026-01-01 00:30:52.345678", None],
    ]
    plan = preview_import(read_file(content, "o.xlsx"))
    assert (plan.faults, plan.changes) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_in_the_hour_that_comes_twice_it_is_said_which(cast):
    Authority.objects.filter(pk=cast.town.pk).update(zone="Europe/Berlin")
    second = datetime(
        2025, 10, 26, 1, 30, tzinfo=UTC
    )  # half past two in winter time, an hour after the one in summer time
    Appointment.objects.filter(staff=cast.clerk).update(from_at=second)
    with translation.override("en"):
        content = export_organisation("xlsx", by=Actor.system(), now=NOW)
    assert ["roads-clerk", "2025-10-26 02:30+01:00", None] in appointments(content)
    plan = preview_import(read_file(content, "o.xlsx"))
    assert (plan.faults, plan.changes) == ([], [])


def test_columns_left_out_stay_as_they_are(cast):
    Unit.objects.filter(pk=cast.roads.pk).update(phone="110")
    carry_out(book(units=[["authority", "code", "name_en"], ["town", "roads", "Roads and bridges"]]))
    roads = Unit.objects.get(pk=cast.roads.pk)
    assert (roads.name_en, roads.phone, roads.name_zh) == ("Roads and bridges", "110", "规划建设办")


@pytest.mark.django_db(transaction=True)
def test_a_body_outside_gets_what_stands_for_it(cast):
    carry_out(book(authorities=[["code", "name_en", "is_outside"], ["court", "Court", "yes"]]))
    assert Post.objects.filter(unit__authority__code="court", is_head=True).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", [Post, Unit])
def test_what_stands_for_a_body_outside_is_opened_again_with_it(cast, what):
    Post.objects.filter(unit=cast.outside_unit).update(closed_on=NOW.date())
    if what is Unit:
        Unit.objects.filter(pk=cast.outside_unit.pk).update(closed_on=NOW.date())
    carry_out(book(authorities=[["code", "phone"], ["commission", "110"]]))
    head = Post.objects.get(unit=cast.outside_unit)
    assert (head.closed_on, head.is_head, head.unit.closed_on) == (None, True, None)


@pytest.mark.django_db(transaction=True)
def test_the_record_names_a_person_by_id_and_a_unit_by_its_code_though_both_are_called_alike(cast):
    Staff.objects.filter(pk=cast.clerk.pk).update(username="roads")
    heads = ["authority", "unit", "post", "username", "hold", "from_at"]
    carry_out(book(appointments=[heads, ["town", "roads", "handler", "roads", "deputy", "2026-01-01"]]))
    (change,) = acts_of(matter_of("authority", cast.town.pk))[-1].body["changes"]
    assert change["key"][:4] == ["town", "roads", "handler", cast.clerk.pk]


@pytest.mark.django_db(transaction=True)
def test_a_unit_moves_with_all_below_it(cast):
    carry_out(book(units=[UNIT[:3], ["town", "water", "roads"]]))
    assert Unit.objects.get(code="water").path == [cast.town_root.pk, cast.roads.pk, cast.water.pk]


@pytest.mark.django_db
def test_an_administrator_changes_their_own_bodies_only(cast):
    content = book(units=[UNIT, ["county", "x", "county", "X"], ["town", "y", "town", "Y"]])
    plan = preview_import(read_file(content, "o.xlsx"), bodies={"town"})
    assert [(f.code, f.row) for f in plan.faults] == [("not_yours", 2)]


@pytest.mark.django_db(transaction=True)
def test_what_was_not_looked_at_is_not_carried_out(cast):
    content = book(units=[UNIT, ["town", "x", "town", "X"]])
    seen = preview_import(read_file(content, "o.xlsx")).digest()
    carry_out(book(units=[UNIT, ["town", "z", "town", "Z"]]), seen=seen)
    assert not Unit.objects.filter(code="z").exists()
    carry_out(content, seen=seen)
    assert Unit.objects.filter(code="x").exists()


@pytest.mark.django_db
def test_a_tree_that_is_one_long_chain_is_not_climbed(cast):
    """Four thousand levels took a minute and a half to write, and four times as many hours."""
    chain = [["town", f"s{n}", f"s{n - 1}" if n else "", f"Subject {n}"] for n in range(15_000)]
    begun = clock.now()
    plan = preview_import(read_file(book(subjects=[UNIT, *chain]), "o.xlsx"))
    assert (plan.faults[0].code, plan.faults[0].row, plan.faults[0].column) == ("too_deep", 102, "parent")
    assert (clock.now() - begun).total_seconds() < 60
    assert not preview_import(read_file(book(subjects=[UNIT, *chain[:100]]), "o.xlsx")).faults


def test_ten_thousand_rows(cast):
    lines = [["town", f"s{n}", f"s{n // 10}" if n > 9 else "", f"Subject {n}"] for n in range(10_000)]
    begun = clock.now()
    plan = carry_out(book(subjects=[UNIT, *lines]))
    assert (plan.faults, len(plan.changes)) == ([], 10_000)
    assert Subject.objects.get(code="s9999").path[0] == Subject.objects.get(code="s9").pk
    assert (clock.now() - begun).total_seconds() < 120


@pytest.mark.django_db
def test_people_alone_in_an_empty_installation_are_answered_with_a_fault():
    content = book(people=[["username", "name_en"], ["sun", "Sun"]])
    plan = carry_out(content)
    assert [(fault.code, fault.sheet, fault.row) for fault in plan.faults] == [("no_body", "people", 2)]
    assert not Staff.objects.exists()


def test_every_fault_has_a_sentence_and_every_table_a_key():
    assert all(SENTENCES.values())
    for table in TABLES.values():
        assert set(table.key) <= set(table.heads)
