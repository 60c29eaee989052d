"""One told matter made two: nobody loses a date, a file, their protection or their way in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from answerable.alerts.models import Delivery
from answerable.cases.files import Accepted, attach, content
from answerable.cases.models import Accused, Attachment, Case, Deadline, Message
from answerable.cases.services import dividing, grouping, handling, persons
from answerable.cases.services.dividing import CannotDivide
from answerable.core import clock
from answerable.core.refusals import Changed
from answerable.parties.models import Channel, Party
from answerable.parties.steps import ChannelWish, Identity, open_channel, open_identity
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import MONDAY, accepted, registered

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=3)


def divide(cast, case: Case, now=LATER, **more) -> Case:
    case.refresh_from_db()
    fields = {
        "case_id": case.pk,
        "own_title": "Lamp",
        "title": "Pipe",
        "subject": cast.pipes.pk,
        "why": "两件事。",
        "by": cast.actor(cast.clerk),
        "seen_version": case.version,
        "now": now,
    }
    return dividing.divide_case(**(fields | more))


def clocks(case: Case) -> list[tuple]:
    rows = Deadline.objects.filter(case=case).order_by("pk")
    return [(r.step, r.started_at, r.late_from, r.met_at, r.is_open, r.is_supervising) for r in rows]


def test_rule_07_the_second_has_every_date_of_the_first(cast):
    case = accepted(cast)
    before = clocks(case)
    second = divide(cast, case)
    assert clocks(second) == before == clocks(case)
    case.refresh_from_db()
    assert (second.received_at, second.due_at, second.state) == (MONDAY, case.due_at, "accepted")
    first_act = acts_of(second.pk)[0]
    assert (first_act.kind, first_act.happened_at) == ("case.registered", MONDAY)


def test_rule_07_a_late_case_stays_late_in_both(cast):
    from answerable.cases.services.supervision import lift_deadline, newly_late

    case = accepted(cast)
    late = MONDAY + timedelta(days=60)
    for pk in newly_late(late):
        lift_deadline(deadline_id=pk, now=late)
    second = divide(cast, case, late)
    assert second.is_lifted
    watching = Deadline.objects.get(case=second, is_supervising=True)
    assert watching.lifted_from.case_id == second.pk
    assert [pk for pk in newly_late(late) if Deadline.objects.get(pk=pk).case_id == second.pk] == []


def test_both_records_name_each_other_and_both_go_on(cast):
    case = accepted(cast)
    second = divide(cast, case)
    assert acts_of(case.pk)[-1].body["case"] == str(second.pk)
    assert acts_of(second.pk)[0].body["case"] == str(case.pk)
    assert second.text.claim == case.text.claim
    assert (second.text.title, Case.objects.get(pk=case.pk).text.title) == ("Pipe", "Lamp")
    handling.reply_to_person(
        case_id=second.pk, text="看过了。", by=cast.actor(cast.clerk), seen_version=None, now=LATER
    )
    assert not any(f.is_relation and f.name.startswith("divid") for f in Case._meta.get_fields())


def test_rules_05_and_06_who_they_are_goes_along_sealed_and_stays_kept_from_the_accused(cast):
    told = {
        "privacy": "confidential",
        "identities": (Identity("王芳", "东村 3 号"),),
        "channel": ChannelWish("email", "wang@example.org"),
        "is_conduct": True,
        "accused_staff": (cast.leader.pk,),
    }
    case = registered(cast, **told).case
    by = cast.actor(cast.discipline_head)
    attach(case, [Accepted("a.txt", "text/plain", b"paper", b"x" * 32)], by=Actor.person(), now=MONDAY)
    second = divide(cast, case, by=by)
    assert second.is_conduct
    assert Accused.objects.get(case=second).staff == cast.leader
    party = Party.objects.get(case_id=second.pk)
    assert open_identity(party)["name"] == "王芳"
    assert bytes(party.sealed) != bytes(Party.objects.get(case_id=case.pk).sealed)
    assert open_channel(Channel.objects.get(case_id=second.pk)) == "wang@example.org"
    assert content(Attachment.objects.get(case=second)) == b"paper"
    kinds = {act.kind for pk in (case.pk, second.pk) for act in acts_of(pk)}
    assert "identity.looked" not in kinds, "a machine carried it over; nobody looked"


def test_erasing_one_leaves_the_other(cast):
    from answerable.cases.services.erasure import ask_erasure

    case = registered(cast, privacy="open", identities=(Identity("王芳"),)).case
    second = divide(cast, case)
    persons.withdraw(case_id=case.pk, now=LATER)
    ask_erasure(case_id=case.pk, now=LATER + timedelta(days=400))
    assert open_identity(Party.objects.get(case_id=second.pk))["name"] == "王芳"


def test_undoing_merges_it_back_and_keeps_its_receipt(cast):
    case = accepted(cast)
    second = divide(cast, case)
    dividing.undo_division(
        case_id=case.pk, second_id=second.pk, why="误分。", by=cast.actor(cast.clerk), now=LATER
    )
    second.refresh_from_db()
    assert (second.merged_into_id, second.ended_at) == (case.pk, None)


def test_what_moved_on_is_not_undone(cast):
    case = accepted(cast)
    second = divide(cast, case)
    handling.note_case(case_id=second.pk, text="x", by=cast.actor(cast.clerk), now=LATER)
    with pytest.raises(CannotDivide, match="already. Merge"):
        dividing.undo_division(
            case_id=case.pk, second_id=second.pk, why="x", by=cast.actor(cast.clerk), now=LATER
        )


def test_refusals(cast):
    case = accepted(cast)
    with pytest.raises(Changed):
        divide(cast, case, seen_version=99)
    with pytest.raises(CannotDivide, match="a title"):
        divide(cast, case, title=" ")
    lead = accepted(cast)
    grouping.join_case(
        case_id=case.pk,
        lead_id=lead.pk,
        why="x",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=LATER,
    )
    with pytest.raises(CannotDivide, match="Take it out"):
        divide(cast, case)


@pytest.fixture
def person_in(cast):
    """A browser in which the receipt of a new matter was typed in; and the matter."""

    def enter(receipt) -> Client:
        browser = Client(headers={"accept-language": "en"})
        browser.post(reverse("person:enter"), {"code": receipt.code, "secret": receipt.secret})
        return browser

    return enter


def test_the_person_opens_the_second_with_the_first_receipt_and_takes_its_own(cast, person_in):
    now = clock.now()
    receipt = registered(cast, now, channel=ChannelWish("email", "a@example.org"))
    second = divide(cast, receipt.case, now)
    browser = person_in(receipt)
    page = browser.get(reverse("person:page")).content.decode()
    assert second.code in page
    assert "No date became later." in page
    assert browser.post(reverse("person:second", args=[2])).status_code == 404
    page = browser.post(reverse("person:second", args=[1]), follow=True).content.decode()
    assert second.code in page
    assert "A receipt of its own" in page
    page = browser.post(reverse("person:own_receipt")).content.decode()
    secret = page.split('class="receipt-code">')[2].split("<")[0]
    other = Client(headers={"accept-language": "en"})
    other.post(reverse("person:enter"), {"code": second.code, "secret": secret})
    page = other.get(reverse("person:page")).content.decode()
    assert second.code in page
    assert "A receipt of its own" not in page
    other.post(reverse("person:own_receipt"))
    second.refresh_from_db()
    assert len([a for a in acts_of(second.pk) if a.kind == "receipt.reissued"]) == 1
    page = person_in(receipt).get(reverse("person:page")).content.decode()
    assert "Open the second matter" in page
    assert "Lamp" in page, "which of the two this one is"
    assert "Pipe" in page, "which of the two the other is"


def test_a_stranger_reaches_no_second(cast):
    case = accepted(cast)
    divide(cast, case)
    assert Client().post(reverse("person:second", args=[1])).status_code in (303, 403)


def test_the_person_is_told_once(cast):
    from answerable.cases.reactions import send_news

    case = registered(cast, channel=ChannelWish("email", "a@example.org")).case
    second = divide(cast, case)
    divided = [(one, act) for one in (case, second) for act in acts_of(one.pk) if act.kind == "case.divided"]
    for one, act in divided:
        send_news(one.pk, act, LATER)
    assert Delivery.objects.count() == 1
    codes = set(Message.objects.values_list("code", flat=True))
    assert {"divided", "divided_from"} <= codes
