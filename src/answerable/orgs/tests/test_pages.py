"""The organisation's pages: who may open them, in both languages, and what they do."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import (
    Appointment,
    Hold,
    Place,
    Post,
    Responsibility,
    SpecialDay,
    Staff,
    Subject,
    Unit,
)
from answerable.orgs.queries import holders_of
from answerable.orgs.services import changes, sign_ins
from answerable.orgs.services.files import carry_out_import
from answerable.orgs.sheets.reading import read_file
from answerable.record.matters import matter_of
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)
ALL = ["map", "calendar", "overview", "lists", "people", "files", "first_steps"]
CHANGING = ["overview", "lists", "people", "files", "first_steps"]


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def acts(cast) -> list[str]:
    rows = Act.objects.filter(matter_id=matter_of("authority", cast.town.pk)).order_by("seq")
    return list(rows.values_list("kind", flat=True))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ALL)
def test_the_administrator_opens_every_page(cast, name, language):
    page = browser(cast.administrator, language).get(reverse(f"orgs:{name}"))
    assert page.status_code == 200
    chinese = re.search("[\u4e00-\u9fff]", re.sub(r"<[^>]+>", "", page.content.decode()).replace("中文", ""))
    assert bool(chinese) or language == "en"


@pytest.mark.parametrize("name", ALL)
def test_others_read_who_answers_and_no_more(cast, name):
    page = browser(cast.clerk).get(reverse(f"orgs:{name}"))
    assert page.status_code == (403 if name in CHANGING else 200)
    assert Client().get(reverse(f"orgs:{name}")).status_code == 302


def test_who_answers_for_pipes_in_the_village(cast):
    page = (
        browser(cast.clerk)
        .get(reverse("orgs:map"), {"subject": cast.pipes.pk, "place": cast.village.pk})
        .content.decode()
    )
    assert "<strong>Water office</strong>" in page
    assert "orgs/new" not in page


def test_another_body_is_not_there(cast):
    county = cast.post(cast.county_leader)
    admin = Staff.objects.create(username="county-admin", name_en="C")
    post = Post.objects.create(unit=cast.county_root, code="adm", role="administrator", name_en="A")
    Appointment.objects.create(post=post, staff=admin, from_at=clock.now() - timedelta(days=1))
    own = browser(cast.administrator)
    assert own.get(reverse("orgs:post", args=[county.pk])).status_code == 404
    assert own.get(reverse("orgs:edit", args=["units", "county~county"])).status_code == 404
    assert own.get(reverse("orgs:edit", args=["people", admin.username])).status_code == 404
    assert own.post(reverse("orgs:sign_in", args=[admin.pk, "close"]), {"why": "x"}).status_code == 404
    assert own.get(reverse("orgs:new", args=["nonsense"])).status_code == 404


def test_a_unit_is_made_and_changed(cast):
    own = browser(cast.administrator)
    unit = {"authority": "town", "code": "bridge", "parent": "roads", "name_en": "Bridges"}
    assert own.post(reverse("orgs:new", args=["units"]), unit).status_code == 303
    made = Unit.objects.get(code="bridge")
    assert made.path == [cast.town_root.pk, cast.roads.pk, made.pk]
    again = own.post(reverse("orgs:new", args=["units"]), unit)
    assert again.status_code == 422
    edit = reverse("orgs:edit", args=["units", "town~bridge"])
    assert "Bridges" in own.get(edit).content.decode()
    own.post(edit, {"parent": "water", "name_en": "Bridges and fords"})
    made.refresh_from_db()
    assert (made.name_en, made.parent_id) == ("Bridges and fords", cast.water.pk)
    assert acts(cast) == [OrgAct.CREATED, OrgAct.CHANGED]


def test_a_lost_factor_is_taken_away_and_says_what_comes_next(cast):
    own = browser(cast.administrator)
    for who, said in (
        (cast.clerk, "led to set up a new one"),
        (cast.administrator, "answerable createadmin NAME"),
    ):
        address = reverse("orgs:sign_in", args=[who.pk, "factor"])
        assert said in own.post(address, {"why": "She stood before me."}, follow=True).content.decode()


def test_a_new_unit_stands_below_the_one_on_top_unless_said_otherwise(cast):
    """Left empty, it was a second one on top, which `check` then complains of."""
    form = browser(cast.administrator).get(reverse("orgs:new", args=["units"])).context["form"]
    assert form["parent"].value() == cast.town_root.code


def test_a_closed_post_and_unit_can_be_found_and_opened_again(cast):
    own, post = browser(cast.administrator), cast.post(cast.clerk)
    Post.objects.filter(pk=post.pk).update(closed_on=clock.now().date())
    Unit.objects.filter(pk=cast.water.pk).update(closed_on=clock.now().date())
    page = own.get(reverse("orgs:overview")).content.decode()
    edit = reverse("orgs:edit", args=["posts", f"town~{post.unit.code}~{post.code}"])
    assert edit in page
    assert reverse("orgs:edit", args=["units", "town~water"]) in page
    form = own.get(edit).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not False}
    assert own.post(edit, typed | {"closed_on": ""}).status_code == 303
    post.refresh_from_db()
    assert post.closed_on is None
    assert edit not in own.get(reverse("orgs:overview")).content.decode()


def test_a_subject_that_sorts_people_is_refused_with_a_sentence(cast):
    answer = browser(cast.administrator).post(
        reverse("orgs:new", args=["subjects"]),
        {"authority": "town", "code": "x", "name_en": "Veterans", "retention_years": "10"},
    )
    assert answer.status_code == 422
    assert "would sort people" in answer.content.decode()
    assert not Subject.objects.filter(code="x").exists()


def test_a_rule_a_place_and_a_day(cast):
    own = browser(cast.administrator)
    own.post(reverse("orgs:new", args=["places"]), {"authority": "town", "code": "west", "name_en": "West"})
    rule = {"authority": "town", "subject": "lamps", "place": "west", "unit": "water"}
    rule |= {"leader_unit": "water", "leader_post": "head"}
    assert own.post(reverse("orgs:new", args=["responsibilities"]), rule).status_code == 303
    made = Responsibility.objects.get(place=Place.objects.get(code="west"))
    assert own.get(reverse("orgs:edit", args=["responsibilities", "town~lamps~west"])).status_code == 200
    own.post(reverse("orgs:remove", args=["rule", made.pk]))
    own.post(
        reverse("orgs:new", args=["special_days"]),
        {"authority": "town", "on": "2026-11-09", "why": "Ditches"},
    )
    own.post(reverse("orgs:remove", args=["day", SpecialDay.objects.get().pk]))
    assert acts(cast) == [OrgAct.CREATED, OrgAct.CREATED, OrgAct.REMOVED, OrgAct.CREATED, OrgAct.REMOVED]


def test_appointing_a_holder_ends_the_one_before(cast):
    post = cast.post(cast.clerk)
    own = browser(cast.administrator)
    form = {"staff": cast.handler.pk, "hold": "holder"}
    assert own.post(reverse("orgs:post", args=[post.pk]), form).status_code == 303
    assert holders_of(post.pk, clock.now()) == [cast.handler]
    assert acts(cast) == [OrgAct.APPOINTMENT_ENDED, OrgAct.APPOINTED]


def test_a_stand_in_for_a_leave_and_its_end(cast):
    now, post = clock.now(), cast.post(cast.leader)
    one = changes.appoint(
        post_id=post.pk,
        staff_id=cast.handler.pk,
        hold=Hold.DELEGATE,
        until_at=now + timedelta(days=7),
        by=cast.actor(cast.administrator),
        now=now,
    )
    assert holders_of(post.pk, now) == [cast.leader, cast.handler]
    browser(cast.administrator).post(reverse("orgs:end", args=[one.pk]))
    assert holders_of(post.pk, clock.now()) == [cast.leader]
    assert acts(cast) == [OrgAct.APPOINTED, OrgAct.APPOINTMENT_ENDED]


@pytest.mark.parametrize("name", ["people", "overview"])
def test_people_are_shown_by_their_names(cast, name):
    page = browser(cast.administrator).get(reverse(f"orgs:{name}")).content.decode()
    assert "Head of roads person" in page
    named = re.sub(r'<[^>]*>|<span class="code small">[^<]*</span>', "", page)
    assert name == "people" or "roads-head" not in named
    assert "主任员" in browser(cast.administrator, "zh-hans").get(reverse(f"orgs:{name}")).content.decode()


def test_a_later_holder_is_not_pushed_aside(cast):
    now, post = clock.now(), cast.post(cast.clerk)
    Appointment.objects.filter(post=post).update(from_at=now + timedelta(days=3))
    with pytest.raises(changes.CannotChange, match="overlaps"):
        changes.appoint(
            post_id=post.pk,
            staff_id=cast.handler.pk,
            hold="holder",
            by=cast.actor(cast.administrator),
            now=now,
        )
    assert acts(cast) == []


def test_a_one_time_code_sets_a_password_once(cast):
    own = browser(cast.administrator)
    own.post(
        reverse("orgs:new", args=["people"]),
        {"username": "new-one", "name_en": "New", "language": "en", "is_active": "on"},
    )
    new = Staff.objects.get(username="new-one")
    shown = own.post(reverse("orgs:sign_in", args=[new.pk, "code"]), {"why": "first day, in person"})
    code = re.search(r'one-time">([^<]+)<', shown.content.decode())[1]
    form = {
        "username": "new-one",
        "code": code,
        "password": "a long enough phrase",
        "again": "a long enough phrase",
    }
    wrong = Client().post(reverse("orgs:first_sign_in"), form | {"code": "abc-def"})
    assert wrong.status_code == 422
    assert re.fullmatch(r"([2-9FHKMRTWXY]{4}-?){4}", code), (
        "as a receipt's secret: it is read out and typed by hand"
    )
    typed = code.replace("-", " ").lower()
    assert Client().post(reverse("orgs:first_sign_in"), form | {"code": typed}).status_code == 302
    new.refresh_from_db()
    assert new.check_password("a long enough phrase")
    own_act = Act.objects.get(kind=OrgAct.PASSWORD_SET)
    assert (own_act.actor_kind, own_act.post_id) == ("staff", None)
    assert Client().post(reverse("orgs:first_sign_in"), form).status_code == 422
    assert acts(cast) == [OrgAct.CREATED, OrgAct.SIGN_IN_MADE]


@pytest.mark.parametrize(("after", "opens"), [(-2, False), (0, True), (71, True), (74, False)])
def test_a_one_time_code_opens_for_three_days(cast, after, opens):
    clerk, start = cast.clerk, clock.now()
    who = {"staff_id": clerk.pk, "home": cast.town, "by": cast.actor(cast.administrator), "now": start}
    older, newer = (sign_ins.give_one_time_code(**who, why="forgotten") for _twice in range(2))

    def redeem(code: str) -> None:
        sign_ins.set_first_password(
            username=clerk.username,
            code=code,
            password="a long enough phrase",
            now=start + timedelta(hours=after),
        )

    with pytest.raises(sign_ins.CannotSignIn):
        redeem(older)  # the newer one has taken its place, within the same hour too
    with nullcontext() if opens else pytest.raises(sign_ins.CannotSignIn):
        redeem(newer)


def test_nothing_is_done_to_a_sign_in_without_a_reason(cast):
    browser(cast.administrator).post(reverse("orgs:sign_in", args=[cast.clerk.pk, "close"]), {"why": ""})
    assert Staff.objects.get(pk=cast.clerk.pk).is_active
    assert acts(cast) == []


def test_a_closed_sign_in_opens_nothing_and_can_be_opened_again(cast):
    own, clerk = browser(cast.administrator), browser(cast.clerk)
    assert clerk.get(reverse("orgs:map")).status_code == 200
    own.post(reverse("orgs:sign_in", args=[cast.clerk.pk, "close"]), {"why": "left"})
    assert clerk.get(reverse("orgs:map")).status_code == 302
    own.post(reverse("orgs:sign_in", args=[cast.clerk.pk, "open"]), {"why": "back"})
    assert acts(cast) == [OrgAct.SIGN_IN_CLOSED, OrgAct.SIGN_IN_OPENED]


def test_a_lost_second_factor_is_taken_away_by_another(cast):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.clerk, type="totp", data={"secret": "x"})
    by, now = cast.actor(cast.administrator), clock.now()
    who = {"home": cast.town, "by": by, "now": now, "why": "seen in person"}
    assert sign_ins.reset_second_factor(staff_id=cast.clerk.pk, **who) == 1
    with pytest.raises(sign_ins.CannotSignIn, match="yourself"):
        sign_ins.reset_second_factor(staff_id=cast.administrator.pk, **who)
    assert acts(cast) == [OrgAct.SECOND_FACTOR_RESET]


def test_a_file_is_looked_at_and_then_carried_out(cast):
    own = browser(cast.administrator)
    file = SimpleUploadedFile("units.csv", b"authority,code,parent,name_en\r\ntown,bridge,town,Bridges\r\n")
    page = own.post(reverse("orgs:files"), {"file": file}).content.decode()
    assert "Nothing is done yet" in page
    assert not Unit.objects.filter(code="bridge").exists()
    sent = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("carried", "digest")}
    own.post(reverse("orgs:carry_out"), sent | {"digest": "other"})
    assert not Unit.objects.filter(code="bridge").exists()
    own.post(reverse("orgs:carry_out"), sent)
    assert Unit.objects.filter(code="bridge").exists()
    assert acts(cast) == [OrgAct.IMPORTED]


def test_a_file_that_is_sent_twice_is_not_said_to_have_changed_nothing(cast):
    own = browser(cast.administrator)
    file = SimpleUploadedFile("units.csv", b"authority,code,parent,name_en\r\ntown,bridge,town,Bridges\r\n")
    page = own.post(reverse("orgs:files"), {"file": file}).content.decode()
    sent = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("carried", "digest")}
    for _ in range(2):
        own.post(reverse("orgs:carry_out"), sent)
    said = own.get(reverse("orgs:files")).content.decode()
    assert "nothing was changed" not in said
    assert "The file says what the organisation is already" in said
    assert acts(cast) == [OrgAct.IMPORTED]


def test_a_name_for_signing_in_may_hold_any_sign(cast):
    own = browser(cast.administrator)
    for name in ("a/b", "王/小明", "100%", "a~b?c#d"):
        carry_out_import(
            read_file(f"username,name_en\r\n{name},Somebody\r\n".encode(), "people.csv"),
            by=cast.actor(cast.administrator),
            now=clock.now(),
        )
        page = own.get(reverse("orgs:people"))
        assert page.status_code == 200
        assert own.get(reverse("orgs:edit", args=["people", name])).status_code == 200


def test_a_bad_file_is_answered_with_table_row_and_column(cast):
    file = SimpleUploadedFile(
        "units.csv", b"authority,code,parent,name_en\r\ntown,bridge,nowhere,Bridges\r\n"
    )
    page = browser(cast.administrator).post(reverse("orgs:files"), {"file": file}).content.decode()
    assert "Nothing was changed" in page
    assert "“nowhere” is neither" in page


def test_the_file_goes_out_without_the_other_bodies(cast):
    Post.objects.create(unit=cast.county_root, code="adm", role="administrator", name_en="A")
    answer = browser(cast.administrator).post(reverse("orgs:take_out"), {"form": "zip"})
    assert answer["Content-Type"] == "application/zip"
    assert acts(cast) == [OrgAct.EXPORTED]
