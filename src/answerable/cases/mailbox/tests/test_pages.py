"""The pages of mailboxes: the administrator sees how they do and no message; the unit's clerks see what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from answerable.cases.desk.wording import names_for
from answerable.cases.mailbox import taking
from answerable.cases.mailbox.models import Mail, Mailbox
from answerable.cases.mailbox.services import open_mailbox
from answerable.cases.models import Case
from answerable.cases.person import wording
from answerable.cases.person.looks import looks_at
from answerable.core import clock
from answerable.record.models import Act, Opening
from answerable.record.queries import shown
from tests.cast import Cast

from .mails import raw
from .test_taking import wished

pytestmark = pytest.mark.django_db(transaction=True)


def at_desk(staff, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(staff)
    return client


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.DEMO = True


@pytest.fixture
def box(cast: Cast) -> Mailbox:
    by = cast.actor(cast.administrator)
    row = open_mailbox(
        authority=cast.town, wished=wished(cast), password="very secret", by=by, now=clock.now()
    )
    now = clock.now()
    taking.take(row, raw(Auto_Submitted="auto-replied"), arrived_at=now - timedelta(hours=1), now=now)
    return row


def typed(cast: Cast, **more: object) -> dict[str, object]:
    base = {
        "address": "new@town.example",
        "host": "imap.town.example",
        "port": 993,
        "security": "tls",
        "username": "new",
        "password": "p",
        "folder": "INBOX",
        "done_folder": "Answerable",
        "done_days": 30,
        "since": "2026-03-01",
        "unit": cast.roads.pk,
        "subject": cast.lamps.pk,
    }
    return base | more


def test_the_administrator_adds_changes_and_pauses_one_and_sees_no_message(cast, box):
    admin = at_desk(cast.administrator)
    page = admin.get(reverse("mailbox:home")).content.decode()
    assert "help@town.example" in page
    assert "1 message waits" in page
    assert "路灯不亮" not in page
    mail = Mail.objects.get()
    assert admin.get(reverse("mailbox:mail", args=[mail.pk])).status_code == 404
    assert admin.post(reverse("mailbox:new"), typed(cast)).status_code == 303
    made = Mailbox.objects.get(address="new@town.example")
    change = reverse("mailbox:edit", args=[made.pk])
    assert "very secret" not in admin.get(change).content.decode()
    kept = bytes(made.sealed)
    assert admin.post(change, typed(cast, password="", seen_version=1, folder="In")).status_code == 303
    made.refresh_from_db()
    assert (made.folder, bytes(made.sealed)) == ("In", kept)
    stale = admin.post(change, typed(cast, password="", seen_version=1))
    assert stale.status_code == 422
    assert "colleague" in stale.content.decode()
    admin.post(reverse("mailbox:pause", args=[made.pk]), {"do": "pause"})
    made.refresh_from_db()
    assert made.is_paused
    said = b"".join(bytes(one.body) for one in Opening.objects.filter(act__kind__startswith="mailbox."))
    assert Act.objects.filter(kind__startswith="mailbox.").count() == 4
    assert b"very secret" not in said


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"password": ""}, "password"),
        ({"address": "HELP@town.example"}, "already"),
        ({"host": "http://x"}, "server"),
        ({"security": "none"}, "reads along"),
        ({"port": "0"}, "port"),
        ({"done_folder": "inbox"}, "another folder"),
        ({"host": "127.0.0.1", "port": "1", "security": "none", "username": "town"}, "folder of its own"),
    ],
)
def test_what_cannot_be_kept_gets_a_sentence(cast, box, wrong, word):
    answer = at_desk(cast.administrator).post(reverse("mailbox:new"), typed(cast, **wrong))
    assert answer.status_code == 422
    assert word in answer.content.decode()


def test_a_clerk_makes_a_matter_of_what_waits_and_others_do_not_see_it(cast, box):
    mail = Mail.objects.get()
    page, where = reverse("mailbox:home"), reverse("mailbox:mail", args=[mail.pk])
    clerk = at_desk(cast.clerk, "zh-hans")
    listed = clerk.get(page).content.decode()
    assert "help@town.example · INBOX" in listed
    for words in ("路灯不亮", "li@example.org"):
        assert words not in listed + clerk.get(where).content.decode(), "a list shows none of its words"
    assert str(mail.pk) not in at_desk(cast.water_leader).get(page).content.decode()
    assert at_desk(cast.water_leader).get(where).status_code == 404
    assert at_desk(cast.mayor).get(where).status_code == 200
    answer = {"subject": cast.pipes.pk, "conduct": "no"}
    assert clerk.post(where, {"subject": cast.pipes.pk}).status_code == 422, "nobody goes past the question"
    assert clerk.post(where, answer).status_code == 303
    assert Case.objects.get().unit == cast.water
    assert clerk.post(where, answer).status_code == 404


def test_rule_06_reading_what_waits_is_an_act_that_its_person_sees(cast, box):
    mail = Mail.objects.get()
    where, clerk = reverse("mailbox:mail", args=[mail.pk]), at_desk(cast.clerk)
    words, subject = "村口的路灯", "路灯不亮"
    before = clerk.get(where).content.decode()
    assert words not in before
    assert subject not in before
    assert words not in clerk.post(where, {"subject": "x"}).content.decode()
    assert not Act.objects.filter(kind="mailbox.mail_read").exists()
    opened = clerk.post(where, {"do": "read"}).content.decode()
    assert words in opened
    assert subject in opened
    act = Act.objects.get(kind="mailbox.mail_read")
    assert (act.matter_id, act.post_id) == (mail.pk, cast.post(cast.clerk).pk)
    assert words in clerk.post(where, {"subject": "x"}).content.decode(), (
        "a mistake in the form costs no second look"
    )
    assert words not in at_desk(cast.mayor).post(where, {"subject": "x"}).content.decode()
    typed = {"subject": cast.lamps.pk, "conduct": "yes", "units": [cast.roads.pk]}
    clerk.post(where, typed)
    case = Case.objects.get()
    assert (case.unit, case.is_conduct, case.is_nature_open) == (cast.discipline, True, False)
    looks = looks_at(case, [], [], local_day=lambda at: at.date())
    assert [look.who for look in looks] == [wording.who(shown(act), names_for(case, [shown(act)], [], {}))]


def test_what_is_no_matter_is_set_aside(cast, box):
    mail = Mail.objects.get()
    assert at_desk(cast.clerk).post(reverse("mailbox:leave", args=[mail.pk])).status_code == 303
    mail.refresh_from_db()
    assert (mail.outcome, mail.sealed) == ("left", None)
    assert not Case.objects.exists()
