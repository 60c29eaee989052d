"""The desk's pages: who sees which, what they say, and what becomes of what is done on them."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from answerable.alerts.models import Delivery, Notice
from answerable.cases import letters
from answerable.cases.downloads import printed
from answerable.cases.models import Attachment, Case, Deadline, Decision, Message, Note
from answerable.cases.packs import load_pack
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.tests.test_pages import with_receipt
from answerable.cases.rules import CannotAct
from answerable.cases.services import deciding, erasure, grouping, handling, persons
from answerable.orgs.models import Appointment, CannedText, Hold, Post, Staff
from answerable.record import reactions
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from answerable.ui.print.render import case_file
from answerable.ui.print.tests.samples import bare, words_of
from tests.cast import LONG_AGO, PARTS, Cast, accepted, registered

pytestmark = pytest.mark.django_db


def url(name: str, case: Case, *args: object) -> str:
    return reverse(f"desk:{name}", args=[case.pk, *args])


def sending(case: Case, **fields: object) -> dict[str, object]:
    case.refresh_from_db()
    return {"seen_version": case.version, "seen_seq": acts_of(case.pk)[-1].seq} | fields


def kinds(case: Case) -> list[str]:
    return [act.kind.removeprefix("case.") for act in acts_of(case.pk)]


def test_nobody_signed_in_is_sent_to_sign_in(cast, client):
    answer = client.get(reverse("desk:worklist"))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_the_case_page_opens_with_where_it_stands_and_who_answers(cast, at_desk, now):
    case = accepted(cast, now)
    page = at_desk(cast.clerk).get(url("case", case)).content.decode()
    assert "Waiting for the decision of Roads office; Head of roads answers for it." in page
    assert "working days left" in page
    assert "Why this date?" in page
    assert "村口的路灯坏了两个月" in page
    assert (
        page.index("Waiting for the decision")
        < page.index("Write the decision")
        < page.index("What is asked")
    )


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 200),
        ("leader", 200),
        ("mayor", 200),
        ("auditor", 200),
        ("water_leader", 404),
        ("county_leader", 404),
        ("administrator", 403),
    ],
)
def test_who_can_open_the_page(cast, at_desk, now, who, status):
    case = accepted(cast, now)
    assert at_desk(getattr(cast, who)).get(url("case", case)).status_code == status


def test_an_administrator_sees_no_list(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.administrator)
    assert browser.get(reverse("desk:worklist")).url == reverse("site:desk")
    for page in (reverse("desk:search"), reverse("desk:case", args=[case.pk])):
        assert browser.get(page).status_code == 403


@pytest.mark.parametrize(
    "verb", ["accept", "assign", "ask", "reply", "note", "transfer", "pass", "accused", "aside"]
)
def test_an_auditor_reads_and_does_nothing(cast, at_desk, now, verb):
    case = registered(cast, now).case
    browser = at_desk(cast.auditor)
    assert browser.get(url("act", case, verb)).status_code == 403
    assert browser.post(url("act", case, verb), sending(case, text="x", why="x")).status_code == 403
    assert kinds(case) == ["registered"]


def test_accepting_with_a_title(cast, at_desk, now):
    case = registered(cast, now).case
    answer = at_desk(cast.clerk).post(
        url("act", case, "accept"), sending(case, title="Lamp at East village"), follow=True
    )
    assert answer.status_code == 200
    case.refresh_from_db()
    assert case.state == "accepted"
    assert "Lamp at East village" in answer.content.decode()


def test_giving_a_case_and_undoing_it(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.clerk)
    post = cast.post(cast.handler)
    answer = browser.post(url("act", case, "assign"), sending(case, to_post=post.pk), follow=True)
    case.refresh_from_db()
    assert case.handler_post == post
    back = url("undo", case, "assign", 0)
    assert back in answer.content.decode()
    browser.post(back)
    case.refresh_from_db()
    assert case.handler_post is None
    assert kinds(case)[-2:] == ["assigned", "assigned"]


def test_asking_replying_and_noting(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.handler)
    browser.post(url("act", case, "ask"), sending(case, text="Which lamp?"))
    browser.post(url("act", case, "reply"), sending(case, text="We will come on Monday."))
    page = browser.post(
        url("act", case, "note"), sending(case, text="Ladder is broken."), follow=True
    ).content.decode()
    said = Message.objects.filter(case=case).exclude(body="").order_by("act_seq")
    assert list(said.values_list("kind", flat=True)) == ["question", "reply"]
    assert Note.objects.get(case=case).body == "Ladder is broken."
    assert "Which lamp?" in page
    assert "Ladder is broken." in page


def test_a_blank_of_a_canned_text_is_not_sent(cast, at_desk, now):
    case = accepted(cast, now)
    CannedText.objects.create(
        authority=cast.town,
        unit=cast.roads,
        name_zh="答复",
        body_zh="由〔单位〕在〔日期〕前答复，请带〔证件〕。",
    )
    handler = at_desk(cast.handler)
    assert "由规划建设办在" in handler.get(url("act", case, "reply")).content.decode()
    left = handler.post(url("act", case, "reply"), sending(case, text="请带〔证件〕。"))
    assert left.status_code == 422
    assert "〔证件〕" in left.content.decode()
    sent = at_desk(cast.leader).post(
        url("decide", case), draft(case, do="send", part_opinion="在[date]前修好。")
    )
    assert sent.status_code == 422
    assert "decided" not in kinds(case)


def test_an_empty_message_is_refused_at_the_field(cast, at_desk, now):
    case = accepted(cast, now)
    answer = at_desk(cast.handler).post(url("act", case, "reply"), sending(case, text="  "))
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert "replied" not in kinds(case)


def test_the_second_person_is_told_sees_what_changed_and_keeps_their_text(cast, at_desk, now):
    case = accepted(cast, now)
    seen = sending(case)
    handling.reply_to_person(
        case_id=case.pk, text="first", by=cast.actor(cast.clerk), seen_version=None, now=now
    )
    browser = at_desk(cast.handler)
    answer = browser.post(url("act", case, "reply"), seen | {"text": "my careful answer"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing was overwritten" in page
    assert "Reply to the person" in page
    assert "my careful answer" in page
    assert Message.objects.filter(case=case, kind="reply").count() == 1
    case.refresh_from_db()
    assert f'value="{case.version}"' in page
    browser.post(url("act", case, "reply"), sending(case, text="my careful answer"))
    assert Message.objects.filter(case=case, kind="reply").count() == 2


def test_a_second_click_does_nothing_twice(cast, at_desk, now):
    case = registered(cast, now).case
    said = sending(case, title="")
    browser = at_desk(cast.clerk)
    browser.post(url("act", case, "accept"), said)
    page = browser.post(url("act", case, "accept"), said, follow=True).content.decode()
    assert "moved on" in page
    assert kinds(case).count("accepted") == 1


def read(client, name: str, case: Case) -> str:
    return str(client.get(url(name, case)).content.decode())


def told(case: Case, post: Post) -> list[str]:
    """What a post was told of a case, in order."""
    rows = Notice.objects.filter(matter=case.pk, post_id=post.pk).order_by("at", "pk")
    return list(rows.values_list("code", flat=True))


def test_handing_over_objecting_and_taking_back(cast, at_desk, now):
    case = accepted(cast, now)
    clerk, water, objector = at_desk(cast.clerk), at_desk(cast.water_leader), cast.post(cast.water_leader)
    clerk.post(
        url("act", case, "transfer"), sending(case, to_unit=cast.water.pk, why="A pipe runs below the lamp.")
    )
    case.refresh_from_db()
    assert case.unit == cast.water
    assert clerk.get(url("case", case)).status_code == 200, "the sender still reads it"
    words = sending(case, text="We are looking into it.")
    assert clerk.post(url("act", case, "reply"), words).status_code == 403, "but does not act on it"
    water.post(url("act", case, "object"), sending(case, why="It is only the lamp."))
    reactions.dispatch(now + timedelta(minutes=1))
    assert told(case, cast.post(cast.clerk))[-1] == "transfer_objected"
    assert "objects to the handing over. Roads office has to agree or decline" in read(clerk, "case", case)
    assert clerk.get(url("act", case, "agree")).status_code == 200
    assert water.get(url("act", case, "agree")).status_code == 403
    # Whoever stands in for the sender's leader and serves where the objection comes from does not answer it either.
    Appointment.objects.create(
        post=cast.post(cast.leader), staff=cast.water_leader, from_at=LONG_AGO, hold=Hold.DELEGATE
    )
    assert water.get(url("act", case, "agree")).status_code == 403
    clerk.post(url("act", case, "agree"), sending(case, why=""))
    case.refresh_from_db()
    assert case.unit == cast.roads
    reactions.dispatch(now + timedelta(minutes=1))
    assert told(case, objector)[-1] == "objection_agreed"
    assert kinds(case)[-3:] == ["transferred", "transfer_objected", "objection_agreed"]


def test_a_declined_objection_goes_to_the_level_above_both(cast, at_desk, now):
    case = accepted(cast, now)
    clerk, water = at_desk(cast.clerk), at_desk(cast.water_leader)
    clerk.post(url("act", case, "transfer"), sending(case, to_unit=cast.water.pk, why="w"))
    water.post(url("act", case, "object"), sending(case, why="no"))
    clerk.post(url("act", case, "decline"), sending(case, why="yes it is"))
    water.post(url("act", case, "superior"), sending(case, why="We cannot agree."))
    assert kinds(case)[-1] == "conflict_escalated"
    reactions.dispatch(now + timedelta(minutes=1))
    assert told(case, cast.post(cast.mayor))[-1] == "dispute"
    assert told(case, cast.post(cast.water_leader))[-1] == "objection_declined"
    assert case.involvements.filter(unit=cast.town_root, capacity="supervises").exists()
    mayor = at_desk(cast.mayor)
    mayor.post(url("act", case, "transfer"), sending(case, to_unit=cast.roads.pk, why="Roads does it."))
    case.refresh_from_db()
    assert case.unit == cast.roads


def test_passing_on_and_taking_up_again(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.leader)
    browser.post(url("act", case, "pass"), sending(case, to=cast.outside.pk, why="Theirs by law."))
    case.refresh_from_db()
    assert case.state == "passed_on"
    assert "Passed on to Commission." in browser.get(url("case", case)).content.decode()
    browser.post(url("act", case, "reopen"), sending(case, why="It is ours after all."))
    case.refresh_from_db()
    assert case.state == "accepted"


def test_a_letter_to_a_body_outside_is_printed_and_its_receipt_kept(cast, at_desk, now):
    """It was to be printed, and stood on no page. Until it has gone, the person is not told that the other body has it."""
    person = with_receipt(cast)
    case, browser = person.case, at_desk(cast.clerk)
    browser.post(url("act", case, "pass"), sending(case, to=cast.outside.pk, why="Theirs by law."))
    reactions.dispatch(now + timedelta(minutes=1))
    row = Delivery.objects.get(matter=case.pk, kind="letter")
    assert told(case, cast.post(cast.clerk))[-1] == "letter_to_print"
    address = url("outside_letter", case, row.pk)
    assert address in read(browser, "case", case)
    gone = "Passed on to Commission."
    assert gone not in read(browser, "case", case), "it has not gone: it lies here to be printed"
    sheet = browser.get(address).content.decode()
    assert case.text.claim in sheet
    assert "县纪委" in sheet, "in the office's language, whoever reads it"
    assert at_desk(cast.water_leader).get(address).status_code == 404
    assert at_desk(cast.auditor).post(address, {"receipt": "A"}).status_code == 403
    told_so = "The letter to Commission still has to be printed and handed over by this office"
    assert told_so in person.page()
    assert "was passed on there" not in person.page()
    assert "Ask there how far it is" not in person.page()
    assert "Head of roads, Roads office, answers for it." in person.page()
    for _twice in range(2):
        browser.post(address, {"receipt": "No. 7, Ms Li"})
    assert kinds(case).count("letter.delivered") == 1
    for page in (browser.get(url("case", case)), browser.get(address)):
        assert "No. 7, Ms Li" in page.content.decode()
    assert "Letter handed over to Commission" in browser.get(url("case", case)).content.decode()
    assert gone in read(browser, "case", case)
    assert told_so not in person.page()
    assert "Ask there how far it is" in person.page()
    # Rule 9: it stands in the act alone, which an erasure closes.
    erasure.erase_case(case_id=case.pk, by=Actor.system(), now=now + timedelta(hours=1), why="x")
    assert not [act for act in acts_of(case.pk) if "Ms Li" in str(act.body)]
    assert not [row for row in Delivery.objects.filter(matter=case.pk).values() if "Ms Li" in str(row)]


def test_extending_within_the_rule_and_not_beyond(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.leader)
    due = Case.objects.get(pk=case.pk).due_at
    answer = browser.post(url("act", case, "extend"), sending(case, number=11, why="Parts"))
    assert answer.status_code == 422
    assert "in all" in answer.content.decode()
    browser.post(url("act", case, "extend"), sending(case, number=10, why="Parts"))
    case.refresh_from_db()
    assert case.due_at > due
    assert at_desk(cast.handler).get(url("act", case, "extend")).status_code == 403


def test_taking_charge(cast, at_desk, now):
    case = accepted(cast, now)
    at_desk(cast.leader).post(url("act", case, "charge"), sending(case, why=""))
    case.refresh_from_db()
    assert case.charge_post == cast.post(cast.leader)


def test_stepping_aside_hides_the_case(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.handler)
    answer = browser.post(url("act", case, "aside"), sending(case, why="My cousin."), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk:worklist")
    assert browser.get(url("case", case)).status_code == 404
    assert case.code not in browser.get(reverse("desk:worklist") + "?list=unit").content.decode()


def test_naming_who_it_is_about_moves_it_out_of_their_reach(cast, at_desk, now):
    case = accepted(cast, now)
    at_desk(cast.clerk).post(url("act", case, "accused"), sending(case, staff=[cast.leader.pk]))
    case.refresh_from_db()
    assert case.is_conduct
    assert case.unit == cast.discipline
    leader = at_desk(cast.leader)
    assert leader.get(url("case", case)).status_code == 404
    for name in ("unit", "late", "all", "ended", "mine"):
        assert case.code not in leader.get(reverse("desk:worklist") + f"?list={name}").content.decode()
    assert case.code not in leader.get(reverse("desk:search") + "?q=路灯").content.decode()


def test_whom_it_may_be_about_stands_under_the_post_they_hold(cast, at_desk, now):
    """A stand-in is not listed under the post of the absent: the wrong person would be accused."""
    for post in (cast.post(cast.mayor), cast.post(cast.water_leader)):
        Appointment.objects.create(post=post, staff=cast.leader, from_at=LONG_AGO, hold=Hold.DELEGATE)
    only = Staff.objects.create(username="only", name_en="Only Standing-In", name_zh="只代班")
    Appointment.objects.create(post=cast.post(cast.mayor), staff=only, from_at=LONG_AGO, hold=Hold.DEPUTY)
    page = at_desk(cast.clerk).get(url("act", accepted(cast, now), "accused")).content.decode()
    assert "Head of roads person: Head of roads, Roads office" in page
    assert page.count("Head of roads person:") == 1
    assert "Only Standing-In: Mayor, Town government (deputy)" in page


def draft(case: Case, version: int = 0, **fields: object) -> dict[str, object]:
    parts = {f"part_{code}": text for code, text in PARTS.items()}
    return sending(case, seen_draft=version, outcome="supported", **parts) | fields


def test_a_decision_drafted_put_up_signed_delivered_and_closed(cast, at_desk, now):
    case = accepted(cast, now)
    handler, leader = at_desk(cast.handler), at_desk(cast.leader)
    handler.post(url("decide", case), draft(case, do="keep"))
    handler.post(url("decide", case), draft(case, 1, do="ready"))
    case.refresh_from_db()
    assert case.is_draft_ready
    assert case.code in leader.get(reverse("desk:worklist") + "?list=sign").content.decode()
    assert PARTS["facts"] in leader.get(url("decide", case)).content.decode()
    assert handler.post(url("decide", case), draft(case, 2, do="send")).status_code == 403
    leader.post(url("decide", case), draft(case, 2, do="send", office_solved="on"))
    case.refresh_from_db()
    assert (case.state, case.office_solved) == ("decided", True)
    decision = Decision.objects.get(case=case)
    letter = handler.get(url("letter", case, decision.pk))
    assert letter.content.startswith(b"%PDF")
    assert letter.content == handler.get(url("letter", case, decision.pk)).content
    early = handler.post(url("act", case, "deliver"), sending(case, how="hand", on="2020-01-01"))
    assert early.status_code == 422
    assert "cannot have arrived before" in early.content.decode()
    handler.post(url("act", case, "deliver"), sending(case, how="hand", on=""))
    decision.refresh_from_db()
    assert decision.delivered_how == "hand"
    handler.post(url("act", case, "close"), sending(case, why=""))
    case.refresh_from_db()
    assert case.state == "closed"


def test_a_draft_is_given_back_with_a_remark_changed_and_put_up_again(cast, at_desk, now):
    case = accepted(cast, now)
    handler, leader = at_desk(cast.handler), at_desk(cast.leader)
    handler.post(url("decide", case), draft(case, do="ready"))
    case.refresh_from_db()
    # A leader who mends a word keeps it before them; the handler gets it back with what has to change.
    leader.post(url("decide", case), draft(case, 1, do="keep"))
    case.refresh_from_db()
    assert case.is_draft_ready
    remark = sending(case, why="请写明灯杆编号。")
    assert handler.post(url("act", case, "giveback"), remark).status_code == 403
    leader.post(url("act", case, "giveback"), remark)
    case.refresh_from_db()
    assert not case.is_draft_ready
    assert case.code not in leader.get(reverse("desk:worklist") + "?list=sign").content.decode()
    reactions.dispatch(now + timedelta(minutes=1))
    assert told(case, cast.post(cast.handler))[-1] == "draft_returned"
    first = read(handler, "case", case).split("What you can do")[0]
    assert "The draft was given back and has to be changed" in first
    assert "请写明灯杆编号。" in first, "what to change stands where one begins, not among the notes"
    page = handler.get(url("decide", case)).content.decode()
    assert page.count("请写明灯杆编号。") == 1
    assert PARTS["facts"] in page
    handler.post(url("decide", case), draft(case, 2, do="ready", part_facts="3号灯杆。"))
    assert "请写明灯杆编号。" not in leader.get(url("decide", case)).content.decode()
    assert not Message.objects.filter(case=case, body__contains="灯杆编号").exists()


def test_a_decision_without_its_parts_says_which(cast, at_desk, now):
    case = accepted(cast, now)
    answer = at_desk(cast.leader).post(
        url("decide", case), draft(case, do="send", part_facts=" ", outcome="")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#do-outcome_0"' in page or 'href="#do-part_facts"' in page
    assert "decided" not in kinds(case)


def test_one_answer_goes_to_those_that_wait_for_one(cast, at_desk, now):
    """One that was withdrawn was ticked as well, and held up the answer to all the others."""
    lead, gone, waits = (accepted(cast, now) for _ in range(3))
    for one in (gone, waits):
        one.refresh_from_db()
        grouping.join_case(
            case_id=one.pk, lead_id=lead.pk, why="同一盏灯。", by=cast.actor(cast.clerk),
            seen_version=one.version, now=now,
        )  # fmt: skip
    persons.withdraw(case_id=gone.pk, now=now)
    leader = at_desk(cast.leader)
    page = leader.get(url("decide", lead)).content.decode()
    assert f'value="{waits.pk}"' in page
    assert f'value="{gone.pk}"' not in page
    assert f"{gone.code} gets no decision: its person has withdrawn it." in page
    words = sending(lead, text="灯杆已到货。", members=[str(gone.pk)])
    said = leader.post(url("act", lead, "reply"), words, follow=True).content.decode()
    assert "sent in 2 matters" in said
    assert f"{waits.code} gets nothing: it was not ticked." in said
    answer = draft(lead, do="send", members=[str(waits.pk)])
    shown = fields_of(leader.get(url("decide", lead)).content.decode())["seen_members"]
    persons.write(case_id=waits.pk, text="还有一盏也坏了。", now=now)
    slip = leader.post(url("decide", lead), answer | {"seen_members": shown, "part_opinion": "[day]"})
    assert fields_of(slip.content.decode())["seen_members"] == shown, "a slip is no look at the others"
    refused = leader.post(url("decide", lead), answer | {"seen_members": shown})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f"{waits.code}, which is answered together with this one, has changed" in page
    assert not Decision.objects.exclude(sent_at=None).exists(), (
        "nobody decides over words that they have not seen"
    )
    answer["seen_members"] = fields_of(page)["seen_members"]
    said = leader.post(url("decide", lead), answer, follow=True).content.decode()
    assert "sent in 2 matters" in said
    assert f"{gone.code} gets no decision: its person has withdrawn it." in said


def test_two_drafts_stand_side_by_side(cast, at_desk, now):
    case = accepted(cast, now)
    seen = draft(case)
    deciding.draft_decision(
        case_id=case.pk,
        outcome="explained",
        parts=PARTS | {"facts": "theirs"},
        by=cast.actor(cast.clerk),
        seen_draft=0,
        now=now,
    )
    answer = at_desk(cast.handler).post(url("decide", case), seen | {"do": "keep", "part_facts": "mine"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "theirs" in page
    assert "mine" in page
    assert '<p class="quote">Understandable, but there is no basis for it; explained</p>' in page
    assert Decision.objects.get(case=case).parts["facts"] == "theirs"


def fields_of(page: str) -> dict[str, str]:
    """The texts and hidden values of the form that writes a decision, as a browser would send them."""
    form = page[page.index('id="decision-form"') :]
    texts = re.findall(r'<textarea name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form)
    texts += re.findall(r'<input type="radio" name="(outcome)" value="([^"]*)"[^>]* checked', form)
    hidden = re.findall(r'<input type="hidden" name="(seen_[a-z]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in texts + hidden}


def test_two_who_changed_different_parts_of_one_draft_lose_nothing(cast, at_desk, now):
    """The second one was told to press again, and with it the first one's words were gone."""
    case = accepted(cast, now)
    one, other = at_desk(cast.handler), at_desk(cast.clerk)
    one.post(url("decide", case), draft(case, do="keep"))
    mine, theirs = (fields_of(who.get(url("decide", case)).content.decode()) for who in (one, other))
    other.post(
        url("decide", case), theirs | {"do": "keep", "outcome": "explained", "part_facts": "12号灯杆断电。"}
    )
    sent = mine | {"do": "keep", "outcome": "supported", "part_opinion": "周五换。"}
    again = one.post(url("decide", case), sent)
    assert again.status_code == 409
    page = again.content.decode()
    assert "words were taken in where you had changed nothing" in page
    assert "You both changed this" not in page
    one.post(url("decide", case), fields_of(page) | {"do": "keep"})
    kept = Decision.objects.get(case=case)
    assert (kept.parts["facts"], kept.parts["opinion"]) == ("12号灯杆断电。", "周五换。")
    assert kept.outcome == "explained", "an outcome that nobody touched here is the colleague's"


def test_the_preview_is_a_letter_and_keeps_nothing(cast, at_desk, now):
    case = accepted(cast, now)
    answer = at_desk(cast.handler).post(url("preview", case), draft(case))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert not Decision.objects.filter(case=case).exists()


def test_a_day_of_delivery_that_has_not_come_is_refused(cast, at_desk, now):
    case = accepted(cast, now)
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=now,
    )
    browser = at_desk(cast.clerk)
    later = f"{now + timedelta(days=3):%Y-%m-%d}"
    assert browser.post(url("act", case, "deliver"), sending(case, how="post", on=later)).status_code == 422


def test_mediation_needs_both_sides(cast, at_desk, now):
    from answerable.cases.rules import CannotAct
    from answerable.cases.services import mediation

    case = accepted(cast, now)
    browser = at_desk(cast.handler)
    assert browser.post(url("act", case, "mediate"), sending(case, text="Shall we?")).status_code == 422
    browser.post(url("act", case, "mediate"), sending(case, text="Shall we?", other_side="on"))
    assert mediation.mediation_of(case) == "offered"
    with pytest.raises(CannotAct, match="Only the person"):
        mediation.answer_mediation(case_id=case.pk, agrees=True, now=now, by=cast.actor(cast.handler))
    mediation.answer_mediation(case_id=case.pk, agrees=True, now=now)
    assert mediation.mediation_of(case) == "consented"
    reactions.dispatch(now + timedelta(minutes=1))
    assert told(case, cast.post(cast.clerk))[-1] == "mediation_consented"
    browser.post(url("act", case, "endmediation"), sending(case, text="They agreed.", agreed="on"))
    assert mediation.mediation_of(case) == ""
    case.refresh_from_db()
    assert case.state == "accepted"


def test_an_offer_of_mediation_is_taken_back_and_nobody_says_that_the_person_agreed(cast, at_desk, now):
    from answerable.cases.rules import CannotAct
    from answerable.cases.services import mediation

    case, browser = accepted(cast, now), at_desk(cast.handler)
    browser.post(url("act", case, "mediate"), sending(case, text="Shall we?", other_side="on"))
    case.refresh_from_db()
    with pytest.raises(CannotAct, match="Only the person"):
        mediation.end_mediation(
            case_id=case.pk,
            text="They agreed.",
            agreed=True,
            by=cast.actor(cast.handler),
            seen_version=case.version,
            now=now,
        )
    page = browser.get(url("case", case)).content.decode()
    assert "/do/endmediation" not in page
    browser.post(url("act", case, "nomediation"), sending(case, text="The other side left."))
    assert Message.objects.filter(case=case).latest("pk").code == "mediation_taken_back"
    assert mediation.mediation_of(case) == ""


def test_opening_an_identity_takes_a_reason_and_is_an_act(cast, at_desk, now):
    from answerable.parties.steps import Identity

    case = registered(cast, now, privacy="confidential", identities=(Identity("王秀兰", "东村12号"),)).case
    browser = at_desk(cast.clerk)
    assert "王秀兰" not in browser.get(url("case", case)).content.decode()
    assert browser.post(url("look", case), sending(case, reason="")).status_code == 422
    assert "looked" not in str(kinds(case))
    answer = browser.post(url("look", case), sending(case, reason="To visit at the counter."))
    assert "王秀兰" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert kinds(case)[-1] == "identity.looked"
    assert at_desk(cast.auditor).get(url("look", case)).status_code == 403
    assert "王秀兰" not in browser.get(url("case", case)).content.decode()


def test_what_the_person_writes_shows_on_the_page(cast, at_desk, now):
    case = accepted(cast, now)
    persons.write(case_id=case.pk, text="<script>alert(1)</script>", now=now)
    page = at_desk(cast.clerk).get(url("case", case)).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_the_keyboard_begins_in_the_verb_that_was_opened(cast, at_desk, now):
    """One whose first question is a choice began at the top of the page, thirty stops away."""
    case = accepted(cast, now - timedelta(days=1))
    leader = at_desk(cast.leader)
    for verb, where in (("accused", "<section"), ("note", "<textarea"), ("assign", "<select")):
        page = leader.get(url("act", case, verb)).content.decode()
        panel = page[page.index('<section class="panel"') :]
        assert re.search(rf"{where}[^>]*autofocus", panel), verb
        assert panel.count("autofocus") == 1


def test_the_verb_panel_alone_answers_htmx(cast, at_desk, now):
    case = accepted(cast, now)
    page = at_desk(cast.clerk).get(url("act", case, "ask"), headers={"HX-Request": "true"}).content.decode()
    assert 'id="panel"' in page
    assert "<html" not in page


def test_the_page_in_chinese(cast: Cast, at_desk, now):
    case = accepted(cast, now)
    page = at_desk(cast.clerk, "zh-hans").get(url("case", case)).content.decode()
    for said in ("全部经过", "等待规划建设办作出处理意见，由主任负责。", "写处理意见", "基本情况"):
        assert said in page
    for said in ("Everything that happened", "Waiting for", "Facts so far", "Internal notes"):
        assert said not in page


def test_making_a_matter_two_and_undoing_it(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.clerk)
    page = browser.post(
        url("act", case, "divide"),
        sending(case, own_title="Lamp", title="Pipe", subject=cast.pipes.pk, why="Two things."),
        follow=True,
    ).content.decode()
    second = Case.objects.exclude(pk=case.pk).get()
    assert f"Made two; the second matter is {second.code}" in page
    assert url("case", second) in page
    there = browser.get(url("case", second)).content.decode()
    assert f"Registered as the second matter in {case.code}" in there
    back = url("undo", case, "divide", 0)
    assert back in page
    browser.post(back)
    second.refresh_from_db()
    assert second.merged_into == case


def test_a_hearing_from_its_announcement_to_its_minutes(cast, at_desk, now):
    cast.town.pack = "cn-xinfang-2022"
    cast.town.save()
    case = accepted(cast, now, kind="appeal")
    browser = at_desk(cast.clerk)
    today = timezone.localtime(now, ZoneInfo("Asia/Shanghai")).date()
    tomorrow = (today + timedelta(days=1)).isoformat()
    said = {"on": tomorrow, "at": "9:30", "place": "Room 2", "text": "Who pays.", "ground": "office"}
    browser.post(url("act", case, "hearing"), sending(case, **said))
    assert browser.post(url("act", case, "openhearing"), sending(case)).status_code == 422
    moving = browser.get(url("act", case, "movehearing")).content.decode()
    assert tomorrow in moving
    assert "Room 2" in moving
    browser.post(url("act", case, "movehearing"), sending(case, **said | {"on": today.isoformat()}))
    assert Message.objects.filter(case=case, code="hearing_moved").exists()
    off = browser.post(
        url("act", case, "calloffhearing"), sending(case, why="The lamp is mended."), follow=True
    )
    assert "called off; it was announced for" in off.content.decode()
    again = browser.get(url("act", case, "hearing")).content.decode()
    assert "Room 2" in again
    said["ground"] = "person"
    browser.post(url("act", case, "hearing"), sending(case, **said | {"on": today.isoformat()}))
    assert url("act", case, "calloffhearing") not in browser.get(url("case", case)).content.decode()
    browser.post(url("act", case, "openhearing"), sending(case))
    early = at_desk(cast.leader).post(url("decide", case), draft(case, do="send"))
    assert early.status_code == 422
    assert "Close it with its minutes first" in early.content.decode()
    form = browser.get(url("act", case, "closehearing")).content.decode()
    assert 'enctype="multipart/form-data"' in form
    refused = browser.post(url("act", case, "closehearing"), sending(case, text="Agreed."))
    assert refused.status_code == 422
    minutes = SimpleUploadedFile("minutes.txt", b"who said what")
    page = browser.post(
        url("act", case, "closehearing"), sending(case, text="Agreed.", minutes=minutes), follow=True
    ).content.decode()
    assert "Room 2" in page
    assert "minutes.txt" in page
    assert kinds(case)[-4:] == ["hearing_announced", "hearing_opened", "attachment_added", "hearing_closed"]


def test_a_pack_without_hearings_offers_none(cast, at_desk, now):
    case = accepted(cast, now)
    assert url("act", case, "hearing") not in at_desk(cast.clerk).get(url("case", case)).content.decode()


def at_review(cast, now) -> Case:
    """A case under review by the county, of the petition rules: decided, read, and asked for."""
    case = accepted(cast, now - timedelta(days=3), kind="claim")
    deciding.send_decision(
        case_id=case.pk,
        outcome="not_supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=now - timedelta(days=2),
    )
    persons.see_decisions(case_id=case.pk, now=now - timedelta(days=2))
    return persons.ask_review(case_id=case.pk, text="还是不亮。", now=now - timedelta(days=1))


def test_a_review_is_written_in_the_words_of_a_review(cn_cast, at_desk, now):
    case = at_review(cn_cast, now)
    reviewer = at_desk(cn_cast.county_leader, "zh-hans")
    assert "写复查意见" in reviewer.get(url("case", case)).content.decode()
    page = reviewer.get(url("decide", case)).content.decode()
    assert "签发并送出复查意见" in page
    for outcome in ("维持原意见", "变更原意见", "撤销原意见"):
        assert outcome in page
    assert 'value="supported"' not in page
    sent = {f"part_{code}": text for code, text in PARTS.items()}
    refused = reviewer.post(
        url("decide", case), sending(case, do="send", outcome="supported", seen_draft=0, **sent)
    )
    assert refused.status_code == 422
    reviewer.post(url("decide", case), sending(case, do="send", outcome="upheld", seen_draft=0, **sent))
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("decided", "upheld")
    english = at_desk(cn_cast.county_leader)
    assert "still has to do this" in english.get(url("case", case)).content.decode()
    decision = case.decisions.get(stage="review")
    done = english.post(url("act", case, "deliver"), sending(case, how="hand"), follow=True).content.decode()
    assert "The person&#x27;s time for this runs from it: Re-review." in done
    decision.refresh_from_db()
    assert decision.delivered_at is not None
    assert "Now the person may ask for this: Re-review." in done


def test_who_reviews_has_before_them_what_is_reviewed(cn_cast, at_desk, now):
    """All of it, under its name and that of whoever signed it; only the opinion stood on the matter's page, and none of
    it beside the review that was being written."""
    case = at_review(cn_cast, now)
    reviewer = at_desk(cn_cast.county_leader)
    for where in ("case", "decide"):
        page = reviewer.get(url(where, case)).content.decode()
        assert f"Decision: {cn_cast.post(cn_cast.leader).name_en}, {cn_cast.roads.name_en}" in page
        for text in PARTS.values():
            assert text in page


def test_the_file_names_each_decision_and_says_which_stands_no_more(cn_cast, now):
    """Three papers of three bodies stood in it under a day and a post, and one that a review had revoked like the rest."""
    case = at_review(cn_cast, now)
    deciding.send_decision(
        case_id=case.pk, outcome="revoked", parts=PARTS, by=cn_cast.actor(cn_cast.county_leader),
        seen_version=case.version, now=now,
    )  # fmt: skip
    persons.see_decisions(case_id=case.pk, now=now)
    case.refresh_from_db()
    with translation.override("zh-hans"):
        words = words_of(case_file(printed(PersonPage(case, now)), "zh-hans"))
    reviewed, decided = words.index("复查意见（"), words.index("处理意见（")
    assert decided < words.index(bare("已被复查（复核）撤销，不再有效")) < reviewed
    assert bare(cn_cast.county_root.name_zh + cn_cast.post(cn_cast.county_leader).name_zh) in words[reviewed:]


def test_what_a_unit_could_do_while_it_had_the_matter_leads_to_where_it_is(cn_cast, at_desk, now):
    """A page left open said that whoever had handled it had the wrong post. What was typed is given back all the same."""
    case = at_review(cn_cast, now)
    leader = at_desk(cn_cast.leader)
    for there in (url("act", case, "ask"), url("decide", case)):
        page = leader.get(there, follow=True)
        assert page.redirect_chain[-1][0] == url("case", case)
        assert f"{cn_cast.county_root.name_en} has this matter now" in page.content.decode()
    sent = leader.post(url("act", case, "ask"), sending(case, text="Which of the lamps is it, please?"))
    assert sent.status_code == 403
    assert "Which of the lamps" in sent.content.decode()
    assert at_desk(cn_cast.auditor).get(url("act", case, "ask")).status_code in (403, 404)


def test_a_unit_that_has_it_again_does_not_stand_among_those_who_had_it(cn_cast, at_desk, now):
    case = at_review(cn_cast, now)
    sent = {f"part_{code}": text for code, text in PARTS.items()}
    sending_it = sending(case, do="send", outcome="revoked", seen_draft=0, **sent)
    at_desk(cn_cast.county_leader).post(url("decide", case), sending_it)
    page = at_desk(cn_cast.leader).get(url("case", case)).content.decode()
    assert f"{cn_cast.county_root.name_en} · had it before" in " ".join(page.split())
    assert f"{cn_cast.roads.name_en} · had it before" not in " ".join(page.split())


def test_what_a_review_revoked_goes_back_to_who_decided_first(cn_cast, at_desk, now):
    """At once and with a date: it was a dead end, decided, never ended, and owed by nobody."""
    case = at_review(cn_cast, now)
    handling.take_charge(
        case_id=case.pk, by=cn_cast.actor(cn_cast.county_leader), seen_version=case.version, now=now
    )
    case.refresh_from_db()
    reviewer = at_desk(cn_cast.county_leader)
    sent = {f"part_{code}": text for code, text in PARTS.items()}
    sending_it = sending(case, do="send", outcome="revoked", seen_draft=0, **sent)
    page = reviewer.post(url("decide", case), sending_it, follow=True)
    assert page.status_code == 200
    assert "which has to decide anew" in page.content.decode()
    case.refresh_from_db()
    assert case.charge_post is None, "who reviewed it does not sign what may be reviewed next"
    assert not Deadline.objects.filter(case=case, step="deliver", met_seq=None, voided_seq=None).exists()
    letter = words_of(letters.letter_of(case.decisions.get(stage="review")))
    assert bare("重新作出处理意见") in letter
    assert bare(f"向{cn_cast.roads.name_zh}提出") not in letter, "nobody has to ask for it"
    assert "复核" not in letter, "no review of a review that left nothing is open"
    told_so = at_desk(cn_cast.leader).post(
        url("act", case, "deliver"), sending(case, how="hand"), follow=True
    )
    assert "no time of the person" in told_so.content.decode()
    case.refresh_from_db()
    assert (case.unit, case.leader_post) == (cn_cast.roads, cn_cast.post(cn_cast.leader))
    assert (case.state, case.stage) == ("accepted", "handle")
    assert "revoked by a review" in read(at_desk(cn_cast.leader), "case", case)
    persons.see_decisions(case_id=case.pk, now=now)
    page = PersonPage(case, now)
    assert "anew: the review revoked" in page.sentence
    assert [d.is_revoked for d in page.decisions] == [False, True], "what stands no more says so"
    assert page.decisions[0].solved == (), "a review that left nothing solves nothing"
    assert case.due_at is not None
    assert Message.objects.filter(case=case, code="reopened_back").exists()
    reactions.dispatch(now + timedelta(minutes=1))
    assert told(case, cn_cast.post(cn_cast.leader))[-1] == "reopened_back"
    again = deciding.send_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=cn_cast.actor(cn_cast.leader),
        seen_version=case.version, now=now,
    )  # fmt: skip
    assert again.stage == "handle"


def test_rule_02_what_a_review_revoked_takes_no_unchecked_photograph_along(cn_cast, now):
    case = at_review(cn_cast, now)
    Attachment.objects.create(
        case=case, act_seq=1, from_person=True, name="foto.jpg", media_type="image/jpeg", size=1,
        sha256=b"0" * 32, sealed=b"0", at=now,
    )  # fmt: skip
    with pytest.raises(CannotAct) as refusal:
        deciding.send_decision(
            case_id=case.pk, outcome="revoked", parts=PARTS, by=cn_cast.actor(cn_cast.county_leader),
            seen_version=case.version, now=now,
        )  # fmt: skip
    assert refusal.value.code == "files_held"
    case.refresh_from_db()
    assert case.state == "review", "nothing was sent"


def test_a_draft_of_a_review_given_back_is_no_news_of_those_under_review(cn_cast, now):
    case = accepted(cn_cast, now - timedelta(days=3), kind="claim")
    below, above = cn_cast.actor(cn_cast.handler), cn_cast.actor(cn_cast.county_leader)
    written = {"outcome": "not_supported", "parts": PARTS}
    deciding.draft_decision(case_id=case.pk, by=below, seen_draft=0, now=now - timedelta(days=2), **written)
    case.refresh_from_db()
    by = cn_cast.actor(cn_cast.leader)
    deciding.send_decision(
        case_id=case.pk, by=by, seen_version=case.version, now=now - timedelta(days=2), **written
    )
    persons.see_decisions(case_id=case.pk, now=now - timedelta(days=2))
    persons.ask_review(case_id=case.pk, text="还是不亮。", now=now - timedelta(days=1))
    again = {"outcome": "upheld", "parts": PARTS}
    deciding.draft_decision(case_id=case.pk, by=above, seen_draft=0, now=now, is_ready=True, **again)
    case.refresh_from_db()
    deciding.return_draft(case_id=case.pk, why="短一些。", by=above, seen_version=case.version, now=now)
    reactions.dispatch(now + timedelta(minutes=1))
    assert "draft_returned" not in told(case, cn_cast.post(cn_cast.handler))


def test_the_office_takes_up_no_decision_that_stands(cn_cast, at_desk, now):
    """The person's days for a review would end with it."""
    case = at_review(cn_cast, now)
    sent = {f"part_{code}": text for code, text in PARTS.items()}
    reviewer = at_desk(cn_cast.county_leader)
    reviewer.post(url("decide", case), sending(case, do="send", outcome="upheld", seen_draft=0, **sent))
    by = cn_cast.actor(cn_cast.county_leader)
    with pytest.raises(CannotAct) as refusal:
        deciding.reopen_case(case_id=case.pk, by=by, seen_version=None, now=now, why="x")
    assert refusal.value.code == "state_forbids"


def test_what_the_person_calls_unsolved_is_taken_up_again_at_once(cast, at_desk, now):
    """It had to be closed first, which told the person the opposite."""
    case = accepted(cast, now - timedelta(days=2))
    leader = at_desk(cast.leader)
    leader.post(url("decide", case), draft(case, do="send"))
    persons.see_decisions(case_id=case.pk, now=now)
    assert url("act", case, "reopen") not in leader.get(url("case", case)).content.decode()
    persons.say_solved(case_id=case.pk, solved=False, now=now)
    assert "take it up again, or write why not" in leader.get(url("case", case)).content.decode()
    leader.post(url("act", case, "reopen"), sending(case, why="Still dark."))
    case.refresh_from_db()
    assert (case.state, case.person_solved) == ("accepted", None)
    leader.post(url("decide", case), draft(case, do="send"))
    persons.see_decisions(case_id=case.pk, now=now)
    page = leader.get(url("case", case)).content.decode()
    assert url("act", case, "reopen") not in page, "of the new answer they have said nothing yet"
    assert "take it up again, or write why not" not in page


def test_the_letter_of_a_review_is_called_so(cn_cast, now):
    case = at_review(cn_cast, now)
    pack = load_pack(case.pack)
    titles = [letters._title(pack, stage, "zh-hans") for stage in ("handle", "review", "rereview")]
    assert titles == ["", "复查意见书", "复核意见书"]
    assert letters._title(pack, "review", "en") == "Review decision"
    first = case.decisions.get(stage="handle")
    named = letters.remedies_of(case, pack, "handle", "en", first, post=first.post, at=now)[0]
    assert named.body == case.unit.name_en, "the first letter names the body to which the review goes"


def test_a_decided_case_names_first_what_the_office_still_owes(cn_cast, at_desk, now):
    case = accepted(cn_cast, now - timedelta(days=1), kind="claim")
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cn_cast.actor(cn_cast.leader),
        seen_version=case.version,
        now=now,
    )
    page = at_desk(cn_cast.clerk).get(url("case", case)).content.decode()
    first = page[page.index("deadline-sentence") :][:600]
    assert "Roads office still has to do this" in first
    assert "5 working days left" in first or "working days left" in first


def test_what_is_not_accepted_yet_is_first_accepted_and_only_who_signs_reads_of_signing(cast, at_desk, now):
    fresh = registered(cast, now).case
    page = at_desk(cast.leader).get(url("case", fresh)).content.decode()
    assert f'class="button button-plain" href="{url("decide", fresh)}"' in page
    assert f'class="button" href="{url("act", fresh, "accept")}"' in page
    case = accepted(cast, now)
    deciding.draft_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.handler),
        seen_draft=0,
        now=now,
        is_ready=True,
    )
    assert "Read the draft and sign" in at_desk(cast.leader).get(url("case", case)).content.decode()
    own = at_desk(cast.handler).get(url("case", case)).content.decode()
    assert "Read the draft" in own
    assert "and sign" not in own


def test_a_handler_asks_the_leader_for_more_time_while_there_is_some(cn_cast, at_desk, now):
    case = accepted(cn_cast, now - timedelta(days=3), kind="claim")
    before = list(Deadline.objects.filter(case=case).order_by("pk").values_list("pk", "late_from"))
    assert (
        url("act", case, "askextend") not in at_desk(cn_cast.leader).get(url("case", case)).content.decode()
    )
    handler = at_desk(cn_cast.handler)
    page = handler.get(url("case", case)).content.decode()
    assert url("act", case, "askextend") in page
    assert url("act", case, "extend") not in page
    done = handler.post(
        url("act", case, "askextend"), sending(case, number=10, why="Parts come late."), follow=True
    )
    assert "The leader was told." in done.content.decode()
    assert kinds(case)[-1] == "noted"
    assert Note.objects.get(case=case).body == "Parts come late."
    assert before == list(Deadline.objects.filter(case=case).order_by("pk").values_list("pk", "late_from"))
    reactions.dispatch(now + timedelta(minutes=1))
    assert Notice.objects.filter(post_id=cn_cast.post(cn_cast.leader).pk, code="extension_asked").count() == 1
    late = max(late_from for _pk, late_from in before)
    with pytest.raises(CannotAct) as refusal:
        handling.ask_extension(
            case_id=case.pk,
            number=5,
            why="Late.",
            by=cn_cast.actor(cn_cast.handler),
            seen_version=None,
            now=late,
        )
    assert refusal.value.code == "no_time_left"


def test_an_erased_matter_says_so_first(cast, at_desk, now):
    case = accepted(cast, now - timedelta(days=1))
    persons.write(case_id=case.pk, text="It is the one by the school.", now=now)
    persons.withdraw(case_id=case.pk, now=now)
    erasure.ask_erasure(case_id=case.pk, now=now)
    erasure.sweep(now)
    html = at_desk(cast.handler).get(url("case", case)).content.decode()
    assert "nobody can read any more who brought it" in html
    for untrue in (
        "who can take that back",
        "only files were added",
        "Issue a new one",
        "other posts act on it",
    ):
        assert untrue not in html
