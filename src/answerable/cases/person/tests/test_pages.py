"""The person's page, through its own pages: where it stands, and everything that one can do there."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from answerable.cases.models import Attachment, Case, Deadline, Message
from answerable.cases.packs import load_pack
from answerable.cases.person.decided import Decided
from answerable.cases.rules import CannotAct
from answerable.cases.services import (
    deciding,
    erasure,
    handling,
    hearings,
    looks,
    mediation,
    persons,
    supervision,
)
from answerable.core import clock
from answerable.orgs.queries import calendar_of
from answerable.parties.models import Channel, DataKey
from answerable.parties.steps import ChannelWish, Identity
from answerable.record.models import Act
from tests.cast import PARTS, Cast, accepted, registered

from .conftest import Person, person_of

pytestmark = pytest.mark.django_db(transaction=True)
AGO = timedelta(days=3)


def with_receipt(cast: Cast, language: str = "en", **more) -> Person:
    """Somebody whose case was accepted three days ago, with the page open."""
    done = registered(cast, now=clock.now() - AGO, **more)
    handling.accept_case(
        case_id=done.case.pk,
        by=cast.actor(cast.clerk),
        seen_version=done.case.version,
        now=clock.now() - AGO + timedelta(hours=1),
    )
    person = person_of(done, language)
    assert person.enter().status_code == 303
    return person


def decide(cast: Cast, case: Case, by=None, **more) -> None:
    deciding.send_decision(
        case_id=case.pk,
        outcome=load_pack(case.pack).outcomes_at(case.stage)[0].code,
        parts=PARTS,
        by=cast.actor(by or cast.leader),
        seen_version=case.version,
        now=clock.now(),
        **more,
    )


def follow(person: Person, response) -> str:
    assert response.status_code == 303, response.content.decode()[:2000]
    return person.page()


def test_it_says_where_it_stands_by_when_and_who_answers(cast):
    html = with_receipt(cast).page()
    assert "Roads office is working on your matter." in html
    assert "Give a written answer" in html
    assert "Why this date?" in html
    assert "That day is day zero" in html
    assert "Head of roads, Roads office, answers for it." in html
    assert "村口的路灯坏了两个月" in html
    assert "Raise it to the level above" in html
    assert "Nobody can look at who you are: you gave no name" in html


def test_the_page_speaks_chinese(cast):
    html = with_receipt(cast, "zh-hans").page()
    assert "规划建设办正在办理您的事项" in html
    assert "请上一级过问" in html
    assert "谁看过、看了什么" in html


def test_every_page_has_raise_and_leave_and_stays_light(cast):
    person = with_receipt(cast)
    for path in ("now", "write", "withdraw", "review", "reach", "looks", "take", "erase"):
        response = person.client.get(f"/case/{path}")
        html = response.content.decode()
        assert 'action="/case/raise"' in html, path
        assert 'action="/case/leave"' in html, path
        assert 'action="/leave"' in html, path
        assert len(response.content) < 40_000


def test_writing_answers_a_question_and_is_sent_once(cast):
    person = with_receipt(cast)
    handling.ask_person(
        case_id=person.case.pk,
        text="Which lamp?",
        by=cast.actor(cast.clerk),
        seen_version=person.case.version,
        now=clock.now(),
    )
    html = person.page()
    assert "Roads office asked you something and waits for your answer." in html
    assert "Which lamp?" in html
    typed = {"text": "The one <b>at</b> the gate.", "once": "one"}
    html = follow(person, person.client.post("/case/write", typed))
    person.client.post("/case/write", typed)
    assert Message.objects.filter(case=person.case, kind="answer").count() == 1
    assert "The one &lt;b&gt;at&lt;/b&gt; the gate." in html
    assert not person.case.is_waiting


def test_without_the_offices_key_what_was_typed_is_given_back(cast, settings):
    person = with_receipt(cast)
    person.client.raise_request_exception = False
    right, settings.ANSWERABLE_KEY_FILE = settings.ANSWERABLE_KEY_FILE, "/nowhere/key-file"
    typed = {"text": "The one at the gate.", "once": "one"}
    for response in (person.client.get("/case/now"), person.client.post("/case/write", typed)):
        assert response.status_code == 503
        assert "a key of the office is missing" in response.content.decode()
    assert "The one at the gate." in response.content.decode()
    settings.ANSWERABLE_KEY_FILE = right
    assert "The one at the gate." in follow(person, person.client.post("/case/write", typed))


def test_a_file_that_cannot_be_taken_never_holds_up_the_words(cast):
    person = with_receipt(cast)
    bad = SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 200)
    good = SimpleUploadedFile("note.txt", "灯坏了".encode())
    html = follow(person, person.client.post("/case/write", {"text": "See here.", "files": [bad, good]}))
    assert "See here." in html
    assert "a.exe" in html
    row = Attachment.objects.get(case=person.case)
    assert row.name == "note.txt"
    assert row.check_state == "held"
    assert person.client.get("/case/files/1").status_code == 404
    Attachment.objects.filter(pk=row.pk).update(check_state="cleared")
    response = person.client.get("/case/files/1")
    assert response.content == "灯坏了".encode()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_nothing_written_and_only_refused_files_say_so(cast):
    person = with_receipt(cast)
    assert person.client.post("/case/write", {"text": "  "}).status_code == 422
    bad = SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 200)
    response = person.client.post("/case/write", {"text": "", "files": [bad]})
    assert response.status_code == 422
    assert "Nothing was sent" in response.content.decode()
    assert not Message.objects.filter(case=person.case, from_person=True).exists()


def test_raising_is_one_click_and_a_double_click_is_one_level(cast):
    person = with_receipt(cast)
    for _ in range(2):
        html = follow(person, person.client.post("/case/raise", {"once": "x"}))
    assert Act.objects.filter(matter_id=person.case.pk, kind="case.raised").count() == 1
    assert "Town government watches over it" in html
    assert "It goes to County" in html
    watching = html[html.index("Town government watches over it") :]
    assert "The person raised the case to this level on" in watching[: watching.index("</details>")]
    person.client.post("/case/raise", {"once": "y"})
    html = follow(person, person.client.post("/case/raise", {"once": "z"}))
    assert "The highest level that this office knows has it already" in html


def test_the_decision_is_opened_by_a_step_of_its_own_that_starts_the_days(cn_cast):
    person = with_receipt(cn_cast, kind="appeal" if _has_kind(cn_cast, "appeal") else "request")
    decide(cn_cast, person.case)
    html = person.page()
    assert "has decided. The decision waits for you." in html
    assert PARTS["opinion"] not in html
    assert "Open the decision" in html
    assert person.client.get("/case/letter/1").status_code == 404
    assert not Deadline.objects.filter(case=person.case, step="ask_review").exists()
    html = follow(person, person.client.post("/case/decision"))
    assert PARTS["opinion"] in html
    window = Deadline.objects.get(case=person.case, step="ask_review")
    assert window.is_open
    assert "30 days left" in html
    act = Act.objects.get(matter_id=person.case.pk, kind="case.decision_delivered")
    assert act.actor_kind == "person"
    person.client.post("/case/decision")
    assert Act.objects.filter(matter_id=person.case.pk, kind="case.decision_delivered").count() == 1
    letter = person.client.get("/case/letter/1")
    assert letter.content.startswith(b"%PDF")


def _has_kind(cast: Cast, code: str) -> bool:
    from answerable.cases.packs import load_pack

    return any(kind.code == code for kind in load_pack(cast.town.pack).kinds)


def test_asking_for_review_to_the_end_of_the_ladder(cast):
    person = with_receipt(cast)
    assert "no decision yet" in person.client.get("/case/review").content.decode()
    decide(cast, person.case)
    assert person.client.get("/case/review").status_code == 303
    person.client.post("/case/decision")
    page = person.client.get("/case/review").content.decode()
    assert "Review by County government" in page
    html = follow(person, person.client.post("/case/review", {"text": "It is still dark."}))
    assert "is reviewing the decision, as you asked" in html
    assert person.case.unit == cast.county_root
    decide(cast, person.case, by=cast.county_leader)
    html = follow(person, person.client.post("/case/decision"))
    assert "What remains" in html
    assert "A court or another competent body" in html
    assert "This was the last step" in person.client.get("/case/review").content.decode()


@pytest.mark.parametrize("path", ["solved", "review"])
def test_words_for_what_is_no_longer_possible_are_given_back(person, path):
    """The office took the matter up again, or reads it already, while somebody wrote."""
    words = "我看过了，灯还是不亮，请再来一次。"
    answer = person.client.post(f"/case/{path}", {"solved": "no", "text": words})
    page = answer.content.decode()
    assert answer.status_code == 409, page
    assert f'<p class="quote">{words}</p>' in page
    assert person.client.post("/case/write", {"text": words}).status_code == 303
    again = person.client.post(f"/case/{path}", {"solved": "no", "text": words}, follow=True)
    assert again.status_code == 200, "said already: nothing is lost"
    assert "Nothing was sent this time" not in again.content.decode()


def test_words_that_a_rule_refuses_are_given_back(person, monkeypatch):
    def refuses(**_said):
        raise CannotAct("state_forbids")

    monkeypatch.setattr(persons, "ask_review", refuses)
    monkeypatch.setattr(Decided, "ladder", object())
    page = person.client.post("/case/review", {"text": "处理结果和事实不符，请再看一次。"}).content.decode()
    assert "处理结果和事实不符，请再看一次。" in page


def test_a_late_request_for_review_is_registered_and_marked(cn_cast):
    person = with_receipt(cn_cast)
    decide(cn_cast, person.case)
    persons.see_decisions(case_id=person.case.pk, now=clock.now())
    Deadline.objects.filter(case=person.case, step="ask_review").update(
        started_at=clock.now() - timedelta(days=50), late_from=clock.now() - timedelta(days=1)
    )
    html = person.page()
    assert "You can still ask. It is registered and marked as late" in html
    html = follow(person, person.client.post("/case/review", {"text": ""}))
    assert person.case.state == "review"
    assert "after the days for it had passed" in html


def test_withdrawing_and_taking_it_back(cast):
    person = with_receipt(cast)
    html = follow(person, person.client.post("/case/withdraw"))
    assert "You withdrew this matter." in html
    assert "Take the withdrawal back" in html
    assert person.case.state == "withdrawn"
    person.client.post("/case/withdraw")
    html = follow(person, person.client.post("/case/withdraw/undo"))
    assert person.case.state == "accepted"
    assert "is working on your matter" in html


def test_not_solved_stands_beside_the_offices_word(cast):
    person = with_receipt(cast)
    assert person.client.get("/case/solved").status_code == 303
    decide(cast, person.case, office_solved=True)
    person.client.post("/case/decision")
    assert person.client.post("/case/solved", {}).status_code == 422
    html = follow(
        person, person.client.post("/case/solved", {"solved": "no", "rating": "2", "text": "Still dark."})
    )
    case = person.case
    assert (case.office_solved, case.person_solved, case.rating) == (True, False, 2)
    assert "You said: it is not solved." in html
    follow(person, person.client.post("/case/solved", {"solved": "yes"}))
    assert person.case.person_solved is True
    assert person.case.rating == 2


def test_said_with_a_double_click_it_is_said_once(cast):
    person = with_receipt(cast)
    decide(cast, person.case)
    person.client.post("/case/decision")
    form = person.client.get("/case/solved").content.decode().split("novalidate>")[1]
    once = form.split('name="once" value="')[1].split('"')[0]
    sent = {"solved": "no", "rating": "2", "text": "Still dark.", "once": once}
    for _press in range(2):
        follow(person, person.client.post("/case/solved", sent))
    assert Message.objects.filter(body="Still dark.").count() == 1
    assert Act.objects.filter(kind__in=["case.unsolved_said", "case.rated"]).count() == 2
    follow(person, person.client.post("/case/solved", sent | {"rating": "1"}))
    assert person.case.rating == 1, "another word from the page that went back is said"


def test_the_way_to_be_reached_is_changed_once(cast):
    person = with_receipt(cast)
    form = person.client.get("/case/reach").content.decode().split("novalidate>")[1]
    once = form.split('name="once" value="')[1].split('"')[0]
    for _press in range(2):
        follow(
            person,
            person.client.post("/case/reach", {"kind": "post", "address": "渡新路 1 号", "once": once}),
        )
    assert Act.objects.filter(kind="channel.changed").count() == 1
    assert Channel.objects.filter(case_id=person.case.pk).count() == 1


def test_mediation_is_the_persons_to_give_and_to_take(cast):
    person = with_receipt(cast)
    by = cast.actor(cast.handler)
    mediation.offer_mediation(
        case_id=person.case.pk,
        text="We suggest to talk.",
        other_side=True,
        by=by,
        seen_version=person.case.version,
        now=clock.now(),
    )
    offer = person.page().split("You are offered mediation")[1].split("</section>")[0]
    assert "We suggest to talk." in offer, "what one agrees to stands beside the button"
    follow(person, person.client.post("/case/mediation", {"wish": "agree"}))
    assert mediation.mediation_of(person.case) == "consented"
    html = follow(person, person.client.post("/case/mediation", {"wish": "leave"}))
    assert "You left the mediation" in html
    html = follow(person, person.client.post("/case/mediation", {"wish": "agree"}))
    assert "No mediation is open" in html


def test_an_offer_of_mediation_ends_with_the_matter_and_comes_back_with_it(cast):
    person = with_receipt(cast)
    mediation.offer_mediation(
        case_id=person.case.pk,
        text="We suggest to talk.",
        other_side=True,
        by=cast.actor(cast.handler),
        seen_version=person.case.version,
        now=clock.now(),
    )
    person.client.post("/case/withdraw")
    assert person.case.state == "withdrawn"
    assert "I agree to mediation" not in person.page()
    html = follow(person, person.client.post("/case/mediation", {"wish": "agree"}))
    assert "No mediation is open" in html
    follow(person, person.client.post("/case/withdraw/undo"))
    assert "I agree to mediation" in person.page()


def test_a_disputed_handing_over_is_told_as_it_is(cast):
    """It read “waits for X to take it in hand”, while X said that it is not X's, with a bare “Answer the objection”."""
    person = with_receipt(cast)
    by, act = cast.actor(cast.leader), {"case_id": person.case.pk, "now": clock.now()}
    case = handling.transfer_case(
        **act, to_unit=cast.water.pk, why="A pipe.", by=by, seen_version=person.case.version
    )
    handling.object_to_transfer(
        **act, why="Only the lamp.", by=cast.actor(cast.water_leader), seen_version=case.version
    )
    html = person.page()
    assert "Water office says that your matter belongs elsewhere; Roads office" in html
    assert "to take it in hand" not in html


def test_a_hearing_is_called_off_with_a_reason_and_ones_own_by_oneself_alone(cn_cast):
    person = with_receipt(cn_cast, kind="appeal")
    told = {"case_id": person.case.pk, "by": cn_cast.actor(cn_cast.clerk), "now": clock.now()}
    soon = clock.now().date() + timedelta(days=9)
    where = {"on": soon, "at": "9:30", "place": "Room 2", "text": "Who pays."}

    def announce(ground: str = "") -> None:
        hearings.announce_hearing(**told, **where, ground=ground, seen_version=person.case.version)

    announce()
    assert "Call the hearing off" not in person.page()
    hearings.call_off_hearing(**told, why="The lamp is mended.", seen_version=person.case.version)
    html = person.page()
    assert "The hearing does not take place" in html
    assert html.count("The lamp is mended.") == 3, "on top, in the conversation, among the steps"
    announce("person")
    html = follow(person, person.client.post("/case/hearing"))
    assert "You called off the hearing of" in html
    assert "You called the hearing off." in html
    assert "No hearing is announced" in follow(person, person.client.post("/case/hearing"))
    where["on"] = calendar_of(person.case.authority).local_day(clock.now())
    announce()
    hearings.open_hearing(**told, seen_version=person.case.version)
    html = person.page()
    assert "It has begun." in html
    assert "the office can move it" not in html, "what goes on is moved no more"


def test_every_look_is_on_the_page_at_once(cast):
    person = with_receipt(cast, privacy="confidential", identities=(Identity("孙巧云", "桥头三组"),))
    assert "Nobody so far." in person.page()
    looks.look_at_identity(
        case_id=person.case.pk, reason="to send a letter", by=cast.actor(cast.handler), now=clock.now()
    )
    for path in ("now", "looks"):
        html = person.client.get(f"/case/{path}").content.decode()
        assert "Handler, Roads office" in html
        assert "to send a letter" in html
        assert "孙巧云" not in html


def test_the_channel_is_changed_and_dropped_and_never_shown(cast, settings):
    settings.DEMO = True
    person = with_receipt(cast, channel=ChannelWish("email", "old@example.org"))
    html = person.client.get("/case/reach").content.decode()
    assert "At present you are told by e-mail." in html
    assert "old@example.org" not in html
    assert person.client.post("/case/reach", {"kind": "sms", "phone": "x"}).status_code == 422
    assert person.client.post("/case/reach", {"kind": "email", "email": ""}).status_code == 422
    follow(person, person.client.post("/case/reach", {"kind": "sms", "phone": "138 0000 0000"}))
    row = Channel.objects.get(case_id=person.case.pk, dropped_at=None)
    assert row.kind == "sms"
    assert DataKey.objects.filter(case_id=person.case.pk).count() == 1
    follow(person, person.client.post("/case/reach", {"kind": "none"}))
    assert not Channel.objects.filter(case_id=person.case.pk, dropped_at=None).exists()
    assert not DataKey.objects.filter(case_id=person.case.pk).exists()


def test_the_whole_file_as_pdf_and_json_without_identity_or_unread_decision(cast):
    person = with_receipt(cast, privacy="confidential", identities=(Identity("孙巧云", "桥头三组"),))
    decide(cast, person.case)
    response = person.client.post("/case/take")
    assert person.code not in response["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    names = [name for name in archive.namelist() if not name.startswith("record/")]
    assert names == ["Read this first.txt", "file.pdf", "file.json"]
    assert "file.pdf" in archive.read(names[0]).decode()
    text = archive.read("file.json").decode()
    assert "孙巧云" not in text
    assert PARTS["opinion"] not in text
    told = json.loads(text)
    assert told["decisions"] == []
    unread = next(act for act in told["acts"] if act["kind"] == "case.decided")
    assert "record" not in unread
    person.client.post("/case/decision")
    archive = zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content))
    assert "letters/1 The decision.pdf" in archive.namelist()
    local = timezone.localtime(clock.now(), ZoneInfo(person.case.authority.zone))
    assert {one.date_time[:3] for one in archive.infolist()} == {local.timetuple()[:3]}, "1980, or UTC"
    assert archive.read("file.pdf").startswith(b"%PDF")
    assert PARTS["opinion"] in archive.read("file.json").decode()


def test_the_openings_in_the_file_prove_their_leaves(cast):
    import base64

    from answerable.record.merkle import entry, leaf_hash

    person = with_receipt(cast)
    told = json.loads(zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content)).read("file.json"))
    opened = [act for act in told["acts"] if "salt" in act]
    assert {"case.registered", "case.accepted"} <= {act["kind"] for act in opened}
    for act in opened:
        made = leaf_hash(entry(base64.b64decode(act["salt"]), base64.b64decode(act["record"])))
        assert made.hex() == act["leaf"]


def open_deadlines(case):
    return list(Deadline.objects.filter(case=case, met_seq=None, voided_seq=None))


def test_erasure_waits_for_the_end_and_is_then_carried_out_by_itself(cast):
    person = with_receipt(cast)
    assert person.client.post("/case/erase", {}).status_code == 422
    html = follow(person, person.client.post("/case/erase", {"sure": "on"}))
    assert "You asked for erasure on" in html
    person.client.post("/case/erase", {"sure": "on"})
    assert Act.objects.filter(matter_id=person.case.pk, kind="case.erasure_asked").count() == 1
    assert erasure.sweep(clock.now()) == 0
    person.client.post("/case/withdraw")
    assert erasure.sweep(clock.now()) == 1
    html = person.page()
    assert "were erased here" in html
    assert "村口的路灯" not in html
    assert "Raise it to the level above" in html
    assert person.client.post("/case/write", {"text": "again"}).status_code == 303
    assert not Message.objects.filter(case=person.case, body="again").exists()
    assert person.client.post("/case/take").status_code == 303
    assert person.client.get("/case/paper").status_code == 200
    assert "Raised to" in follow(person, person.client.post("/case/raise", {"once": "x"}))
    assert not open_deadlines(person.case), "a clock that nobody could ever meet"


def test_erasure_at_once_where_it_is_over(cast):
    person = with_receipt(cast)
    person.client.post("/case/withdraw")
    assert "Erase it now" in person.client.get("/case/erase").content.decode()
    follow(person, person.client.post("/case/erase", {"sure": "on"}))
    assert person.case.erased_at is not None


def test_erasure_never_takes_a_window_that_still_runs(cn_cast):
    person = with_receipt(cn_cast)
    erasure.ask_erasure(case_id=person.case.pk, now=clock.now())
    decide(cn_cast, person.case)
    persons.see_decisions(case_id=person.case.pk, now=clock.now())
    deciding.close_case(
        case_id=person.case.pk, by=cn_cast.actor(cn_cast.leader), seen_version=None, now=clock.now()
    )
    assert erasure.sweep(clock.now()) == 0
    assert erasure.sweep(clock.now() + timedelta(days=40)) == 1


def test_what_was_kept_long_enough_is_erased(cast):
    person = with_receipt(cast)
    person.client.post("/case/withdraw")
    assert erasure.sweep(clock.now() + timedelta(days=3650)) == 0
    assert erasure.sweep(clock.now() + timedelta(days=3653)) == 1
    assert erasure.sweep(clock.now() + timedelta(days=3653)) == 0


def test_late_is_said_once_and_calmly(cast):
    done = accepted(cast, now=clock.now() - timedelta(days=60))
    for pk in supervision.newly_late(clock.now()):
        supervision.lift_deadline(deadline_id=pk, now=clock.now())
    from answerable.cases.person.casepage import PersonPage

    page = PersonPage(Case.objects.get(pk=done.pk), clock.now())
    assert page.is_late
    assert "has not answered in time" in page.sentence or "没有按期答复" in page.sentence
    assert page.watching[0].title in page.sentence, "and who was told of it"
    assert page.watching[0].title in ("Town government", "镇政府")


def test_nothing_of_the_offices_own_is_shown(cast):
    person = with_receipt(cast)
    handling.note_case(
        case_id=person.case.pk, text="internal remark", by=cast.actor(cast.handler), now=clock.now()
    )
    for path in ("now", "paper"):
        html = person.client.get(f"/case/{path}").content.decode()
        assert "internal remark" not in html
    assert "<details" not in html, "nothing is folded up on paper"
    told = zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content)).read("file.json").decode()
    assert "internal remark" not in told


def test_what_others_may_see_is_said_and_taken_back(cast):
    person = with_receipt(cast, "zh-hans")
    case = Case.objects.get()
    for said, wanted in [
        ({"publishable": "on"}, (True, True)),
        ({"shareable": "on"}, (True, False)),
        ({}, (False, False)),
    ]:
        follow(person, person.client.post("/case/share", said))
        case.refresh_from_db()
        assert (case.is_shareable, case.is_publishable) == wanted
    assert Act.objects.filter(matter_id=case.pk, kind="case.sharing_changed").count() == 3


def test_rule_05_a_matter_about_conduct_is_shown_to_nobody(cast):
    done = registered(
        cast, now=clock.now() - AGO, is_conduct=True, accused_units=(cast.water.pk,), is_publishable=True
    )
    person = person_of(done)
    person.enter()
    assert person.client.post("/case/share", {"publishable": "on"}).status_code == 303
    assert not Case.objects.get().is_publishable
