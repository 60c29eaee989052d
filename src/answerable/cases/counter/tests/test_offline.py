"""Taken down without a network: reserved receipts, sent later, never twice, never lost."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from answerable.alerts.models import Notice
from answerable.cases.access import readable_cases, reader_for
from answerable.cases.counter import sealing
from answerable.cases.counter.tests.test_counter import said, signed_in
from answerable.cases.models import Case, ReservedCode
from answerable.cases.services import reserving
from answerable.cases.services.receipts import case_behind
from answerable.core import clock, codes
from answerable.orgs.models import Appointment, Hold, Post, Role
from answerable.record import reactions
from answerable.record.models import Act
from tests.cast import LONG_AGO, staffed

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """The second factor has its own tests; the demo may skip it."""
    settings.DEMO = True


def taken(client: Client, count: int = 5) -> list[dict[str, str]]:
    answer = client.post(reverse("desk:counter:reserve"), {"count": count}, content_type=JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()["codes"]


def body_of(cast, code: str, *, told_at: str = "", **more: object) -> dict[str, object]:
    """What the device keeps and sends; `iv` may be fixed, each sealing has its own key."""
    fields = {name: value for name, value in said(cast, **more).items() if value != ""}
    content = {"fields": fields, "told_at": told_at or clock.now().isoformat()}
    return {"code": code, "sealed": sealing.seal(content, code, b"\0" * 12)}


def send(client: Client, body: dict[str, object]):
    return client.post(reverse("desk:counter:send"), body, content_type=JSON)


def aged(code: str, **ago: int) -> None:
    ReservedCode.objects.filter(code=code).update(reserved_at=clock.now() - timedelta(**ago))


def test_codes_are_reserved_for_the_post_and_only_the_digest_stays(cast):
    got = taken(signed_in(cast.clerk))
    assert len({one["code"] for one in got}) == 5
    for one in got:
        assert codes.is_counter_code(one["code"])
        row = ReservedCode.objects.get(code=one["code"])
        assert row.post_id == cast.post(cast.clerk).pk
        assert one["secret"].encode() not in bytes(row.secret_mac)
    act = Act.objects.get(kind="counter.codes_reserved")
    assert act.post_id == cast.post(cast.clerk).pk


def test_a_post_holds_no_more_than_it_may(cast):
    client = signed_in(cast.clerk)
    taken(client, 40)
    answer = client.post(reverse("desk:counter:reserve"), {"count": 5}, content_type=JSON)
    assert answer.status_code == 409
    assert "40" in answer.json()["sentence"]
    assert ReservedCode.objects.count() == 40


def test_sent_later_it_is_registered_under_the_receipt_in_the_persons_hand(cast):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    aged(one["code"], days=3)
    told_at = clock.now() - timedelta(days=2)
    answer = send(client, body_of(cast, one["code"], told_at=told_at.isoformat()))
    assert answer.json()["state"] == "registered"
    case = case_behind(one["code"], one["secret"])
    assert case.received_at == told_at
    act = Act.objects.get(matter=case.pk, kind="case.registered")
    assert act.happened_at == told_at
    assert act.recorded_at > told_at + timedelta(days=1)
    assert set(case.deadlines.filter(is_office=True).values_list("started_at", flat=True)) == {told_at}


def test_danger_told_without_a_network_is_told_when_it_is_sent(cast):
    client = signed_in(cast.clerk)
    one, two = taken(client)[:2]
    assert send(client, body_of(cast, one["code"], danger="yes")).status_code == 200
    assert Case.objects.get(code=one["code"]).is_danger_told
    reactions.dispatch(clock.now() + timedelta(minutes=1))
    assert Notice.objects.get(post_id=cast.post(cast.clerk).pk, code="danger").is_urgent
    # A device that keeps its page from before the question was there never asked it.
    assert send(client, body_of(cast, two["code"], danger="")).status_code == 200
    assert not Case.objects.get(code=two["code"]).is_danger_told


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-400), None])
def test_a_device_whose_clock_is_wrong_cannot_move_the_start_outside_what_is_possible(cast, wrong):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    told_at = (clock.now() + wrong).isoformat() if wrong else "yesterday"
    assert send(client, body_of(cast, one["code"], told_at=told_at)).json()["state"] == "registered"
    case, row = Case.objects.get(), ReservedCode.objects.get(code=one["code"])
    assert row.reserved_at <= case.received_at <= case.registered_at


def test_a_letters_own_day_goes_first(cast):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    day = clock.now().astimezone(ZoneInfo(cast.town.zone)).date() - timedelta(days=6)
    send(client, body_of(cast, one["code"], intake="letter", received_on=day.isoformat()))
    assert Case.objects.get().received_at.astimezone(ZoneInfo(cast.town.zone)).date() == day


def test_killed_between_sending_and_the_answer_it_is_sent_again_and_registered_once(cast):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    body = body_of(cast, one["code"])
    first = send(client, body).json()
    again = send(client, body).json()
    assert (first["state"], again["state"], again["again"]) == ("registered", "registered", True)
    assert Case.objects.count() == 1
    assert case_behind(one["code"], one["secret"]) is not None


def test_other_words_under_a_code_that_is_used_are_said_not_swallowed(cast):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    send(client, body_of(cast, one["code"]))
    answer = send(client, body_of(cast, one["code"], story="别的事情。"))
    assert answer.status_code == 422
    assert answer.json()["fields"]["story"] == "别的事情。"
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"name": "", "privacy": "anonymous"},
        {"channel": "email", "reach": "a@example.org"},
        {"wants": "赔偿。"},
    ],
)
def test_whatever_else_differs_is_not_swallowed_either(cast, more):
    """Two devices that came to one code, the one copied from the other."""
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    send(client, body_of(cast, one["code"]))
    answer = send(signed_in(cast.clerk), body_of(cast, one["code"], **more))
    assert answer.status_code == 422
    assert one["code"] in answer.json()["sentence"]


def test_a_refused_one_comes_back_with_its_words_and_can_be_put_right(cast):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    answer = send(client, body_of(cast, one["code"], channel="email", reach="nowhere"))
    assert answer.status_code == 422
    assert [name for name, _text in answer.json()["errors"]] == ["reach"]
    assert answer.json()["fields"]["story"] == "村口的路灯坏了两个月。"
    assert not Case.objects.exists()
    assert send(client, body_of(cast, one["code"])).status_code == 200


def test_nobody_uses_another_posts_code_or_reads_its_words(cast):
    one = taken(signed_in(cast.clerk))[0]
    body = body_of(cast, one["code"])
    other = send(signed_in(cast.handler), body)
    assert other.status_code == 409
    assert "路灯" not in other.content.decode()
    assert "Clerk" in other.json()["sentence"]
    assert not Case.objects.exists()
    assert send(signed_in(cast.clerk), body).status_code == 200


def test_someone_else_who_holds_the_post_may_send_it(cast):
    one = taken(signed_in(cast.clerk))[0]
    post = cast.post(cast.clerk)
    Appointment.objects.create(post=post, staff=cast.handler, hold=Hold.DEPUTY, from_at=LONG_AGO)
    assert send(signed_in(cast.handler), body_of(cast, one["code"])).status_code == 200
    assert Act.objects.get(kind="case.registered").post_id == post.pk


def test_what_waits_under_a_closed_posts_receipt_is_sent_by_another_of_its_role_in_the_unit_or_above(cast):
    """The receipt is in somebody's hand, and nobody can hold the post any more."""
    one = taken(signed_in(cast.clerk))[0]
    body = body_of(cast, one["code"])
    Post.objects.filter(pk=cast.post(cast.clerk).pk).update(closed_on=clock.now().date())
    elsewhere = staffed(cast.water, "clerk", Role.CLERK, "窗口", "Clerk of water")
    for nobody in (cast.handler, cast.leader, elsewhere):
        answer = send(signed_in(nobody), body)
        assert answer.status_code == 409
        assert "路灯" not in answer.content.decode()
        assert "was closed" in answer.json()["sentence"]
    above = staffed(cast.town_root, "clerk", Role.CLERK, "窗口", "Clerk of the town")
    assert send(signed_in(above), body).status_code == 200
    case = Case.objects.get()
    assert case.authority == cast.town
    assert case_behind(one["code"], one["secret"]) is not None
    assert Act.objects.get(kind="case.registered").post_id == cast.post(above).pk
    again = staffed(cast.roads, "second", Role.CLERK, "窗口", "Second clerk")
    assert send(signed_in(again), body).json()["again"] is True


def test_rule_05_a_device_of_the_accused_unit_holds_a_dead_secret_whoever_sends(cast):
    one = taken(signed_in(cast.clerk))[0]
    Post.objects.filter(pk=cast.post(cast.clerk).pk).update(closed_on=clock.now().date())
    above = signed_in(staffed(cast.town_root, "clerk", Role.CLERK, "窗口", "Clerk of the town"))
    about = {"conduct": "yes", "units": [str(cast.roads.pk)]}
    refused = send(above, body_of(cast, one["code"], **about))
    assert [name for name, _text in refused.json()["errors"]] == ["units"]
    about |= {"privacy": "anonymous", "name": ""}
    assert send(above, body_of(cast, one["code"], **about)).status_code == 200
    assert case_behind(one["code"], one["secret"]) is None


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_other_roles_neither_take_codes_nor_send(cast, role):
    client = signed_in(getattr(cast, role))
    for name in ("reserve", "send", "give_back"):
        assert client.post(reverse(f"desk:counter:{name}"), {}, content_type=JSON).status_code == 403
    for name in ("ready", "offline", "waiting", "state"):
        assert client.get(reverse(f"desk:counter:{name}")).status_code == 403


def test_a_session_that_ended_takes_nothing_and_says_so_by_a_redirect(cast):
    one = taken(signed_in(cast.clerk))[0]
    assert send(Client(), body_of(cast, one["code"])).status_code == 302
    assert Client().get(reverse("desk:counter:state")).status_code == 302
    assert ReservedCode.objects.get(code=one["code"]).used_at is None


def test_a_token_is_asked_for(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.clerk)
    assert client.post(reverse("desk:counter:send"), {}, content_type=JSON).status_code == 403


def test_what_ran_out_can_be_sent_late_and_later_comes_back_to_be_taken_down_anew(cast):
    client = signed_in(cast.clerk)
    late, gone = taken(client)[:2]
    now = clock.now()
    aged(late["code"], days=reserving.RESERVED_FOR.days + 5)
    aged(gone["code"], days=(reserving.RESERVED_FOR + reserving.SENT_WITHIN).days + 1)
    assert reserving.usable(cast.post(cast.clerk).pk, now).count() == 3
    assert send(client, body_of(cast, late["code"])).status_code == 200
    for _before_and_after_upkeep in range(2):
        answer = send(client, body_of(cast, gone["code"]))
        assert answer.status_code == 422
        assert answer.json()["needs_new"]
        assert answer.json()["fields"]["story"]
        reserving.tidy(now)
    assert not ReservedCode.objects.filter(code=gone["code"]).exists()
    assert ReservedCode.objects.filter(code=late["code"]).exists()


def test_a_wiped_devices_codes_end_and_used_ones_stay(cast):
    client = signed_in(cast.clerk)
    got = [one["code"] for one in taken(client)]
    send(client, body_of(cast, got[0]))
    assert signed_in(cast.handler).post(
        reverse("desk:counter:give_back"), {"codes": got}, content_type=JSON
    ).json() == {"ended": 0}
    answer = client.post(reverse("desk:counter:give_back"), {"codes": got}, content_type=JSON)
    assert answer.json() == {"ended": 4}
    assert list(ReservedCode.objects.values_list("code", flat=True)) == [got[0]]
    assert Act.objects.filter(kind="counter.codes_given_back").count() == 1


def test_sealed_words_open_under_their_own_code_alone(cast):
    client = signed_in(cast.clerk)
    one, two = taken(client)[:2]
    body = body_of(cast, one["code"]) | {"code": two["code"]}
    answer = send(client, body)
    assert answer.status_code == 422
    assert "does not open" in answer.json()["sentence"]
    assert not Case.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"code": "W", "sealed": {"key": "x"}}', "\x00"])
def test_nonsense_is_answered_with_a_sentence(cast, body):
    answer = signed_in(cast.clerk).post(reverse("desk:counter:send"), body, content_type=JSON)
    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_a_clerk_of_the_accused_office_holds_a_dead_secret(cast):
    client = signed_in(cast.clerk)
    one = taken(client)[0]
    accused = {"conduct": "yes", "units": [cast.roads.pk]}
    assert send(client, body_of(cast, one["code"], **accused)).status_code == 422
    done = send(client, body_of(cast, one["code"], **accused, privacy="anonymous", name=""))
    assert done.json() == {"state": "registered", "code": one["code"], "url": "", "again": False}
    assert case_behind(one["code"], one["secret"]) is None
    assert not readable_cases(reader_for(cast.clerk, clock.now())).exists()


def test_the_pages_that_a_device_keeps_hold_no_name_no_token_and_no_code(cast):
    client = signed_in(cast.clerk)
    got = taken(client)
    for name in ("offline", "waiting"):
        text = client.get(reverse(f"desk:counter:{name}")).content.decode()
        assert cast.clerk.name_en not in text
        assert "csrf" not in text
        assert not any(one["code"] in text or one["secret"] in text for one in got)


def test_the_worker_may_answer_for_every_page_of_the_counter():
    answer = Client().get(reverse("desk:counter:worker"))
    assert answer["Service-Worker-Allowed"] == reverse("desk:counter")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"caches" in answer.content
