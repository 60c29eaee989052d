"""The ways in which an administrator could become somebody who reads are told to those who watch: auditors and head."""

from __future__ import annotations

import pytest
from django.utils import translation

from answerable.alerts.models import Notice
from answerable.alerts.wording import notice
from answerable.core import clock
from answerable.orgs.services import changes, sign_ins
from answerable.orgs.services.files import carry_out_import
from answerable.orgs.sheets.reading import read_file
from answerable.record import reactions

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> list[tuple[int, str, str]]:
    while reactions.dispatch(clock.now()):
        pass
    return [
        (one.post_id, one.code, notice(one.code, one.facts)) for one in Notice.objects.order_by("post_id")
    ]


def watching(cast) -> set[int]:
    return {cast.post(cast.auditor).pk, cast.post(cast.mayor).pk}


def test_whoever_is_given_a_post_is_told_of_to_those_who_watch(cast):
    changes.appoint(
        post_id=cast.post(cast.leader).pk,
        staff_id=cast.administrator.pk,
        hold="deputy",
        by=cast.actor(cast.administrator),
        now=clock.now(),
    )
    found = told()
    assert {post for post, _, _ in found} == watching(cast)
    assert all("Head of roads" in words or "主任" in words for _, _, words in found)


def taken_in(cast, name: str, *lines: str) -> None:
    read = read_file("\r\n".join(lines).encode(), name)
    plan = carry_out_import(read, by=cast.actor(cast.administrator), now=clock.now(), bodies={"town"})
    assert (plan.faults, len(plan.changes)) == ([], len(lines) - 1)


def test_a_post_that_a_file_gives_is_told_of_as_well(cast):
    heads = "authority,unit,post,username,hold,from_at,until_at"
    given = f"town,roads,head,{cast.administrator.username},deputy,2026-01-01,"
    taken_in(cast, "appointments.csv", heads, given)
    found = told()
    assert {(post, code) for post, code, _ in found} == {
        (one, "somebody_appointed") for one in watching(cast)
    }
    assert all("Head of roads" in words or "主任" in words for _, _, words in found)
    taken_in(cast, "appointments.csv", heads, given + "2026-02-01")
    assert len(told()) == len(found), "an end is no gift"


def test_another_role_is_told_of(cast):
    taken_in(cast, "posts.csv", "authority,unit,code,role", "town,town,admin,leader")
    found = told()
    assert {(post, code) for post, code, _ in found} == {(one, "role_changed") for one in watching(cast)}


def test_where_accusations_go_does_not_change_unseen(cast):
    """Whoever administers the office complained about could have had them sent to a mailbox of their own."""
    who = {"by": cast.actor(cast.administrator), "home": cast.town, "now": clock.now()}
    for heads, values in (
        ("code,letter_email", f"{cast.outside.code},mine@town.example"),
        ("code,conduct_body", "town,"),
    ):
        read = read_file(f"{heads}\r\n{values}".encode(), "authorities.csv")
        plan = carry_out_import(read, by=who["by"], now=who["now"])
        assert (plan.faults, len(plan.changes)) == ([], 1)
        found = told()
        assert {(post, code) for post, code, _ in found} >= {
            (one, "way_out_changed") for one in watching(cast)
        }
        line = Notice.objects.filter(code="way_out_changed").first()
        post = cast.post(cast.administrator)
        # The head of the body reads no list in which it would stand.
        assert line is not None
        with translation.override("zh-hans"):
            said = notice(line.code, line.facts)
        assert post.name_zh in said
        assert "。 " not in said
        Notice.objects.all().delete()
    read = read_file(f"code,phone\r\n{cast.outside.code},12345".encode(), "authorities.csv")
    carry_out_import(read, by=who["by"], now=who["now"])
    assert not told(), "a telephone number leads no matter anywhere"


def test_a_renewed_sign_in_is_told_of_to_those_who_watch(cast):
    who = {"home": cast.town, "by": cast.actor(cast.administrator), "now": clock.now(), "why": "lost"}
    cast.leader.set_password("correct horse battery")
    cast.leader.save()
    sign_ins.give_one_time_code(staff_id=cast.leader.pk, **who)
    sign_ins.reset_second_factor(staff_id=cast.leader.pk, **who)
    found = told()
    assert {post for post, _, _ in found} == watching(cast)
    assert {code for _, code, _ in found} == {"sign_in_renewed", "second_factor_reset"}
