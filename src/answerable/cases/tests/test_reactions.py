"""Who is told what, because of an act: the person that there is news, posts about cases they may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from answerable.alerts import engine, sender
from answerable.alerts.models import Alert, Delivery, Notice
from answerable.alerts.services import acknowledge, drop_queued
from answerable.alerts.tests.climbers import reached_by
from answerable.alerts.wording import message, notice
from answerable.cases import digests_out, upkeep
from answerable.cases.models import Case, Deadline
from answerable.cases.services import accusing, deciding, handling, persons, supervision
from answerable.orgs.models import Appointment, Role, Staff
from answerable.parties.steps import ChannelWish
from answerable.record import reactions
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, accepted, registered, staffed

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=400)


def react(now):
    while reactions.dispatch(now):
        pass


def codes(post, code=None):
    rows = Notice.objects.filter(post_id=post.pk).order_by("pk")
    return [row.code for row in rows if code in (None, row.code)]


def test_danger_told_reaches_the_unit_at_once_and_marks_the_case(cast):
    told = registered(cast, is_danger=True)
    reactions.dispatch(LATER)
    for post in (cast.post(cast.clerk), cast.post(cast.leader)):
        line = Notice.objects.get(post_id=post.pk, code="danger")
        assert line.is_urgent
        assert told.code in notice(line.code, line.facts)
        assert codes(post, "registered") == []
    assert told.case.is_urgent
    told.case.state = "closed"
    assert not told.case.is_urgent


def test_danger_told_rings_at_all_who_can_act_and_goes_along_with_the_case(cast):
    told = registered(cast, is_danger=True)
    reactions.dispatch(LATER)
    assert codes(cast.post(cast.handler)) == ["danger"]
    case = handling.accept_case(
        case_id=told.case.pk, by=cast.actor(cast.clerk), seen_version=None, now=MONDAY + timedelta(hours=1)
    )
    case = handling.assign_case(
        case_id=case.pk,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.clerk),
        seen_version=None,
        now=MONDAY + timedelta(hours=2),
    )
    reactions.dispatch(LATER)
    assert codes(cast.post(cast.handler)) == ["danger", "danger_assigned"]
    handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="Water.",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + timedelta(hours=3),
    )
    reactions.dispatch(LATER)
    assert codes(cast.post(cast.water_leader)) == ["danger_transferred"]
    lines = Notice.objects.filter(code__startswith="danger")
    assert all(line.is_urgent for line in lines)
    assert all(told.code in notice(line.code, line.facts) for line in lines)


def test_a_late_case_tells_above_below_and_the_leader_who_answers(cast):
    case = accepted(cast)
    row = Deadline.objects.get(case=case, step="answer")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    reactions.dispatch(LATER)
    assert codes(cast.post(cast.mayor), "late_above") == ["late_above"]
    assert codes(cast.post(cast.leader), "late_own") == ["late_own"]
    assert codes(cast.post(cast.clerk), "late_own") == ["late_own"]
    line = Notice.objects.get(post_id=cast.post(cast.mayor).pk)
    assert not line.is_urgent, "nobody is in danger: the day's digest says it"
    assert case.code in notice(line.code, line.facts)


def test_a_late_case_in_which_somebody_is_in_danger_is_told_above_at_once(cast):
    case = accepted(cast, is_danger=True)
    row = Deadline.objects.get(case=case, step="answer")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    reactions.dispatch(LATER)
    assert Notice.objects.get(post_id=cast.post(cast.mayor).pk, code="late_above").is_urgent


def test_reactions_may_run_twice(cast):
    registered(cast, channel=ChannelWish("email", "a@example.org"))
    reactions.dispatch(LATER)
    before = (Notice.objects.count(), Delivery.objects.count())
    from answerable.record.models import Act, Outbox

    Outbox.objects.bulk_create([Outbox(act=act) for act in Act.objects.all()])
    reactions.dispatch(LATER)
    assert (Notice.objects.count(), Delivery.objects.count()) == before


def test_news_goes_only_to_those_who_chose_a_channel_and_says_nothing(cast):
    silent = accepted(cast)
    told = accepted(cast, channel=ChannelWish("email", "a@example.org"))
    reactions.dispatch(LATER)
    assert not Delivery.objects.filter(matter=silent.pk).exists()
    news = Delivery.objects.get(matter=told.pk)
    assert "路灯" not in str(news.facts)
    assert told.code not in str(news.facts)
    assert "example.org" not in str(news.facts)


def test_news_goes_the_way_that_was_chosen_meanwhile_and_nobody_is_told_that_it_failed(cast):
    """Queued for an address that the person took away before it went out."""
    case = accepted(cast, channel=ChannelWish("email", "a@example.org"))
    react(LATER)
    for wish, kinds in ((ChannelWish("sms", "13800000000"), ["email", "sms"]), (None, ["email", "sms"])):
        persons.change_channel(case_id=case.pk, wish=wish, now=LATER)
        sender.send_due(lambda: LATER)
        react(LATER)
        assert list(Delivery.objects.order_by("pk").values_list("kind", flat=True)) == kinds
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"the person dropped this channel"}
    assert not Notice.objects.filter(code__startswith="delivery").exists()


def test_what_concerns_a_post_that_nobody_holds_any_more_is_told_to_whoever_is_there(cast):
    """Who had it, and who carried it to its end, have left: an answer and a draft to sign lie before nobody else."""
    head = cast.post(cast.leader)
    other = staffed(cast.roads, "deputy", Role.LEADER, "副主任", "Deputy head")
    case = accepted(cast)
    case = handling.take_charge(
        case_id=case.pk, by=cast.actor(other), seen_version=case.version, now=MONDAY + timedelta(hours=2)
    )
    handling.assign_case(
        case_id=case.pk,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.clerk),
        seen_version=None,
        now=MONDAY + timedelta(hours=3),
    )
    react(LATER)
    left, carried = cast.post(cast.handler), cast.post(other)
    Appointment.objects.filter(post__in=[left, carried]).update(until_at=MONDAY + timedelta(days=1))
    persons.write(case_id=case.pk, text="还是黑的。", now=MONDAY + timedelta(days=2))
    deciding.draft_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.clerk),
        seen_draft=0,
        now=MONDAY + timedelta(days=3),
        is_ready=True,
    )
    react(LATER)
    assert codes(cast.post(cast.clerk), "added_to") == codes(left, "added_to") == ["added_to"]
    assert codes(head, "draft_ready") == ["draft_ready"]


def test_whoever_carried_it_below_is_not_asked_to_sign_the_review_of_it(cast):
    case = accepted(cast)
    case = handling.take_charge(
        case_id=case.pk,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + timedelta(hours=2),
    )
    decision = deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + timedelta(days=1),
    )
    assert decision.sent_at
    case = persons.ask_review(case_id=case.pk, text="不同意。", now=MONDAY + timedelta(days=2))
    assert case.unit == cast.county_root
    assert case.charge_post is None


def test_nothing_above_stays_on_top_of_the_desk(cast):
    cast.town.conduct_body = None
    cast.town.save()
    case = registered(cast, is_conduct=True, accused_units=(cast.town_root.pk,)).case
    row = Deadline.objects.get(case=case, step="answer")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    reactions.dispatch(LATER)
    assert "no_level_above" in codes(cast.post(cast.county_leader))


def test_a_body_outside_is_written_to(cast):
    cast.outside.letter_email = "office@example.org"
    cast.outside.save()
    registered(cast, is_conduct=True, accused_units=(cast.town_root.pk, cast.county_root.pk))
    reactions.dispatch(LATER)
    letter = Delivery.objects.get(purpose="outside")
    assert letter.kind == "email"
    assert letter.facts["to"] == "office@example.org"


def letters(case):
    rows = Delivery.objects.filter(matter=case.pk, purpose="outside").order_by("pk")
    return [row.facts["why"] for row in rows]


def test_an_accusation_found_out_later_is_written_to_the_body_outside_too(cast):
    case, units = accepted(cast), [cast.town_root.pk, cast.county_root.pk]
    by, version = cast.actor(cast.clerk), case.version
    accusing.name_accused(case_id=case.pk, staff=[], units=units, by=by, seen_version=version, now=MONDAY)
    reactions.dispatch(LATER)
    case.refresh_from_db()
    assert case.unit == cast.outside_unit
    assert letters(case) == ["conduct"]


def test_what_lies_with_a_body_outside_runs_late_there_and_is_added_to_not_without_a_word(cast):
    """Nobody here holds the post that answers: the notices of it were read by nobody."""
    units = (cast.town_root.pk, cast.county_root.pk)
    case = registered(cast, is_conduct=True, accused_units=units).case
    persons.write(case_id=case.pk, text="还有一件。", now=MONDAY)
    row = Deadline.objects.get(case=case, step="answer")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    react(LATER)
    assert letters(case) == ["conduct", "written", "late_own"]


def test_whoever_watches_instead_of_an_accused_level_is_told(cast):
    case = accepted(cast)
    persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(hours=2))
    react(LATER)
    case.refresh_from_db()
    mayor, by, version = cast.mayor.pk, cast.actor(cast.clerk), case.version
    accusing.name_accused(case_id=case.pk, staff=[mayor], units=[], by=by, seen_version=version, now=LATER)
    react(LATER)
    assert codes(cast.post(cast.county_leader)) == ["raised"]


def test_reminders_at_half_and_four_fifths_then_no_more(cast):
    case = accepted(cast)
    row = Deadline.objects.get(case=case, step="answer")
    length = row.late_from - row.started_at
    half = row.started_at + length / 2
    assert supervision.due_reminders(half - timedelta(seconds=1)) == []
    assert supervision.remind(deadline_id=row.pk, now=half)
    assert not supervision.remind(deadline_id=row.pk, now=half)
    assert supervision.remind(deadline_id=row.pk, now=row.started_at + length * 4 / 5)
    assert supervision.due_reminders(row.late_from) == []
    reactions.dispatch(LATER)
    assert codes(cast.post(cast.clerk), "half") == ["half"]
    assert codes(cast.post(cast.leader), "four_fifths") == ["four_fifths"]


def test_one_digest_a_day_and_urgent_ones_at_once(cast):
    Staff.objects.filter(pk=cast.mayor.pk).update(email="mayor@example.org")
    Staff.objects.filter(pk=cast.clerk.pk).update(email="clerk@example.org")
    urgent = registered(cast, is_danger=True).case
    case = accepted(cast)
    row = Deadline.objects.get(case=case, step="answer")
    react(MONDAY)
    digests_out.send_digests(MONDAY)
    (now_told,) = Delivery.objects.filter(purpose="urgent", facts__to="clerk@example.org")
    assert urgent.code in now_told.facts["line"]
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    react(row.late_from + timedelta(minutes=1))
    for later in ({"minutes": 2}, {"hours": 9}, {"hours": 10}, {"days": 1, "hours": 9}):
        digests_out.send_digests(row.late_from + timedelta(**later))
    mine = Delivery.objects.filter(facts__to="mayor@example.org")
    assert [one.purpose for one in mine if "late" in str(one.facts)] == ["digest"]
    digest = mine.get(purpose="digest")
    assert any(case.code in line for line in digest.facts["lines"])
    assert digest.facts["late"] == 1


def test_many_late_cases_are_one_message_with_a_count(cast):
    """Sixty-seven late matters: no call, no text message, one line, until somebody says that they have them."""
    Staff.objects.filter(pk=cast.mayor.pk).update(email="mayor@example.org")
    reached_by(cast.mayor, way="sms")
    reached_by(cast.mayor, way="landline")
    late_at = None
    for _n in range(4):
        row = Deadline.objects.get(case=accepted(cast), step="answer")
        supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
        late_at = row.late_from
    react(late_at)
    assert Alert.objects.filter(code="late", state="open").count() == 4, "each climbs, and is an act"
    assert not Delivery.objects.filter(asked__staff=cast.mayor).exists()
    digests_out.send_digests(late_at + timedelta(hours=9))
    digest = Delivery.objects.get(facts__to="mayor@example.org")
    assert digest.facts["late"] == 4
    with translation.override("en"):
        subject, text = message("digest", digest.facts)
    assert subject.startswith("Today on your desk: 4 late matters")
    assert "4 late matters wait for you to say that you have them" in text
    # The ladder asks again after a day: again one message. What somebody has is in none.
    for alert in Alert.objects.filter(code="late").order_by("pk")[:3]:
        acknowledge(alert_id=alert.pk, by=cast.actor(cast.mayor), now=late_at + timedelta(hours=10))
    engine.turn(late_at + timedelta(days=1, hours=1))
    digests_out.send_digests(late_at + timedelta(days=1, hours=9))
    second = Delivery.objects.filter(facts__to="mayor@example.org").latest("queued_at")
    assert second.pk != digest.pk
    assert second.facts["late"] == 1


def test_a_digest_that_is_taken_back_says_it_the_next_day(cast):
    """Two late matters, one of which is kept from its reader before the message went out (rule 5)."""
    Staff.objects.filter(pk=cast.mayor.pk).update(email="mayor@example.org")
    cases = [accepted(cast) for _n in range(2)]
    for case in cases:
        row = Deadline.objects.get(case=case, step="answer")
        supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    react(row.late_from)
    digests_out.send_digests(row.late_from + timedelta(hours=9))
    drop_queued(cases[0].pk, now=row.late_from + timedelta(hours=9))
    digests_out.send_digests(row.late_from + timedelta(hours=10))
    digest = Delivery.objects.get(facts__to="mayor@example.org", state="queued")
    assert digest.facts["late"] == 1
    assert digest.facts["matters"] == [str(cases[1].pk)]


def test_rule_05_a_digest_never_names_a_case_to_the_accused(cast):
    Staff.objects.filter(pk=cast.leader.pk).update(email="leader@example.org")
    case = accepted(cast)
    accusing.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + timedelta(hours=3),
    )
    reactions.dispatch(LATER)
    digests_out.send_digests(LATER)
    for delivery in Delivery.objects.filter(facts__to="leader@example.org"):
        assert case.code not in str(delivery.facts)


def test_a_decided_case_closes_when_the_persons_window_is_over(cn_cast):
    case = accepted(cn_cast, kind="claim")
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cn_cast.actor(cn_cast.leader),
        seen_version=case.version,
        now=MONDAY + timedelta(days=3),
    )
    assert upkeep.tidy(MONDAY + timedelta(days=200)) == 0, "nothing was delivered, so no window ran"
    persons.see_decisions(case_id=case.pk, now=MONDAY + timedelta(days=201))
    assert upkeep.tidy(MONDAY + timedelta(days=230)) == 0
    assert upkeep.tidy(MONDAY + timedelta(days=233)) == 1
    assert Case.objects.get(pk=case.pk).state == "closed"
    _taken_up_again(cn_cast, case.pk)


def test_a_decision_that_stands_no_more_opens_no_window(cn_cast):
    """Read only after the matter was taken up again, it closed the case before the new decision was read."""
    case, by, day = accepted(cn_cast, kind="claim"), cn_cast.actor(cn_cast.leader), MONDAY + timedelta(days=3)
    said = {"outcome": "supported", "parts": PARTS, "by": by}
    deciding.send_decision(case_id=case.pk, seen_version=case.version, now=day, **said)
    deciding.close_case(case_id=case.pk, by=by, seen_version=None, now=day)
    case = deciding.reopen_case(case_id=case.pk, by=by, seen_version=None, now=day, why="漏看一处。")
    persons.see_decisions(case_id=case.pk, now=day)
    case.refresh_from_db()
    deciding.send_decision(case_id=case.pk, seen_version=case.version, now=day + timedelta(days=2), **said)
    assert upkeep.tidy(day + timedelta(days=60)) == 0
    assert Case.objects.get(pk=case.pk).state == "decided"


def _decided_and_asked(cn_cast, day, **more):
    case, by = accepted(cn_cast, kind="claim", **more), cn_cast.actor(cn_cast.leader)
    said = {"outcome": "supported", "parts": PARTS, "by": by, "now": day}
    deciding.send_decision(case_id=case.pk, seen_version=case.version, **said)
    persons.see_decisions(case_id=case.pk, now=day)
    return persons.ask_review(case_id=case.pk, text="不对。", now=day)


def test_those_who_decided_hear_that_it_is_reviewed_and_what_came_of_it(cn_cast):
    """The matter went from their lists, and nobody told them why, nor that their decision was changed."""
    day = MONDAY + timedelta(days=3)
    case = _decided_and_asked(cn_cast, day)
    below, above = cn_cast.post(cn_cast.leader), cn_cast.post(cn_cast.county_leader)
    react(day)
    (line,) = Notice.objects.filter(post_id=below.pk, code="under_review")
    assert case.unit.name in notice(line.code, line.facts)
    assert codes(above, "under_review") == []
    by, later = cn_cast.actor(cn_cast.county_leader), day + timedelta(days=2)
    deciding.send_decision(
        case_id=case.pk, outcome="changed", parts=PARTS, by=by, seen_version=case.version, now=later
    )
    react(later)
    (line,) = Notice.objects.filter(post_id=below.pk, code="reviewed")
    with translation.override("zh-hans"):
        said = notice(line.code, line.facts)
    assert case.unit.name_zh in said
    assert "变更原意见" in said
    assert codes(above, "reviewed") == [], "who reviewed knows"


def test_who_has_to_decide_anew_is_told_that_alone(cn_cast):
    day = MONDAY + timedelta(days=3)
    case = _decided_and_asked(cn_cast, day)
    by = cn_cast.actor(cn_cast.county_leader)
    deciding.send_decision(
        case_id=case.pk, outcome="revoked", parts=PARTS, by=by, seen_version=case.version, now=day
    )
    react(day)
    assert codes(cn_cast.post(cn_cast.leader), "reopened_back") == ["reopened_back"]
    assert codes(cn_cast.post(cn_cast.leader), "reviewed") == []


def test_a_decision_under_review_opens_no_window(cn_cast):
    """Read while the level above reviews it, it closed the case before that level's decision was read."""
    case, by, day = accepted(cn_cast, kind="claim"), cn_cast.actor(cn_cast.leader), MONDAY + timedelta(days=3)
    said = {"outcome": "supported", "parts": PARTS, "by": by, "now": day}
    deciding.send_decision(case_id=case.pk, seen_version=case.version, **said)
    persons.ask_review(case_id=case.pk, text="不对。", now=day)
    persons.see_decisions(case_id=case.pk, now=day + timedelta(days=1))
    case.refresh_from_db()
    said |= {"outcome": "upheld", "by": cn_cast.actor(cn_cast.county_leader), "now": day + timedelta(days=2)}
    deciding.send_decision(case_id=case.pk, seen_version=case.version, **said)
    assert upkeep.tidy(day + timedelta(days=60)) == 0
    persons.see_decisions(case_id=case.pk, now=day + timedelta(days=61))
    assert upkeep.tidy(day + timedelta(days=80)) == 0
    assert upkeep.tidy(day + timedelta(days=95)) == 1


def _taken_up_again(cn_cast, case_id):
    """The window of the decision that stands no more closes nothing, and makes no later request late (rule 7)."""
    by, again = cn_cast.actor(cn_cast.leader), MONDAY + timedelta(days=240)
    case = deciding.reopen_case(case_id=case_id, by=by, seen_version=None, now=again, why="漏看一处。")
    deciding.send_decision(
        case_id=case_id, outcome="supported", parts=PARTS, by=by, seen_version=case.version, now=again
    )
    assert upkeep.tidy(again + timedelta(hours=1)) == 0, "the new decision was not even read"
    read = again + timedelta(days=5)
    persons.see_decisions(case_id=case_id, now=read)
    assert upkeep.tidy(read + timedelta(days=29)) == 0
    persons.ask_review(case_id=case_id, text="还是不对。", now=read + timedelta(days=29))
    asked = acts_of(case_id, kinds=("case.review_asked",))[0]
    assert asked.body["in_window"] is True
