"""The counter: taken down, read back, registered once, receipt handed over; both languages."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from answerable.alerts.models import Notice
from answerable.cases.access import readable_cases, reader_for
from answerable.cases.models import Accused, Case
from answerable.cases.services.receipts import case_behind
from answerable.core import clock
from answerable.parties.models import Channel, Party
from answerable.record import reactions
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """The second factor has its own tests; the demo may skip it."""
    settings.DEMO = True


def signed_in(staff, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(staff, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def said(cast, **more: object) -> dict[str, object]:
    base: dict[str, object] = {
        "intake": "counter",
        "language": "zh-hans",
        "who": "self",
        "story": "村口的路灯坏了两个月。",
        "wants": "修好路灯。",
        "danger": "no",
        "conduct": "no",
        "subject": cast.lamps.pk,
        "place": cast.village.pk,
        "kind": "complaint",
        "privacy": "confidential",
        "name": "王小明",
        "channel": "none",
    }
    return base | more


def taken_down(client: Client, cast, **more: object):
    """The read-back page."""
    page = client.get(reverse("desk:counter"))
    token = page.context["form"]["token"].value()
    return client.post(reverse("desk:counter"), said(cast, token=token, **more), follow=True)


def register(client: Client):
    return client.post(reverse("desk:counter:register"), follow=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_matter_is_read_back_then_registered_under_the_clerks_post(cast, language):
    client = signed_in(cast.clerk, language)
    page = taken_down(client, cast, channel="sms", reach="138 0000 0000")
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == reverse("desk:counter:read_back")
    assert "村口的路灯坏了两个月。" in text
    with translation.override("zh-hans"):  # asked in the person's language, whatever the clerk reads
        assert translation.gettext("What happened?") in text
    assert not Case.objects.exists()
    receipt = register(client)
    case = Case.objects.get()
    assert (case.intake, case.language, case.privacy) == ("counter", "zh-hans", "confidential")
    act = Act.objects.get(matter=case.pk, kind="case.registered")
    assert act.post_id == cast.post(cast.clerk).pk
    shown = receipt.context["receipt"]
    assert shown.code in receipt.content.decode()
    assert case_behind(shown.code, shown.secret).pk == case.pk
    assert Party.objects.filter(case_id=case.pk).count() == 1
    assert Channel.objects.get(case_id=case.pk).kind == "sms"


def test_danger_told_is_asked_shown_when_read_back_and_told_at_once(cast):
    client = signed_in(cast.clerk)
    assert taken_down(client, cast, danger="").status_code == 422
    page = taken_down(client, cast, danger="yes")
    assert "life or health is in danger" in page.content.decode()
    again = client.get(reverse("desk:counter") + "?change")
    assert again.context["form"]["danger"].value() == "yes"
    assert "life or health is in danger: call" not in taken_down(client, cast).content.decode()
    taken_down(client, cast, danger="yes")
    register(client)
    assert Case.objects.get().is_danger_told
    reactions.dispatch(clock.now() + timedelta(minutes=1))
    for post in (cast.post(cast.clerk), cast.post(cast.leader)):
        assert Notice.objects.get(post_id=post.pk, code="danger").is_urgent


def test_a_second_press_finds_the_first_ones_receipt(cast):
    client = signed_in(cast.clerk)
    taken_down(client, cast)
    first, second = register(client), register(client)
    assert first.context["receipt"].code == second.context["receipt"].code
    assert first.context["receipt"].secret == second.context["receipt"].secret
    assert Case.objects.count() == 1


def test_two_presses_at_once_register_one_case(cast):
    """Both have loaded the page before either is done: the submission's token decides."""
    from answerable.cases.counter import taking
    from answerable.cases.portal.office import office_for

    client = signed_in(cast.clerk)
    taken_down(client, cast)
    token, now = client.cookies["counter"].value, clock.now()
    one, two = (taking.load(token, cast.clerk.pk, now) for _ in range(2))
    for draft in (one, two):
        taking.register(draft, office_for(draft), by=cast.actor(cast.clerk), now=now)
    assert one.receipt == two.receipt
    assert Case.objects.count() == 1


def test_a_letters_limits_run_from_the_day_it_arrived(cast):
    client = signed_in(cast.clerk)
    today = clock.now().astimezone(ZoneInfo(cast.town.zone)).date()
    day = today - timedelta(days=9)
    assert taken_down(client, cast, intake="letter").status_code == 422
    late = taken_down(client, cast, intake="letter", received_on=(today + timedelta(days=1)).isoformat())
    assert late.status_code == 422
    # The year of an old one is asked for once more; nothing is refused for being old.
    old = {"intake": "letter", "received_on": (today - timedelta(days=90)).isoformat()}
    asked = taken_down(client, cast, **old)
    assert asked.status_code == 422
    assert "90 days ago" in asked.content.decode()
    assert 'name="old_day"' in asked.content.decode()
    assert taken_down(client, cast, **old, old_day="on").status_code == 200
    slip = taken_down(client, cast, intake="letter", received_on="1926-03-01", old_day="on")
    assert slip.status_code == 422
    assert "the day on which it was found" in slip.content.decode()
    taken_down(client, cast, intake="letter", received_on=day.isoformat())
    register(client)
    case = Case.objects.get()
    assert case.received_at.astimezone(ZoneInfo(cast.town.zone)).date() == day
    act = Act.objects.get(matter=case.pk, kind="case.registered")
    assert act.happened_at == case.received_at
    started = set(case.deadlines.values_list("started_at", flat=True))
    assert started
    assert max(started) < case.registered_at - timedelta(days=8)


@pytest.mark.parametrize("who", ["auditor", "administrator"])
@pytest.mark.parametrize("route", ["desk:counter", "desk:counter:read_back", "desk:counter:receipt"])
def test_other_roles_take_nothing_down(cast, who, route):
    assert signed_in(getattr(cast, who)).get(reverse(route)).status_code == 403


@pytest.mark.parametrize("who", ["clerk", "handler", "leader", "county_reviewer"])
def test_those_who_handle_matters_may(cast, who):
    assert signed_in(getattr(cast, who)).get(reverse("desk:counter")).status_code == 200


def test_nothing_said_stays_with_another_clerk(cast):
    client = signed_in(cast.clerk)
    taken_down(client, cast)
    other = signed_in(cast.handler)
    other.cookies["counter"] = client.cookies["counter"].value
    assert other.get(reverse("desk:counter:read_back")).status_code == 303
    other.post(reverse("desk:counter:register"))
    assert not Case.objects.exists()


def test_what_was_typed_comes_back_to_be_changed(cast):
    client = signed_in(cast.clerk)
    taken_down(client, cast)
    form = client.get(reverse("desk:counter") + "?change").context["form"]
    assert form["story"].value() == "村口的路灯坏了两个月。"
    assert form["name"].value() == "王小明"
    client.post(
        reverse("desk:counter"), said(cast, token=form["token"].value(), story="两盏灯都坏了。"), follow=True
    )
    register(client)
    assert Case.objects.get().text.claim == "两盏灯都坏了。"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"story": ""}, "story"),
        ({"name": ""}, "name"),
        ({"privacy": "anonymous"}, "name"),
        ({"conduct": "yes"}, "units"),
        ({"channel": "email", "reach": "nowhere"}, "reach"),
        ({"channel": "none", "reach": "138 0000 0000"}, "channel"),
        ({"represented": "李小花"}, "represented"),
        ({"subject": "0"}, "subject"),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_typed_is_lost(cast, language, wrong, field):
    page = taken_down(signed_in(cast.clerk, language), cast, **wrong)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "修好路灯。" in page.content.decode()


def test_a_long_story_is_read_back_to_its_last_word(cast):
    page = taken_down(signed_in(cast.clerk), cast, story="路灯不亮。" * 600 + "就这些。")
    assert "就这些。" in page.content.decode()


def test_someone_who_speaks_for_another_is_kept_as_their_representative(cast):
    client = signed_in(cast.clerk)
    taken_down(client, cast, who="other", represented="李小花")
    register(client)
    assert set(Party.objects.values_list("role", flat=True)) == {"representative", "represented"}


def test_a_clerk_of_the_accused_office_gets_neither_name_nor_secret(cast):
    client = signed_in(cast.clerk)
    accused = {"conduct": "yes", "units": [cast.roads.pk]}
    assert list(taken_down(client, cast, **accused).context["form"].errors) == ["units"]
    taken_down(client, cast, **accused, privacy="anonymous", name="")
    page = register(client)
    case = Case.objects.get()
    assert Accused.objects.get(case=case).unit_id == cast.roads.pk
    assert page.context["receipt"].secret is None
    assert register(client).context["receipt"].secret is None
    assert not readable_cases(reader_for(cast.clerk, clock.now())).exists()
    assert case.unit_id != cast.roads.pk


def test_the_receipt_is_printed_by_post_and_put_away(cast):
    client = signed_in(cast.clerk)
    taken_down(client, cast)
    register(client)
    assert client.get(reverse("desk:counter:receipt_pdf")).status_code == 405
    pdf = client.post(reverse("desk:counter:receipt_pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert "no-store" in pdf["Cache-Control"]
    token = client.cookies["counter"].value
    client.post(reverse("desk:counter:put_away"))
    client.cookies["counter"] = token
    assert client.get(reverse("desk:counter:receipt")).status_code == 303
