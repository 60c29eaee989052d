"""Rule 10: figures never point at a person. Here: lists that are taken out, and who may take them."""

from __future__ import annotations

import pytest

from answerable.parties.steps import ChannelWish, Identity
from answerable.record.models import Act
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = {"form": "csv", "address": "list=all"}


def taken(browser, **more: str) -> str:
    response = browser.post("/desk/export", EVERYTHING | more)
    assert response.status_code == 200, response
    return b"".join(response.streaming_content).decode()


def test_rule_10_rows_go_out_to_those_alone_who_may_read_them(bring, cast, at_desk, now):
    mine = bring(accept=True)
    theirs = registered(cast, now=now, subject=cast.pipes).code
    assert mine.code in taken(at_desk(cast.clerk))
    assert theirs not in taken(at_desk(cast.clerk))
    assert mine.code not in taken(at_desk(cast.water_leader))
    both = taken(at_desk(cast.mayor))
    assert mine.code in both
    assert theirs in both
    for outsider in (cast.county_leader, cast.county_reviewer):
        other = taken(at_desk(outsider))
        assert mine.code not in other
        assert theirs not in other


def test_rule_10_whoever_runs_the_installation_takes_no_list_out(bring, cast, at_desk):
    bring(accept=True)
    response = at_desk(cast.administrator).post("/desk/export", EVERYTHING)
    assert response.status_code in (302, 403, 404)
    assert not Act.objects.filter(kind="export.made").exists()


def test_rule_10_each_export_is_an_act_before_its_first_row_and_says_no_words_searched_for(
    bring, cast, at_desk
):
    bring(accept=True)
    response = at_desk(cast.clerk).post("/desk/export", {"form": "csv", "address": "list=all&q=孙巧云"})
    act = Act.objects.get(kind="export.made")
    assert act.post_id == cast.post(cast.clerk).pk
    assert "孙巧云" not in bytes(act.opening.body).decode()
    b"".join(response.streaming_content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rule_10_no_row_names_a_person_or_what_would_find_one(bring, cast, at_desk, form):
    import io

    from openpyxl import load_workbook

    bring(
        accept=True,
        privacy="confidential",
        claim="我叫孙巧云，住桥头三组。",
        place_text="桥头三组孙家",
        identities=(Identity("孙巧云", "桥头三组"),),
        channel=ChannelWish("sms", "10000000001"),
    )
    response = at_desk(cast.mayor).post("/desk/export", EVERYTHING | {"form": form})
    data = b"".join(response.streaming_content)
    if form == "xlsx":
        cells = load_workbook(io.BytesIO(data), read_only=True).active.iter_rows(values_only=True)
        text = " ".join(str(cell) for row in cells for cell in row)
    else:
        text = data.decode()
    for word in ("孙巧云", "桥头", "10000000001", "孙家"):
        assert word not in text


def test_rule_10_no_work_list_can_be_ordered_or_filtered_by_who_brought_it(bring, cast, at_desk):
    bring(accept=True)
    desk = at_desk(cast.mayor)
    html = desk.get("/desk/cases/", {"list": "all"}, follow=True).content.decode()
    for name in ("person", "party", "name_of", "complainant", "times", "raised_count", "reviews_count"):
        assert f'name="{name}"' not in html
        assert f"sort={name}" not in html
