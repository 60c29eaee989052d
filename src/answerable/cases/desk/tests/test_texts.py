"""Canned texts: who keeps which, where they are offered, and what becomes of two writers."""

from __future__ import annotations

import pytest
from django.urls import reverse

from answerable.cases.checks import check_words
from answerable.cases.services.texts import texts_for
from answerable.orgs.models import CannedText
from answerable.record.matters import matter_of
from answerable.record.queries import acts_of
from tests.cast import accepted

pytestmark = pytest.mark.django_db
LIST = "desk:texts"


def fields(**more: object) -> dict[str, object]:
    base = {
        "name_en": "On Monday",
        "body_en": "We come on Monday.",
        "name_zh": "周一上门",
        "body_zh": "我们周一上门。",
    }
    return base | {"kind": ""} | more


def one(cast, **more) -> CannedText:
    base = {"authority": cast.town, "unit": cast.roads, "name_en": "On Monday", "body_zh": "我们周一上门。"}
    return CannedText.objects.create(**(base | more))


def acts(cast) -> list[dict]:
    return [
        a.body
        for a in acts_of(matter_of("authority", cast.town.pk))
        if a.body and a.body.get("table") == "canned_texts"
    ]


def test_nothing_yet_says_what_to_do(cast, at_desk):
    page = at_desk(cast.clerk).get(reverse(LIST)).content.decode()
    assert "No canned texts yet" in page
    assert reverse("desk:new_text") in page


def test_a_clerk_writes_one_for_their_unit_and_finds_it_in_the_reply(cast, at_desk, now):
    browser = at_desk(cast.clerk)
    answer = browser.post(reverse("desk:new_text"), fields(whose=f"u{cast.roads.pk}"), follow=True)
    assert "We come on Monday." in answer.content.decode()
    assert acts(cast)[0]["to"]["body_en"] == "We come on Monday."
    case = accepted(cast, now)
    page = browser.get(reverse("desk:act", args=[case.pk, "reply"])).content.decode()
    assert 'data-text="我们周一上门。"' in page, "in the person's language"


def test_it_is_offered_by_unit_kind_and_language(cast, at_desk, now):
    case = accepted(cast, now)
    offered = one(cast, name_en="Fits")
    one(cast, name_en="Other unit", unit=cast.water)
    one(cast, name_en="Other kind", kind="enquiry")
    one(cast, name_en="Other language", body_zh="", body_en="Hello.")
    one(cast, name_en="Retired", retired_at=now)
    whole = one(cast, name_en="Whole body", unit=None)
    assert [row.pk for row in texts_for(case)] == [offered.pk, whole.pk], "the nearest first"


def test_who_keeps_which(cast, at_desk):
    water, whole = one(cast, unit=cast.water), one(cast, unit=None)
    clerk, mayor = at_desk(cast.clerk), at_desk(cast.mayor)
    assert clerk.get(reverse("desk:edit_text", args=[water.pk])).status_code == 404
    assert clerk.get(reverse("desk:edit_text", args=[whole.pk])).status_code == 403
    assert mayor.get(reverse("desk:edit_text", args=[whole.pk])).status_code == 200
    assert mayor.get(reverse("desk:edit_text", args=[water.pk])).status_code == 200
    assert clerk.post(reverse("desk:new_text"), fields(whose=f"u{cast.water.pk}")).status_code == 422
    assert at_desk(cast.auditor).get(reverse(LIST)).status_code == 403
    assert at_desk(cast.county_leader).get(reverse("desk:edit_text", args=[water.pk])).status_code == 404


def test_the_second_writer_is_told_and_overwrites_nothing(cast, at_desk):
    text = one(cast)
    where = reverse("desk:edit_text", args=[text.pk])
    at_desk(cast.leader).post(where, fields(seen_version=1, body_zh="我们周二上门。"))
    answer = at_desk(cast.clerk).post(where, fields(seen_version=1, body_zh="我们周三上门。"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "我们周二上门。" in page
    assert "我们周三上门。" in page
    text.refresh_from_db()
    assert (text.body_zh, text.version) == ("我们周二上门。", 2)
    again = at_desk(cast.clerk).post(where, fields(seen_version=2, body_zh="我们周三上门。"))
    assert again.status_code == 303
    assert acts(cast)[-1]["from"]["body_zh"] == "我们周二上门。"


def test_a_change_is_undone_and_the_undo_too(cast, at_desk):
    text = one(cast, name_zh="周一上门")
    browser = at_desk(cast.clerk)
    new = fields(seen_version=1, body_zh="我们周二上门。")
    page = browser.post(reverse("desk:edit_text", args=[text.pk]), new, follow=True).content.decode()
    undo = reverse("desk:undo_text", args=[text.pk, 2])
    assert undo in page
    page = browser.post(undo, follow=True).content.decode()
    text.refresh_from_db()
    assert (text.body_zh, text.body_en, text.version) == ("我们周一上门。", "", 3)
    assert browser.post(undo).status_code == 303, "an old button undoes nothing"
    text.refresh_from_db()
    assert text.body_zh == "我们周一上门。"
    again = reverse("desk:undo_text", args=[text.pk, 3])
    assert again in page
    browser.post(again)
    text.refresh_from_db()
    assert text.body_zh == "我们周二上门。"
    assert [body["to"]["body_zh"] for body in acts(cast)] == [
        "我们周二上门。",
        "我们周一上门。",
        "我们周二上门。",
    ]


def test_an_undo_takes_nothing_of_a_colleague_back(cast, at_desk):
    text = one(cast)
    where = reverse("desk:edit_text", args=[text.pk])
    at_desk(cast.clerk).post(where, fields(seen_version=1, body_zh="我们周二上门。"))
    at_desk(cast.leader).post(where, fields(seen_version=2, body_zh="我们周三上门。"))
    at_desk(cast.clerk).post(reverse("desk:undo_text", args=[text.pk, 2]))
    text.refresh_from_db()
    assert text.body_zh == "我们周三上门。"
    at_desk(cast.water_leader).post(reverse("desk:undo_text", args=[text.pk, 3]))
    text.refresh_from_db()
    assert text.body_zh == "我们周三上门。", "somebody else's office"


def test_retiring_and_its_undo(cast, at_desk, now):
    text = one(cast)
    browser = at_desk(cast.clerk)
    where = reverse("desk:retire_text", args=[text.pk])
    page = browser.post(where, {"version": 1}, follow=True).content.decode()
    assert where + "?back=1" in page
    text.refresh_from_db()
    assert text.retired_at is not None
    browser.post(where + "?back=1")
    text.refresh_from_db()
    assert text.retired_at is None
    assert [body["to"] for body in acts(cast)] == [{"retired": True}, {"retired": False}]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name_en": "", "name_zh": ""}, "Give the text a name"),
        ({"body_en": " ", "body_zh": ""}, "Write the text"),
        ({"body_zh": "您是缠访户。"}, "brands people"),
    ],
)
def test_what_is_not_kept(cast, at_desk, wrong, said):
    answer = at_desk(cast.clerk).post(reverse("desk:new_text"), fields(whose=f"u{cast.roads.pk}", **wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CannedText.objects.exists()


def test_a_retired_text_is_no_fault_any_more(cast, now):
    one(cast, body_zh="缠访户", retired_at=now)
    assert not list(check_words())
