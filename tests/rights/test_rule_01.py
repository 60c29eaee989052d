"""Rule 1: nobody is a risk on a list."""

from __future__ import annotations

import pytest

from answerable.cases.checks import check_words
from answerable.cases.models import Case
from answerable.cases.services.texts import CannotKeepText, Wording
from answerable.core.sentences import Said
from answerable.incidents.reports import rules as reports
from answerable.incidents.warnings import rules as warnings
from answerable.orgs.models import Authority, CannedText, Subject
from answerable.parties.models import Channel, DataKey, Party
from answerable.parties.steps import ChannelWish, Identity
from answerable.readiness.periods import rules as periods

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {
    "privacy": "confidential",
    "identities": (Identity("孙巧云", "桥头三组"),),
    "channel": ChannelWish("sms", "10000000001"),
}


def test_rule_01_nothing_joins_the_cases_of_one_person(bring):
    """The same name, address and number twice: not one stored value is the same, so none can be searched for."""
    one, other = bring(**WHO), bring(claim="另一件事。", **WHO)
    assert one.case_id != other.case_id
    for model in (Party, Channel, DataKey):
        here = model.objects.filter(case_id=one.case_id).values()
        there = model.objects.filter(case_id=other.case_id).values()
        assert len(here) == len(there) > 0
        for a in here:
            for b in there:
                same = {
                    name
                    for name, value in a.items()
                    if name not in ("role", "is_confidential", "kind", "dropped_at", "erased_at")
                    and value == b[name]
                }
                assert same == set(), (model, same)
    assert not set(Case.objects.values_list("secret_mac", flat=True).distinct()) & {None}


def test_rule_01_no_search_finds_a_person_by_name(bring, cast, at_desk):
    bring(accept=True, **WHO)
    for staff in (cast.clerk, cast.leader, cast.mayor, cast.auditor, cast.administrator):
        for words in ("孙巧云", "10000000001", "桥头三组"):
            response = at_desk(staff).get("/desk/search", {"q": words})
            if response.status_code == 200:
                html = response.content.decode()
                assert "data-row-link" not in html, (staff, words)


def test_rule_01_words_are_found_within_ones_own_units_only(bring, cast, at_desk):
    person = bring(accept=True, claim="桥头那口井没有水了。")
    code = person.code
    assert code in at_desk(cast.clerk).get("/desk/search", {"q": "那口井"}).content.decode()
    assert code in at_desk(cast.mayor).get("/desk/search", {"q": "那口井"}).content.decode()
    assert code not in at_desk(cast.water_leader).get("/desk/search", {"q": "那口井"}).content.decode()
    assert code not in at_desk(cast.county_leader).get("/desk/search", {"q": "那口井"}).content.decode()


def test_rule_01_a_persons_page_shows_one_case(bring):
    one, other = bring(**WHO), bring(claim="另一件事。", **WHO)
    for path in ("now", "paper", "looks"):
        assert other.code not in one.page(path)


def test_rule_01_an_exported_list_holds_no_names(bring, cast, at_desk):
    bring(accept=True, **WHO)
    response = at_desk(cast.clerk).post("/desk/export", {"form": "csv", "address": "list=unit"})
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    for word in ("孙巧云", "10000000001", "桥头", "村口的路灯"):
        assert word not in text


@pytest.mark.parametrize("word", ["缠访人员", "重点人稳控", "Vexatious complainants", "信教群众"])
def test_rule_01_a_configured_name_that_sorts_people_is_refused(cast, word):
    from answerable.orgs.checks import check_names

    assert list(check_names()) == []
    Subject.objects.filter(pk=cast.lamps.pk).update(name_zh=word)
    assert [fault.code for fault in check_names()] == ["sorts_people"]


def test_rule_01_a_canned_text_that_brands_a_person_is_refused(cast):
    assert list(check_words()) == []
    CannedText.objects.create(
        authority=cast.town, name_zh="答复", name_en="Reply", body_zh="您属于缠访，不再受理。"
    )
    assert [fault.code for fault in check_words()] == ["brands_people"]


def test_rule_01_the_shipped_packs_sort_nobody(db):
    from answerable.cases.checks import pack_words
    from answerable.cases.packs import all_packs
    from answerable.orgs.kept_out import sorts_people_by

    for pack in all_packs().values():
        for words in pack_words(pack):
            assert sorts_people_by(words) == "", (pack.code, words)


@pytest.mark.parametrize("first", ["教堂门口的", "church: ", "精神病人和", "HIV, "])
def test_rule_01_a_word_that_may_stand_hides_none_that_may_not(first):
    """What is said of a place or of health may be meant well; what brands people beside it is refused all the same."""
    with pytest.raises(CannotKeepText):
        Wording(name_en="Answer", body_zh=first + "缠访户 / vexatious complainers").check()


@pytest.mark.parametrize("first", ["精神病人和", "HIV, "])
def test_rule_01_nor_does_a_word_of_health_in_what_is_about_a_danger(first):
    text = first + "维稳 / veterans"
    for refuses in (
        lambda: reports.tidied({next(iter(reports.CONTENTS)): text}),
        lambda: warnings.require_about_hazard(text),
        lambda: periods.require_about_hazard(text),
    ):
        with pytest.raises(Said):
            refuses()
    CannedText.objects.create(
        authority=Authority.objects.create(code="a", name_en="A"), name_en="T", body_zh="教堂 缠访户"
    )
    assert [fault.code for fault in check_words()] == ["brands_people"]
