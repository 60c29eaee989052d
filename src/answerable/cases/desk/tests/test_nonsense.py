"""Addresses and forms of nonsense get a page or a sentence; and who may be named as accused."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from answerable.cases import access, queries
from answerable.cases.lists.wanted import Cursor
from answerable.cases.models import Accused, SavedView
from tests.cast import MONDAY, accepted, registered
from tests.rights.conftest import at_desk, now  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
NONE = "0" * 32


@pytest.mark.parametrize(
    "address",
    [
        f"list=unit&after=-99999999999999999-{NONE}",
        f"list=unit&after=9999999999999999-{NONE}",
        f"list=unit&after=-9999999999999999-{NONE}",
        "due_to=9999-12-31&list=all",
        "due_to=9999-12-30&list=all",
        "due_from=0001-01-01&list=all",
        "due_to=2200-12-31&list=all",
    ],
)
def test_an_address_of_nonsense_is_no_error_page(cast, at_desk, address):  # noqa: F811
    accepted(cast)
    assert at_desk(cast.leader).get(f"/desk/?{address}").status_code == 200


def test_a_place_in_a_list_is_found_again_to_the_microsecond():
    for at in (MONDAY, MONDAY.replace(microsecond=123_457), None):
        cursor = Cursor(at, UUID(NONE))
        assert Cursor.parse(str(cursor)) == cursor


def test_an_undo_to_a_post_that_does_not_exist_is_not_found(cast, at_desk):  # noqa: F811
    from answerable.cases.services import handling

    case = accepted(cast)
    handling.assign_case(
        case_id=case.pk,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    browser = at_desk(cast.clerk)
    for to in (99999999, 10**30):
        assert browser.post(f"/desk/case/{case.pk}/undo/assign/{to}").status_code == 404
    assert browser.post(f"/desk/case/{case.pk}/undo/assign/0").status_code == 303


def test_a_view_is_kept_under_a_clean_name(cast, at_desk):  # noqa: F811
    browser = at_desk(cast.clerk)
    assert (
        browser.post(
            "/desk/views/save", {"address": "list=unit", "name": "x\x00 y\n" + "z" * 900}
        ).status_code
        == 303
    )
    assert SavedView.objects.get().name == "x y " + "z" * 76


@pytest.mark.parametrize("path", ["ready/reserve", "ready/give-back", "waiting/send"])
def test_deep_json_at_the_counter_is_no_error_page(cast, at_desk, path):  # noqa: F811
    answer = at_desk(cast.clerk).post(
        f"/desk/counter/{path}", b"[" * 100_000, content_type="application/json"
    )
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_letter_of_the_year_one_gets_a_sentence(cast, at_desk, day):  # noqa: F811
    form = {
        "token": "", "intake": "letter", "received_on": day, "language": "en", "who": "self", "story": "x",
        "conduct": "no", "subject": cast.lamps.pk, "place": cast.village.pk, "kind": "complaint",
        "privacy": "anonymous", "channel": "none",
    }  # fmt: skip
    answer = at_desk(cast.clerk).post("/desk/counter", form)
    assert answer.status_code == 422
    assert "between the years 1900 and 2200" in answer.content.decode()


def test_a_search_for_u_finds_only_texts_that_hold_it(cast):
    accepted(cast)
    at = MONDAY + DAY
    reader = access.reader_for(cast.clerk, at)

    def count(words: str) -> int:
        return queries.count_listed(queries.Wanted(queries.ListName.ALL, words=words), reader, at)

    assert count("u") == count("u7") == count(":") == 0
    accepted(cast, claim="The underpass is dark")
    assert count("u") == count("under") == 1


def test_somebody_of_the_body_above_can_be_named_and_the_matter_leaves_their_reach(cast, at_desk, now):  # noqa: F811
    case = registered(cast, now=now - DAY).case
    browser = at_desk(cast.clerk)
    page = browser.get(f"/desk/case/{case.pk}/do/accused").content.decode()
    assert "County head person" in page
    assert f'value="{cast.county_root.pk}"' in page
    answer = browser.post(
        f"/desk/case/{case.pk}/do/accused",
        {"seen_version": case.version, "seen_seq": 0, "staff": [cast.county_leader.pk]},
    )
    assert answer.status_code == 303
    assert Accused.objects.filter(case=case, staff=cast.county_leader).exists()
    case.refresh_from_db()
    assert case.is_conduct
    assert case.leader_post_id != cast.post(cast.county_leader).pk
