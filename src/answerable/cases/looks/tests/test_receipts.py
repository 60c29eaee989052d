"""A lost receipt: a new secret by the chosen way or at the counter; the old one dies; the person sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from answerable.alerts import sender
from answerable.alerts.models import Delivery
from answerable.cases.models import SecretWish
from answerable.cases.services import receipts
from answerable.core import clock, codes
from answerable.parties import first_start
from answerable.parties.models import KnownKey
from answerable.parties.steps import ChannelWish, Identity
from answerable.record import reactions
from answerable.record.models import Act
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)
BOX = ChannelWish("email", "someone@example.org")


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """The second factor has its own tests; the demo may skip it."""
    settings.DEMO = True


def opens(done, secret: str | None) -> bool:
    return receipts.case_behind(done.code, secret or "") is not None


def signed_in(staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_new_secret_goes_the_chosen_way_and_lies_nowhere_in_clear(cast, settings, mailoutbox):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "mail"
    now = clock.now()
    done = registered(cast, now=now, channel=BOX, language="en")
    assert receipts.reissue_to_channel(code=done.code, now=now)
    assert opens(done, done.secret)
    row = Delivery.objects.get(purpose="reissued")
    assert set(row.facts) == {"sealed"}
    sender.send_due(lambda: now)
    (mail,) = mailoutbox
    assert mail.to == [BOX.address]
    assert done.code not in mail.body
    secret = next(word.strip(".") for word in mail.body.split() if word.count("-") == 3)
    assert opens(done, secret)
    assert receipts.enter(done.code, done.secret)
    assert receipts.enter(done.code, secret)
    assert not opens(done, done.secret)
    assert opens(done, secret)
    row.refresh_from_db()
    assert row.state == "sent"
    assert row.facts == {}
    assert secret not in str(list(Delivery.objects.values()))
    assert not receipts.reissue_to_channel(code=done.code, now=now + timedelta(hours=23))
    assert receipts.reissue_to_channel(code=done.code, now=now + timedelta(hours=25))


def test_a_message_that_waits_dies_with_its_channel(cast, settings):
    from answerable.cases.services import persons

    settings.EMAIL_HOST = "mail"
    now = clock.now()
    done = registered(cast, now=now, channel=BOX)
    receipts.reissue_to_channel(code=done.code, now=now)
    persons.change_channel(case_id=done.case.pk, wish=None, now=now)
    sender.send_due(lambda: now)
    row = Delivery.objects.get(purpose="reissued")
    assert row.state == "failed"
    assert row.facts == {}


def test_the_lost_page_answers_everything_alike(cast, client):
    known = registered(cast, now=clock.now(), channel=BOX)
    silent = registered(cast, now=clock.now())
    by_post = registered(cast, now=clock.now(), channel=ChannelWish("post", "Village 3"))

    bodies = set()
    for code in (known.code, silent.code, by_post.code, codes.new_code()):
        response = client.post("/case/lost", {"code": code}, headers={"accept-language": "en"})
        assert response.status_code == 200
        html = response.content.decode()
        bodies.add(html[html.index("<h1") : html.index("</main>")])
    assert len(bodies) == 1
    assert receipts.send_wanted(clock.now()) == 4
    assert not SecretWish.objects.exists()
    assert [row.matter for row in Delivery.objects.filter(purpose="reissued")] == [known.case.pk]
    for done in (known, silent, by_post):
        assert opens(done, done.secret)


def test_one_whose_key_is_lost_keeps_nobody_elses_new_secret_waiting(cast, tmp_path, settings):
    KnownKey.objects.all().delete()
    settings.ANSWERABLE_KEY_FILE = tmp_path / "key-file"
    first_start.open_key_file(tmp_path / "key-file")
    lost = registered(cast, now=clock.now(), channel=BOX)
    (tmp_path / "key-file").unlink()
    first_start.begin_again(tmp_path / "key-file")
    other = registered(cast, now=clock.now(), channel=BOX)
    for done in (lost, other):
        receipts.want_new_secret(code=done.code, now=clock.now())
    assert receipts.send_wanted(clock.now()) == 2
    assert [row.matter for row in Delivery.objects.filter(purpose="reissued")] == [other.case.pk]


def test_the_answer_takes_as_long_for_a_code_that_is_nobodys(cast, client):
    """What is done before the answer is the same, statement by statement; the rest is the worker's."""
    known = registered(cast, now=clock.now(), channel=BOX)
    done = []
    for code in (known.code, codes.new_code()):
        with CaptureQueriesContext(connection) as asked:
            client.post("/case/lost", {"code": code})
        done.append([q["sql"].split(" VALUES ")[0].split("WHERE")[0] for q in asked.captured_queries])
    assert done[0] == done[1]
    assert any("cases_secret_wish" in sql for sql in done[0])
    assert not any("cases_case" in sql for sql in done[0])


def test_at_the_counter_by_what_only_the_person_can_know(cast):
    done = registered(cast, now=clock.now(), channel=BOX, language="en")
    clerk = signed_in(cast.clerk)
    url = f"/desk/looks/{done.case.pk}/receipt"
    assert clerk.get(url).status_code == 200
    assert clerk.post(url, {}).status_code == 422
    response = clerk.post(url, {"told": ["words"]})
    assert response.status_code == 422
    assert "not enough to be sure" in response.content.decode()
    assert opens(done, done.secret)
    response = clerk.post(url, {"told": ["words", "when"]})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert not opens(done, done.secret)
    secret = response.context["secret"]
    assert opens(done, secret)
    act = Act.objects.get(matter_id=done.case.pk, kind="receipt.reissued")
    assert act.post_id == cast.post(cast.clerk).pk
    reactions.dispatch(clock.now())
    assert Delivery.objects.filter(purpose="news", matter=done.case.pk).exists()
    pdf = clerk.post(url + "/paper", {"secret": secret})
    assert pdf.content.startswith(b"%PDF")
    assert clerk.post(url + "/paper", {"secret": done.secret}).status_code == 303
    person = Client(headers={"accept-language": "en"})
    person.post("/case/", {"code": done.code, "secret": secret})
    html = person.get("/case/now").content.decode()
    assert "A new receipt was given out at the counter" in html
    assert "Clerk, Roads office" in html


def test_a_sealed_name_is_compared_not_shown_and_each_try_is_seen(cast):
    done = registered(
        cast,
        now=clock.now(),
        language="en",
        privacy="confidential",
        identities=(Identity("孙 巧云", "东村"),),
    )
    clerk = signed_in(cast.clerk)
    url = f"/desk/looks/{done.case.pk}/receipt"
    told = {"told": ["words", "when"]}
    response = clerk.post(url, told | {"name": "王小明"})
    assert response.status_code == 422
    assert "孙" not in response.content.decode()
    assert opens(done, done.secret)
    looked = Act.objects.filter(matter_id=done.case.pk, kind="identity.looked")
    assert looked.count() == 1
    assert clerk.post(url, {"told": ["words"], "name": "孙巧云"}).status_code == 200
    assert looked.count() == 2
    assert not opens(done, done.secret)
    clerk.post(url, told | {"name": "a"})
    response = clerk.post(url, told | {"name": "b"})
    assert "three times within a day" in response.content.decode()


def test_a_case_that_is_not_theirs_is_not_there(cast):
    done = registered(cast, now=clock.now())
    url = f"/desk/looks/{done.case.pk}/receipt"
    assert signed_in(cast.water_leader).get(url).status_code == 404
    assert signed_in(cast.auditor).get(url).status_code == 403
    own = registered(cast, now=clock.now(), is_conduct=True, accused_staff=(cast.leader.pk,))
    assert signed_in(cast.leader).get(f"/desk/looks/{own.case.pk}/receipt").status_code == 404


def test_an_old_page_is_shut_by_a_new_receipt(cast, client):
    done = registered(cast, now=clock.now())
    client.post("/case/", {"code": done.code, "secret": done.secret})
    assert client.get("/case/now").status_code == 200
    receipts.reissue_at_counter(
        case_id=done.case.pk,
        known=("words", "when"),
        by=cast.actor(cast.clerk),
        seen_version=None,
        now=clock.now(),
    )
    assert done.code not in client.get("/case/now").content.decode()
