"""What the worker does, loop by loop, and how often (`worker` runs them).

Whatever a loop does is claimed in the database (SKIP LOCKED, or a row's own lock), so two workers share the
work and a killed one leaves nothing half done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from answerable.alerts import engine, reminding, sender, watching_duty
from answerable.alerts import upkeep as alarm_upkeep
from answerable.alerts.answering import mailbox
from answerable.alerts.contacts import upkeep as contact_upkeep
from answerable.alerts.services import rollcalls
from answerable.api.hooks import reactions as hook_news
from answerable.api.hooks import sending as hook_sending
from answerable.api.hooks import upkeep as hook_upkeep
from answerable.cases import apart, digests_out, printing, upkeep
from answerable.cases.imports import carrying as imports
from answerable.cases.imports import keeping as import_keeping
from answerable.cases.mailbox import polling, waiting
from answerable.cases.services import archiving, closed_posts, receipts, supervision
from answerable.core import clock
from answerable.duty import solving
from answerable.duty import upkeep as duty_upkeep
from answerable.duty.services import swaps
from answerable.figures import counting
from answerable.figures import duty as duty_figures
from answerable.figures.published import batch as publishing_figures
from answerable.incidents.drills import telling as telling_drills
from answerable.incidents.plans import nightly
from answerable.incidents.reports import watching as watching_reports
from answerable.incidents.reviews import archiving as archiving_incidents
from answerable.incidents.reviews import chasing, personal
from answerable.ops import outside, tombstones
from answerable.ops.models import Heartbeat
from answerable.ops.retention import reporting, running
from answerable.orgs.standing import held
from answerable.readiness.periods import running as periods
from answerable.readiness.reports import making as making_reports
from answerable.readiness.reports import watching as watching_due_reports
from answerable.readiness.rounds import chasing as chasing_findings
from answerable.readiness.rounds import making as making_rounds
from answerable.record import anchoring, cosigning, publishing, reactions, scrub, sequencer


@dataclass(frozen=True)
class Loop:
    """`work` returns how much it did; the next turn comes at once where that was a full batch (`full`), else after a
    rest: turns for each few acts as they come in cost more than one for all that came meanwhile. `needs_clock`: what a
    wrong time made due cannot be taken back (see steady)."""

    name: str
    every_s: float | Callable[[], float]
    work: Callable[[], int]
    is_destroying: bool = False
    full: int = 1
    needs_clock: bool = False

    @property
    def pause_s(self) -> float:
        return self.every_s() if callable(self.every_s) else self.every_s


def _dispatch() -> int:
    # Reactions tell posts of the organisation; none of them changes it.
    with held():
        return reactions.dispatch(clock.now())


def _lift() -> int:
    now = clock.now()
    return apart.each(
        "lift",
        lambda failed: supervision.newly_late(now, but=failed),
        lambda pk: supervision.lift_deadline(deadline_id=pk, now=clock.now()),
    )


def _remind() -> int:
    now = clock.now()
    return apart.each(
        "remind",
        lambda failed: supervision.due_reminders(now, but=failed),
        lambda pk: supervision.remind(deadline_id=pk, now=clock.now()),
    )


def _chase_letters() -> int:
    now = clock.now()
    return apart.each(
        "letters to print",
        lambda failed: printing.letters_to_tell_of(now, but=failed),
        lambda pk: printing.tell_again(letter_id=pk, now=clock.now()),
    )


_SENDER = sender.Sender()
#: What goes on as long as there is work looks at it.
_ending = threading.Event()


def end_with(stop: threading.Event) -> None:
    """Let every loop end with the process that runs them."""
    global _ending
    _ending = stop


def _send() -> int:
    """Until nothing is due or in the air: a gateway that hangs holds back its own kind alone."""
    return _SENDER.send_due(clock.now, until=_ending.is_set)


def _new_secrets() -> int:
    return receipts.send_wanted(clock.now())


def _hand_on() -> int:
    """0: what could not be given to anybody is not asked after at once."""
    closed_posts.hand_on_all(clock.now())
    return 0


def _recover() -> int:
    return sender.recover_stalled(clock.now())


def _digests() -> int:
    return digests_out.send_digests(clock.now())


def _upkeep() -> int:
    return upkeep.tidy(clock.now())


def _archive() -> int:
    """0, so that a long backlog is worked off a few at a time: letters are set on the same processor."""
    archiving.archive_due(clock.now())
    return 0


def _tombstones() -> int:
    return tombstones.keep(settings.ANSWERABLE_DATA_DIR)


def _sequence() -> int:
    """0 where less than a whole batch waited: small batches would cost more than they bring."""
    done = sequencer.sequence()
    return done if done >= sequencer.BATCH else 0


def _publish() -> int:
    publishing.publish_due()
    return 0


def _cosign() -> int:
    cosigning.cosign_due()
    return 0


class _Beats:
    """The engine turns five times a second; that it does is written down every few seconds."""

    EVERY = timedelta(seconds=5)

    def __init__(self) -> None:
        self._last: datetime | None = None

    def beat(self, now: datetime) -> None:
        if self._last is None or abs(now - self._last) >= self.EVERY:
            Heartbeat.objects.update_or_create(name=outside.ENGINE, defaults={"beat_at": now})
            self._last = now


_BEATS = _Beats()


def _count_figures() -> int:
    """What something happened to is counted anew. Any number of workers may ask; one counts at a time."""
    with held():
        return counting.count_due()


def _keep_duty_figures() -> int:
    return duty_figures.keep(clock.now())


def _beat() -> int:
    now = clock.now()
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": now})
    return 0


def _alarms() -> int:
    """Climb, and say that the engine turned: only after it did."""
    now = clock.now()
    done = engine.turn(now)
    _BEATS.beat(now)
    return done if done >= engine.BATCH else 0


def _drop_answered() -> int:
    return engine.drop_answered(clock.now())


def _watch_duty() -> int:
    watching_duty.watch(clock.now())
    return 0


def _watch_reports() -> int:
    watching_reports.watch(clock.now())
    return 0


def _lint_plans() -> int:
    nightly.tell_of_plans(clock.now())
    return 0


def _tell_drills() -> int:
    """The events of drills that are due: a table-top's come quickly."""
    return telling_drills.tell_due(clock.now())


def _chase_lessons() -> int:
    chasing.watch(clock.now())
    return 0


def _make_rounds() -> int:
    now = clock.now()
    done = making_rounds.make_due(now)
    making_rounds.watch_late(now)
    return done


def _chase_findings() -> int:
    chasing_findings.watch(clock.now())
    return 0


def _due_reports() -> int:
    """Opened before they are looked at, so that what a standstill hid is found late in the same turn."""
    now = clock.now()
    with held():
        making_reports.make_due(now)
    watching_due_reports.watch(now)
    return 0


def _destroy_round_photos() -> int:
    return chasing_findings.destroy_old_photos(clock.now())


def _archive_incidents() -> int:
    archiving_incidents.archive_due(clock.now())
    return 0


def _destroy_personal_data() -> int:
    personal.destroy_due(clock.now())
    return 0


def _roll_calls() -> int:
    now = clock.now()
    rollcalls.call_planned(now)
    rollcalls.close_due(now)
    return 0


def _periods() -> int:
    """Readiness periods begin and end at their hour; their roll calls come when nobody expects them."""
    periods.turn(clock.now())
    return 0


def _watch_periods() -> int:
    periods.watch(clock.now())
    return 0


def _alarm_upkeep() -> int:
    return alarm_upkeep.tidy(clock.now())


def _contact_upkeep() -> int:
    return contact_upkeep.tidy(clock.now())


def _mailbox() -> int:
    """Answers to alarms by e-mail. 0: a mailbox is not asked again at once."""
    mailbox.poll(clock.now)
    return 0


def _mail_in() -> int:
    """Messages that become matters and replies. 0: a mailbox is not asked again at once."""
    polling.poll(clock.now)
    return 0


def _imports() -> int:
    """Read and taken over as long as there is something, until the worker ends."""
    return imports.turn(clock.now, _ending.is_set)


def _import_upkeep() -> int:
    return import_keeping.tidy(clock.now())


def _mail_upkeep() -> int:
    return waiting.tidy(clock.now())


def _duty_upkeep() -> int:
    return duty_upkeep.forget_past(clock.now())


def _remind_of_duty() -> int:
    return reminding.remind(clock.now())


def _publish_figures() -> int:
    """0, so that a backlog of months is worked off one at a time: counting a month looks at all of its matters."""
    publishing_figures.publish_due(clock.now())
    return 0


def _lay_out_figures() -> int:
    """0: what could not be begun yet is not asked after at once."""
    publishing_figures.lay_out_due(clock.now, _ending.is_set)
    return 0


def _solve_roster() -> int:
    """The search itself is a process of its own, and yields to everything else."""
    return solving.solve_next(clock.now, is_over=_ending.is_set)


def _lapse_swaps() -> int:
    now = clock.now()
    return sum(swaps.lapse_swap(swap_id=pk, now=now) for pk in swaps.swaps_to_lapse(now))


#: Threads of their own: no alarm waits for another system's server.
_HOOKS = hook_sending.Sender()


def _webhooks() -> int:
    hook_news.look_at_gaps(clock.now())
    return _HOOKS.send_due(clock.now, until=_ending.is_set)


def _webhook_upkeep() -> int:
    hook_upkeep.tidy(clock.now())
    return 0


def _outside() -> int:
    outside.ping(clock.now())
    return 0


def _retention() -> int:
    """Sign-ins that have run out; then the report on the month that ended, and an alarm where a part fails."""
    now = clock.now()
    running.forget_sessions(now)
    reporting.turn(now)
    return 0


def _destroying(name: str, every_s: float, work: Callable[[], int]) -> Loop:
    """A loop that destroys data: each of its runs is noted."""
    return Loop(name, every_s, lambda: running.noted(name, work), is_destroying=True, needs_clock=True)


LOOPS = (
    Loop("heartbeat", 5, _beat),
    Loop("alarms", 0.2, _alarms),
    Loop("drop answered", 2, _drop_answered),
    Loop("watch duty", 15, _watch_duty),
    Loop("watch reports", 5, _watch_reports, needs_clock=True),
    Loop("lint plans", 1200, _lint_plans),
    Loop("tell drills", 1, _tell_drills),
    Loop("chase lessons", 300, _chase_lessons, needs_clock=True),
    Loop("make rounds", 30, _make_rounds, needs_clock=True),
    Loop("chase findings", 60, _chase_findings, needs_clock=True),
    Loop("due reports", 30, _due_reports, needs_clock=True),
    Loop("archive incidents", 60, _archive_incidents),
    _destroying("destroy personal data", 600, _destroy_personal_data),
    Loop("roll calls", 5, _roll_calls),
    Loop("periods", 10, _periods, needs_clock=True),
    Loop("watch periods", 600, _watch_periods),
    _destroying("destroy photographs of rounds", 600, _destroy_round_photos),
    _destroying("alarm upkeep", 600, _alarm_upkeep),
    _destroying("contact upkeep", 600, _contact_upkeep),
    Loop("mailbox", 10, _mailbox),
    Loop("mail in", 20, _mail_in),
    _destroying("mail upkeep", 600, _mail_upkeep),
    Loop("imports", 2, _imports),
    _destroying("import upkeep", 600, _import_upkeep),
    _destroying("duty upkeep", 600, _duty_upkeep),
    _destroying("retention", 600, _retention),
    Loop("webhook upkeep", 3600, _webhook_upkeep),
    Loop("outside", outside.EVERY_S, _outside),
    Loop("remind of duty", 300, _remind_of_duty),
    Loop("solve rosters", 1, _solve_roster),
    Loop("lapse swaps", 30, _lapse_swaps, needs_clock=True),
    Loop("publish figures", 600, _publish_figures, needs_clock=True),
    Loop("lay out figures", 2, _lay_out_figures),
    Loop("dispatch", 0.25, _dispatch, full=reactions.BATCH),
    Loop("count figures", 1, _count_figures, full=counting.BATCH),
    _destroying("keep duty figures", 3600, _keep_duty_figures),
    Loop("send", 0.2, _send),
    Loop("webhooks", 1, _webhooks),
    Loop("new secrets", 1, _new_secrets),
    Loop("lift", 5, _lift, needs_clock=True),
    Loop("hand on", 5, _hand_on),
    Loop("remind", 20, _remind, needs_clock=True),
    Loop("chase letters", 600, _chase_letters, needs_clock=True),
    Loop("recover", 5, _recover),
    Loop("digests", 60, _digests),
    _destroying("upkeep", 300, _upkeep),
    _destroying("archive", 60, _archive),
    Loop("tombstones", 60, _tombstones),
    Loop("sequence", 0.2, _sequence),
    Loop("publish", publishing.seconds_to_wait, _publish),
    Loop("cosign", cosigning.seconds_to_wait, _cosign),
    Loop("anchor", 60, anchoring.anchor_due),
    Loop("scrub", 30, scrub.scrub_some),
)
