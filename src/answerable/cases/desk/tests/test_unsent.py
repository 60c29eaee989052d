"""What was typed at the desk while the matter moved on comes back to whoever typed it, with what happened; to nobody else."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from answerable.cases.models import Case
from answerable.cases.services import deciding, handling
from answerable.core import clock
from answerable.record.models import Act
from tests.cast import PARTS, Cast, accepted

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "经现场查看，两盏路灯的线路都已老化，拟于周五更换。"


@pytest.fixture
def case(cast: Cast) -> Case:
    return accepted(cast, clock.now() - timedelta(hours=2))


def as_seen(case: Case, **more: Any) -> dict[str, Any]:
    """What a form carries that was opened now."""
    last = Act.objects.filter(matter=case.pk).order_by("-seq")[0].seq
    return {"seen_version": case.version, "seen_seq": last, "seen_draft": 0} | more


def decide(cast: Cast, case: Case) -> None:
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=clock.now(),
    )


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("sent_by", ["leader", "handler"])
def test_a_decision_written_while_a_colleague_sent_theirs_stands_under_its_names(
    cast, case, at_desk, sent_by
):
    typed = as_seen(case, do="send" if sent_by == "leader" else "keep", outcome="supported", part_facts=MINE)
    decide(cast, case)
    answer = at_desk(getattr(cast, sent_by)).post(reverse("desk:decide", args=[case.pk]), typed)
    page = words(answer)
    assert answer.status_code == 409
    assert "not possible any more" in page
    assert "What happened meanwhile:" in page
    assert "Decision sent" in page
    assert f'<p class="label">What was found, and the reasons</p><p class="quote">{MINE}</p>' in page


def test_an_act_that_a_colleague_was_quicker_with_gives_the_reason_back(cast, case, at_desk):
    decide(cast, case)
    case.refresh_from_db()
    typed = as_seen(case, why=MINE)
    deciding.close_case(
        case_id=case.pk, by=cast.actor(cast.leader), seen_version=case.version, now=clock.now()
    )
    answer = at_desk(cast.handler).post(reverse("desk:act", args=[case.pk, "close"]), typed)
    assert answer.status_code == 409
    assert f'<p class="label">A word to it</p><p class="quote">{MINE}</p>' in words(answer)


def test_where_nothing_was_typed_it_is_said_where_the_matter_stands(cast, case, at_desk):
    typed = as_seen(case)
    decide(cast, case)
    browser = at_desk(cast.handler)
    answer = browser.post(reverse("desk:act", args=[case.pk, "accept"]), typed | {"title": ""})
    assert answer.status_code == 303
    assert "not possible any more" in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("form", ["decide", "reply"])
def test_who_gave_it_away_meanwhile_reads_why_and_keeps_the_words(cast, case, at_desk, form):
    """They still read the matter, so that what happened is theirs to know; another unit has it in hand."""
    typed = as_seen(case, do="keep", part_facts=MINE) if form == "decide" else as_seen(case, text=MINE)
    _hand_over(cast, case)
    name, more = ("desk:decide", []) if form == "decide" else ("desk:act", ["ask"])
    answer = at_desk(cast.handler).post(reverse(name, args=[case.pk, *more]), typed)
    page = words(answer)
    assert answer.status_code == 403
    assert f"{cast.water.name_en} has this matter now" in page
    assert "Handed over to Water office" in page
    assert MINE in page


@pytest.mark.parametrize("form", ["decide", "act"])
def test_who_may_not_read_it_any_more_keeps_their_own_words_and_learns_nothing(cast, case, at_desk, form):
    typed = as_seen(case, do="keep", part_facts=MINE) if form == "decide" else as_seen(case, text=MINE)
    case.involvements.all().delete()
    Case.objects.filter(pk=case.pk).update(unit=cast.water)
    path = (
        reverse("desk:decide", args=[case.pk])
        if form == "decide"
        else reverse("desk:act", args=[case.pk, "reply"])
    )
    answer = at_desk(cast.handler).post(path, typed)
    page = words(answer)
    assert answer.status_code == 404
    assert MINE in page
    assert case.code not in page
    assert "路灯坏了" not in page
    other = at_desk(cast.handler).post(path.replace(str(case.pk), "0" * 8 + str(case.pk)[8:]), typed)
    assert _without_number(words(other)) == _without_number(page), (
        "the same as for a matter that does not exist"
    )


def _hand_over(cast: Cast, case: Case) -> None:
    handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="水利站的事。",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=clock.now(),
    )


def _without_number(page: str) -> str:
    return page.partition("this number helps us")[0]


def test_the_second_of_two_presses_is_not_told_that_nothing_was_sent(cast, case, at_desk):
    """The first one sent the words: they stand in the matter."""
    leader, url = at_desk(cast.leader), reverse("desk:decide", args=[case.pk])
    typed = as_seen(case, do="send", outcome="supported") | {
        f"part_{name}": part for name, part in PARTS.items()
    }
    assert leader.post(url, typed).status_code == 303
    again = leader.post(url, typed, follow=True)
    assert again.redirect_chain, words(again)[-1500:]
    assert "Nothing was sent this time" not in words(again)
    assert "moved on" in words(again)
