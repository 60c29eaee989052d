"""From an empty database to an office that a case comes in to: the command, the sign-in, the first steps, one file."""

from __future__ import annotations

import argparse
import io
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from answerable.cases.models import Case
from answerable.ops.commands import createadmin
from answerable.orgs.models import Authority, Place, Staff, Subject
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.names import head_named, table_named
from tests.journeys.faces import one_face
from tests.journeys.test_organisation import code_of, half_minute  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long enough phrase"
SINCE = "2026-01-01 09:00"


def filled_in(content: bytes, office: str) -> bytes:
    """The workbook that was taken out, with the office's units, posts, people and map written below what is there."""
    book = load_workbook(io.BytesIO(content))
    sheets = {table_named(sheet.title): sheet for sheet in book.worksheets}  # in the administrator's language
    root = next(row[1].value for row in sheets["units"].iter_rows(min_row=2))

    def heads_of(sheet: str) -> list[str]:
        return [head_named(cell.value, TABLES[sheet]) for cell in sheets[sheet][1]]

    def add(sheet: str, **values: object) -> None:
        heads = heads_of(sheet)
        assert set(values) <= set(heads), heads
        sheets[sheet].append([values.get(head) for head in heads])

    of = {"authority": office}
    phone = heads_of("posts").index("contact_phone") + 1
    sheets["posts"].cell(2, phone, "12344")  # the administrator's own post can be reached too
    add("units", **of, code="roads", parent=root, name_zh="规划建设办", name_en="Roads office")
    add(
        "posts",
        **of,
        unit=root,
        code="mayor",
        name_zh="镇长",
        role="leader",
        is_head="yes",
        contact_phone="12345",
    )
    add(
        "posts",
        **of,
        unit="roads",
        code="head",
        name_zh="主任",
        role="leader",
        is_head="yes",
        contact_phone="12346",
    )
    add("posts", **of, unit="roads", code="clerk", name_zh="窗口", role="clerk", contact_phone="12347")
    for name, unit, post in (("sun", root, "mayor"), ("zhao", "roads", "head"), ("qian", "roads", "clerk")):
        add("people", username=name, name_zh=name, language="zh-hans")
        add("appointments", **of, unit=unit, post=post, username=name, hold="holder", from_at=SINCE)
    add("subjects", **of, code="lamps", name_zh="路灯", name_en="Street lamps")
    add("places", **of, code="village", name_zh="东村", name_en="East village")
    add("responsibilities", **of, unit="roads", leader_unit="roads", leader_post="head")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def steps(page: Any) -> list[bool]:
    """Whether each of the first steps is done, as its mark says."""
    page.goto("/desk/organisation/first-steps")
    return [one.get_by_text("已完成").count() > 0 for one in page.locator("main ol > li").all()]


@one_face
@pytest.mark.usefixtures("half_minute")
def test_from_an_empty_database_to_a_case_that_comes_in(
    page, db, monkeypatch, settings, person, desk, axe_clean, shot, work
):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    parser = argparse.ArgumentParser()
    createadmin.register(parser.add_subparsers())
    args = parser.parse_args(
        ["createadmin", "wang", "--name", "王芳", "--office", "河渡镇", "--password-stdin"]
    )
    assert args.run(args) == 0
    settings.DEMO = False

    page.goto("/desk/organisation/first-steps")  # the address that the command ends with
    page.fill("[name=login]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/accounts/2fa/")
    page.click("a[href$='/totp/activate/']")
    page.fill("[name=code]", code_of(page.locator("main .code").first.inner_text()))
    page.click("main form button")
    page.wait_for_url("**/recovery-codes/**")
    page.click("main a[href='/desk/']")
    page.wait_for_url("**/desk/**")
    begun = steps(page)
    axe_clean()
    shot("first-steps-empty", whole=True)
    assert not all(begun)

    page.click("main a[href$='/organisation/file']")
    with page.expect_download() as got:
        page.click("button[name=form][value=xlsx]")
    file = filled_in(got.value.path().read_bytes(), Authority.objects.get().code)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("[name=file]", {"name": "office.xlsx", "mimeType": kind, "buffer": file})
    page.click("form[enctype] button")
    page.wait_for_selector("[name=carried]", state="attached")
    axe_clean()
    shot("first-steps-preview", whole=True)
    page.click("form[action$='/file/in'] button")
    page.wait_for_selector("[name=carried]", state="detached")
    done = steps(page)
    shot("first-steps-filled", whole=True)
    assert done[1:6] == [True] * 5, page.inner_text("main")

    settings.DEMO = True  # the second factor was the administrator's part
    lamps, village = Subject.objects.get(), Place.objects.get()
    somebody = person()
    somebody.report(SimpleNamespace(lamps=lamps, village=village), story="村口的路灯坏了两个月。")
    work()
    clerk = desk(Staff.objects.get(username="qian"))
    assert clerk.list("unassigned").count() == 1
    clerk.open(somebody.code)
    clerk.do("accept", title="村口路灯")
    assert Case.objects.get().state == "accepted"
