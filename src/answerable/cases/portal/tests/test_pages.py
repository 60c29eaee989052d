"""The way in through its pages, as a browser without JavaScript sees it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from answerable.cases.models import Accused, Case, CaseText, IntakeDraft, Submission
from answerable.cases.portal import cookie
from answerable.cases.portal.tests.walk import CLAIM, answers, step_of, walk
from answerable.core import codes
from answerable.orgs.models import Subject
from answerable.parties.models import Channel, DataKey, Party
from answerable.parties.steps import open_channel, open_identity

pytestmark = pytest.mark.django_db


def send(client: Client, **posted: str) -> str:
    assert step_of(client.post("/new/check", posted)) == "receipt"
    return client.get("/new/receipt").content.decode()


def shown_codes(page: str) -> list[str]:
    return re.findall(r'class="receipt-code">([^<]+)<', page)


def test_the_shortest_way_registers_a_case_with_a_receipt(cast, client):
    asked = walk(client, answers(cast))
    assert asked == [
        "who",
        "story",
        "danger",
        "conduct",
        "kind",
        "subject",
        "place",
        "privacy",
        "channel",
        "files",
    ]
    page = send(client)
    case = Case.objects.select_related("text").get()
    code, secret = shown_codes(page)
    assert code == case.code
    assert codes.is_valid_secret(secret)
    assert case.text.claim == CLAIM
    assert case.text.wants == "修好路灯。"
    assert case.text.place_text == "村委会门口"
    assert (case.subject, case.place, case.unit) == (cast.lamps, cast.village, cast.roads)
    assert (case.intake, case.kind, case.privacy, case.language) == (
        "portal",
        "complaint",
        "anonymous",
        "zh-hans",
    )
    assert "规划建设办" in page
    assert "主任" in page


def test_rule_01_anonymous_writes_no_party_and_no_key(cast, client):
    walk(client, answers(cast))
    send(client)
    assert not Party.objects.exists()
    assert not Channel.objects.exists()
    assert not DataKey.objects.exists()


def test_a_name_under_lock_and_a_way_to_be_told(cast, client, settings):
    settings.EMAIL_HOST = "mail.example.org"
    walk(client, answers(cast, privacy={"privacy": "confidential"}, channel={"channel": "email"}))
    send(client)
    party, channel = Party.objects.get(), Channel.objects.get()
    assert open_identity(party) == {"name": "王小明", "address": ""}
    assert (party.role, party.is_confidential) == ("self", True)
    assert open_channel(channel) == "someone@example.org"
    assert b"\xe7\x8e\x8b" not in bytes(party.sealed)


def test_for_a_child_both_names_are_kept_with_their_roles(cast, client):
    name = {"name": "李兰", "represented": "李小宝", "address": ""}
    walk(client, answers(cast, who={"who": "minor"}, privacy={"privacy": "open"}, name=name))
    send(client)
    found = {party.role: open_identity(party)["name"] for party in Party.objects.all()}
    assert found == {"representative": "李兰", "represented": "李小宝"}
    assert not Party.objects.filter(is_confidential=True).exists()


@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_rule_05_an_accusation_goes_to_a_unit_it_does_not_touch(cast, client, said):
    about = {"units": [cast.roads.pk], "in_words": "窗口那位姓赵的"}
    asked = walk(client, answers(cast, conduct={"conduct": said}, about=about))
    assert "about" in asked
    assert "kind" not in asked
    page = send(client, share="on")
    case = Case.objects.select_related("text").get()
    assert case.unit == cast.discipline
    assert case.is_conduct
    assert not case.is_shareable
    assert case.kind == "conduct"
    assert case.text.accused_text == "窗口那位姓赵的"
    assert [row.unit for row in Accused.objects.all()] == [cast.roads]
    assert "镇纪检组" in page


def test_rule_05_no_page_offers_a_list_of_persons(cast, client):
    walk(client, answers(cast, conduct={"conduct": "yes"}), until="about")
    page = client.get("/new/about").content.decode()
    assert "规划建设办" in page
    assert cast.leader.name not in page
    assert "窗口员" not in page


def test_an_accusation_names_an_office_or_says_who(cast, client):
    walk(client, answers(cast, conduct={"conduct": "yes"}), until="about")
    assert client.post("/new/about", {"in_words": ""}).status_code == 422


def test_danger_shows_the_numbers_before_going_on(cast, client):
    asked = walk(client, answers(cast, danger={"danger": "yes"}), until="conduct")
    assert asked[-1] == "help"
    assert 'href="tel:120"' in client.get("/new/help").content.decode()


def test_subjects_come_in_two_steps_and_are_found_by_words(cast, client):
    group = Subject.objects.create(authority=cast.town, code="roads", name_zh="道路", name_en="Roads")
    lamp = Subject.objects.create(
        authority=cast.town, code="bridge", name_zh="桥梁", name_en="Bridges", parent=group, path=[group.pk]
    )
    given = answers(cast, subject={"subject": group.pk}, topic={"topic": lamp.pk})
    assert "topic" in walk(client, given)
    found = client.post("/new/subject", {"search": "1", "find": "BRIDG"}).content.decode()
    assert "道路 › 桥梁" in found
    assert "供水" not in found.split("portal-foot")[0]
    step_of(client.post("/new/subject", {"subject": lamp.pk}))
    send(client)
    assert Case.objects.get().subject == lamp


def test_a_subject_of_another_office_is_not_accepted(cast, client):
    other = Subject.objects.create(authority=cast.outside, code="x", name_zh="别处", name_en="Elsewhere")
    walk(client, answers(cast), until="subject")
    assert client.post("/new/subject", {"subject": other.pk}).status_code == 422


def test_two_bodies_are_asked_for_first(cast, client):
    Subject.objects.create(authority=cast.county, code="all", name_zh="其他", name_en="Anything")
    asked = walk(client, answers(cast, body={"body": cast.town.pk}))
    assert asked[:2] == ["body", "who"]
    send(client)
    assert Case.objects.get().authority == cast.town


def test_no_address_ever_holds_an_answer(cast, client):
    walk(client, answers(cast))
    response = client.post("/new/check", {}, follow=True)
    assert [url for url, _ in response.redirect_chain] == ["/new/receipt"]
    assert Case.objects.get().code not in str(response.redirect_chain)


def test_what_was_answered_is_shown_when_one_goes_back(cast, client):
    walk(client, answers(cast))
    page = client.get("/new/story").content.decode()
    assert CLAIM in page
    assert re.search(r'value="complaint"[^>]*checked', client.get("/new/kind").content.decode())
    assert re.search(rf'value="{cast.lamps.pk}"[^>]*checked', client.get("/new/subject").content.decode())


def test_read_back_shows_that_danger_was_told_with_a_way_to_change_it(cast, client):
    walk(client, answers(cast, danger={"danger": "yes"}))
    page = client.get("/new/check", headers={"accept-language": "en"}).content.decode()
    row = page[page.index("in danger right now?") :]
    assert row[: row.index("</dd>")].count("Yes") == 1
    assert 'href="/new/danger' in row[: row.index("</dd>")]


def test_read_back_shows_every_answer_with_a_way_to_change_it(cast, client):
    walk(client, answers(cast))
    page = client.get("/new/check").content.decode()
    for said in (
        CLAIM,
        "修好路灯。",
        "路灯",
        "东村",
        "村委会门口",
        "投诉",
        "/new/story#id_story",
        "/new/files",
    ):
        assert said in page, said
    assert step_of(client.post("/new/story", {"story": "换个说法。"})) == "check"
    assert "换个说法。" in client.get("/new/check").content.decode()


def test_nothing_chosen_is_said_beside_the_field_and_on_top(cast, client):
    response = client.post("/new/who", {})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'class="error-summary"' in page
    assert 'href="#id_who_0"' in page
    assert not IntakeDraft.objects.exists()


def test_typed_text_survives_a_mistake_beside_it(cast, client):
    walk(client, answers(cast, privacy={"privacy": "open"}), until="name")
    response = client.post("/new/name", {"name": "", "address": "渡新路 88 号"})
    assert response.status_code == 422
    assert "渡新路 88 号" in response.content.decode()


def test_a_second_press_of_send_gives_the_same_receipt(cast, client):
    walk(client, answers(cast))
    first = shown_codes(send(client))
    assert client.post("/new/check", {}).status_code == 303
    assert shown_codes(client.get("/new/receipt").content.decode()) == first
    assert Case.objects.count() == 1


def test_a_replay_that_lost_the_answer_gives_the_same_receipt(cast, client):
    """The registration was committed, and the process died before the form was replaced by its receipt."""
    walk(client, answers(cast))
    before = list(IntakeDraft.objects.values("finder", "sealed", "expires_at"))
    first = shown_codes(send(client))
    IntakeDraft.objects.all().delete()
    IntakeDraft.objects.bulk_create([IntakeDraft(**row) for row in before])
    assert shown_codes(send(client)) == first
    assert Case.objects.count() == 1
    assert Submission.objects.count() == 1


def test_a_form_sent_twice_with_other_words_says_where_the_first_one_is(cast, client):
    walk(client, answers(cast))
    before = list(IntakeDraft.objects.values("finder", "sealed", "expires_at"))
    send(client)
    IntakeDraft.objects.all().delete()
    IntakeDraft.objects.bulk_create([IntakeDraft(**row) for row in before])
    client.post("/new/story", {"story": "别的事情。"})
    response = client.post("/new/check", {})
    assert response.status_code == 409
    page = response.content.decode()
    assert Case.objects.get().code in page
    assert "别的事情。" in page
    assert CaseText.objects.get().claim == CLAIM


def test_the_receipt_ends_when_it_is_put_away(cast, client):
    walk(client, answers(cast))
    send(client)
    client.post("/new/receipt/done")
    assert not IntakeDraft.objects.exists()
    assert step_of(client.get("/new/receipt")) == "new"


def test_the_receipt_is_on_paper_too_by_post_alone(cast, client):
    walk(client, answers(cast))
    send(client)
    assert client.get("/new/receipt/pdf").status_code == 405
    response = client.post("/new/receipt/pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="receipt.pdf"'
    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"]


def test_questions_lead_to_the_receipt_while_it_is_shown(cast, client):
    walk(client, answers(cast))
    send(client)
    assert step_of(client.get("/new/story")) == "receipt"
    assert step_of(client.get("/new/files")) in ("receipt", "new")
    assert "/new/receipt" in client.get("/new/").content.decode()


def test_leaving_forgets_what_was_not_saved(cast, client, rf):
    from django.http import HttpResponse

    from answerable.core import clock

    walk(client, answers(cast))
    request = rf.post("/leave")
    request.COOKIES[cookie.NAME] = client.cookies[cookie.NAME].value
    response = HttpResponse()
    cookie.forget(request, response, clock.now())
    assert response.cookies[cookie.NAME]["max-age"] == 0
    assert not IntakeDraft.objects.exists()


def test_the_cookie_ends_with_the_browser_and_no_script_reads_it(cast, client):
    client.post("/new/who", {"who": "self"})
    morsel = client.cookies[cookie.NAME]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert not morsel["max-age"]
    assert not morsel["expires"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_in_both_languages_without_scripts_of_its_own_and_light(cast, settings, language):
    settings.EMAIL_HOST = "mail.example.org"
    client = Client(headers={"accept-language": language})
    given = answers(
        cast,
        danger={"danger": "yes"},
        conduct={"conduct": "yes"},
        about={"units": [cast.water.pk], "in_words": ""},
        privacy={"privacy": "open"},
        channel={"channel": "email"},
    )
    asked = walk(client, given)
    for step in [*asked, "check", ""]:
        page = client.get(f"/new/{step}").content
        assert len(page) < 40_000, (step, len(page))
        text = page.decode()
        assert f'lang="{language}"' in text
        assert "<h1" in text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text), step
        chinese = re.search("[\u4e00-\u9fff]", re.sub(r"<button[^>]*lang=.*?</button>", "", text))
        if language == "zh-hans":
            assert chinese
    page = send(client)
    assert len(page) < 60_000
    assert ("您的编号" in page) is (language == "zh-hans")


def test_an_office_that_is_not_set_up_says_so(db, client):
    page = client.get("/new/").content.decode()
    assert client.get("/new/").status_code == 200
    assert "/new/who" not in page
    assert step_of(client.get("/new/who")) == "new"


def test_unknown_questions_are_not_found(cast, client):
    assert client.get("/new/nonsense").status_code == 404


def test_another_language_in_the_middle_of_a_question_keeps_what_was_typed(cast, client):
    walk(client, answers(cast), until="story")
    page = client.post("/new/story", {"story": "路灯坏了。", "wants": "", "language": "en"})
    assert page.status_code == 200
    text = page.content.decode()
    assert 'lang="en"' in text
    assert "路灯坏了。" in text
    assert page.cookies["django_language"].value == "en"
    assert not page.context["form"].errors
    empty = client.post("/new/story", {"story": "", "language": "zh-hans"})
    assert not empty.context["form"].errors
    assert step_of(client.post("/new/check", {"language": "en"})) == "story"
    assert client.post("/new/story", {"story": "", "language": "xx"}).status_code == 422
