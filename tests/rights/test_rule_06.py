"""Rule 6: every look is seen."""

from __future__ import annotations

import pytest

from answerable.alerts import sender
from answerable.alerts.models import Delivery
from answerable.cases import access
from answerable.cases.desk.wording import names_for, who_did
from answerable.cases.rules import Doing
from answerable.cases.services import handling
from answerable.core import clock
from answerable.orgs.models import Appointment, Hold
from answerable.parties.models import Channel, Party
from answerable.parties.steps import ChannelWish, Identity
from answerable.record import reactions
from answerable.record.models import Act
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO, MONDAY, registered

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {
    "privacy": "confidential",
    "identities": (Identity("孙巧云", "桥头三组"),),
    "channel": ChannelWish("email", "someone@example.org"),
}


def looks_at(person):
    return Act.objects.filter(matter_id=person.case_id, kind="identity.looked")


def test_rule_06_identity_and_channel_lie_sealed_apart_from_the_case(bring, everything_stored):
    person = bring(**WHO)
    stored = everything_stored()
    for word in ("孙巧云", "桥头三组", "someone@example.org"):
        assert word not in stored
        assert word.encode().hex() not in stored
    party, channel = Party.objects.get(case_id=person.case_id), Channel.objects.get(case_id=person.case_id)
    assert party.pk != channel.pk
    assert bytes(party.sealed) != bytes(channel.sealed)


def test_rule_06_opening_takes_a_reason_is_an_act_and_is_shown_at_once(bring, cast, at_desk):
    person = bring(accept=True, **WHO)
    desk = at_desk(cast.handler)
    url = f"/desk/case/{person.case_id}/identity"
    assert "孙巧云" not in desk.get(url).content.decode()
    refused = desk.post(url, {"reason": " ", "seen_version": person.case.version})
    assert refused.status_code == 422
    assert "孙巧云" not in refused.content.decode()
    assert looks_at(person).count() == 0
    shown = desk.post(url, {"reason": "to send the letter", "seen_version": person.case.version})
    assert "孙巧云" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert looks_at(person).count() == 1
    html = person.page("looks")
    assert "Handler, Roads office" in html
    assert "to send the letter" in html
    assert "孙巧云" not in desk.get(f"/desk/case/{person.case_id}").content.decode()


def test_rule_06_the_person_is_told_that_there_is_news(bring, cast, at_desk):
    person = bring(accept=True, **WHO)
    at_desk(cast.handler).post(
        f"/desk/case/{person.case_id}/identity",
        {"reason": "to send the letter", "seen_version": person.case.version},
    )
    looked = looks_at(person).get()
    while reactions.dispatch(clock.now()):
        pass
    assert Delivery.objects.filter(key=f"news:{looked.pk}").exists()


def test_rule_06_auditors_administrators_and_others_cannot_look(bring, cast, at_desk):
    person = bring(accept=True, **WHO)
    url = f"/desk/case/{person.case_id}/identity"
    for staff in (cast.auditor, cast.administrator, cast.water_leader, cast.county_leader):
        response = at_desk(staff).post(url, {"reason": "x", "seen_version": person.case.version})
        assert response.status_code in (302, 403, 404), staff
        assert "孙巧云" not in response.content.decode()
    assert looks_at(person).count() == 0


def test_rule_06_sending_a_message_is_not_a_look_and_no_page_shows_a_channel(
    bring, cast, at_desk, settings, mailoutbox
):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "mail"
    person = bring(accept=True, **WHO)
    handling.ask_person(
        case_id=person.case_id,
        text="Which lamp?",
        by=cast.actor(cast.clerk),
        seen_version=person.case.version,
        now=clock.now(),
    )
    while reactions.dispatch(clock.now()):
        pass
    sender.send_due(clock.now)
    assert mailoutbox
    assert looks_at(person).count() == 0
    desk = at_desk(cast.handler)
    looked = desk.post(
        f"/desk/case/{person.case_id}/identity", {"reason": "x", "seen_version": person.case.version}
    )
    for response in (looked, desk.get(f"/desk/case/{person.case_id}"), person.client.get("/case/reach")):
        assert "someone@example.org" not in response.content.decode()


def test_rule_06_a_look_stands_under_the_post_that_looked(cast):
    """Whoever is a deputy elsewhere looks under their own post; where only the other one may, that is said."""
    Appointment.objects.create(
        post=cast.post(cast.mayor), staff=cast.leader, hold=Hold.DEPUTY, from_at=LONG_AGO
    )
    case = registered(cast).case
    reader = access.reader_for(cast.leader, MONDAY)
    own = reader.actor_on(Doing.LOOK, case)
    assert (own.post_id, own.stands_in) == (cast.post(cast.leader).pk, False)
    Appointment.objects.create(
        post=cast.post(cast.leader), staff=cast.handler, hold=Hold.DELEGATE, from_at=LONG_AGO
    )
    signs = access.reader_for(cast.handler, MONDAY).actor_on(Doing.SIGN, case)
    assert (signs.post_id, signs.stands_in) == (cast.post(cast.leader).pk, True)
    handling.note_case(case_id=case.pk, text="x", by=signs, now=MONDAY)
    act = acts_of(case.pk)[-1]
    assert act.stands_in
    assert who_did(act, names_for(case, [act], [], {})).endswith(("（代）", "(by whoever stands in)"))
