"""What a period demands and what of it is missing, as of an instant: the leader's page, the check and the alarm.

Each demand is reckoned from what is there: duty's certificate, standby, roll calls, drills, how people are reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.alerts import readiness
from answerable.duty import queries as duty
from answerable.duty import wording as duty_words
from answerable.duty.models import Line, StandbyItem
from answerable.duty.shifts import Extra
from answerable.orgs.models import Authority
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import standing
from answerable.readiness.periods import cover, plan_looking, queries, rules, sources, wording
from answerable.readiness.periods.models import Demand, Period, SurpriseCall
from answerable.readiness.periods.rhythms import Of, Rhythm, is_stricter

A_MOMENT = timedelta(microseconds=1)
#: The newest; a season may have a hundred.
CALLS_SHOWN = 20


class How(StrEnum):
    """Where a demand stands; in the order in which they are shown."""

    MISSING = "missing"
    AHEAD = "ahead"
    MET = "met"
    OVER = "over"


@dataclass(frozen=True)
class Looked:
    """One demand as it stands: what is asked, how it stands, what is there or missing, and where it is mended."""

    kind: str
    text: str
    how: How
    said: str
    url: str = ""
    url_text: str = ""
    note: str = ""
    demand: Demand | None = None
    calls: Sequence[SurpriseCall] = ()


@dataclass
class _Look:
    """A period as it is looked at; what several demands need is read once."""

    period: Period
    now: datetime
    overlapping: list[Period]
    certificates: dict[int, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return rules.state_at(self.period.state, self.period.from_at, self.period.until_at, self.now)


def look_at(period: Period, *, now: datetime) -> list[Looked]:
    """Every demand of a period as it stands, in the active language: what is missing first. Places that were closed
    while it stands come as demands of their own."""
    look = _Look(period, now, queries.overlapping(period))
    rows = Demand.objects.filter(period=period).select_related(
        "line__authority", "role", "item__unit", "plan"
    )
    if look.state not in rules.OPEN:
        return [_over(look, row) for row in rows]
    found = [*_closed_places(look), *(_LOOKS[row.kind](look, row) for row in rows)]
    order, kinds = list(How), list(Demand.Kind.values)
    return sorted(
        found,
        key=lambda one: (order.index(one.how), kinds.index(one.kind) if one.kind in kinds else -1, one.text),
    )


def _over(look: _Look, row: Demand) -> Looked:
    """Nothing is missing of a period that is over; what came of its roll calls stays to be read."""
    said = _("The period is over; nothing is asked for any more.")
    calls = list(row.calls.select_related("roll_call")[:CALLS_SHOWN])
    return _looked(row, wording.demand_text(row), How.OVER, said, calls=calls)


def missing_of(looked: Sequence[Looked]) -> list[Looked]:
    return [one for one in looked if one.how is How.MISSING]


# ---------------------------------------------------------------- where


def _closed_places(look: _Look) -> list[Looked]:
    period = look.period
    named = [one.place_id for one in period.named_places.all()]
    known = queries.place_facts(period.authority_id)
    places = standing().places
    found = []
    for closed, heirs in cover.heirs_of(named, known, known_up_to=period.places_up_to):
        facts = {"place": places[closed].name, "heirs": duty_words.listed(places[pk].name for pk in heirs)}
        said = (
            _(
                "%(place)s was closed. Until you say which took its place, these count in its stead: %(heirs)s."
            )
            % facts
            if heirs
            else _(
                "%(place)s was closed, and no place was made in its stead. Say where the period holds now."
            )
            % facts
        )
        found.append(
            Looked(
                "place",
                _("It holds at %(place)s") % facts,
                How.MISSING,
                said,
                reverse("periods:places", args=[period.pk]),
                _("Say where it holds"),
            )
        )
    return found


# ---------------------------------------------------------------- more on duty


def _duty(look: _Look, row: Demand) -> Looked:
    line, period = row.line, look.period
    assert line is not None
    text, url = wording.demand_text(row), reverse("duty:line_coverage", args=[line.pk])
    note = _more_elsewhere(look, row)
    if line.closed_on is not None:
        said = _("The line was closed. Take this out, or open the line again.")
        return _looked(
            row, text, How.MISSING, said, reverse("duty:line", args=[line.pk]), _("The line"), note
        )
    horizon = look.now + timedelta(days=line.horizon_days)
    from_at, until_at = max(look.now, period.from_at), min(period.until_at, horizon)
    if from_at >= until_at:
        facts: dict[str, Any] = {"days": line.horizon_days}
        said = _("It begins later than rosters reach (%(days)s days). It is looked at from then on.") % facts
        return _looked(row, text, How.AHEAD, said, url, _("Coverage"), note)
    gaps = [gap for gap in _certificate(look, line, from_at, until_at).gaps if gap.role_id == row.role_id]
    if not gaps:
        facts = {"until": wording.moment_text(until_at, period.authority.zone)}
        return _looked(
            row, text, How.MET, _("Everybody is there until %(until)s.") % facts, url, _("Coverage"), note
        )
    hours = sum((gap.length * gap.missing for gap in gaps), timedelta())
    facts = {"hours": duty_words.hours_text(hours), "first": _first_gap(gaps[0], row)}
    said = _("%(hours)s of duty are missing. First: %(first)s") % facts
    return _looked(row, text, How.MISSING, said, url, _("See the gaps and fill them"), note)


def _certificate(look: _Look, line: Line, from_at: datetime, until_at: datetime) -> Any:
    """The line's coverage with everything that the period asks of it, whether it is announced yet or not."""
    if line.pk not in look.certificates:
        period, calendar = look.period, calendar_of(line.authority)
        asked = Demand.objects.filter(period=period, kind=Demand.Kind.DUTY, line=line)
        also = [
            Extra(
                one.role_id or 0,
                one.count or 0,
                calendar.local_day(period.from_at),
                calendar.local_day(period.until_at - A_MOMENT),
                from_at=period.from_at,
                until_at=period.until_at,
                is_asked=True,
            )
            for one in asked
        ]
        look.certificates[line.pk] = duty.certificate(line.pk, from_at, until_at, also=also)
    return look.certificates[line.pk]


def _first_gap(gap: Any, row: Demand) -> str:
    assert row.role is not None
    return duty_words.gap_text(gap, {gap.role_id: row.role})


def _more_elsewhere(look: _Look, row: Demand) -> str:
    """Which other period asks for more of the same role at the same time: of several, the most counts."""
    more = _others(look, kind=Demand.Kind.DUTY, line=row.line_id, role=row.role_id, count__gt=row.count)
    return _("“%(period)s” asks for more at the same time, and that counts.") % more if more else ""


def _others(look: _Look, **same: Any) -> dict[str, str]:
    other = (
        Demand.objects.filter(period__in=[one.pk for one in look.overlapping], **same)
        .select_related("period")
        .order_by("-count", "pk")
        .first()
    )
    return {"period": str(other.period)} if other is not None else {}


# ---------------------------------------------------------------- how often


def _rhythm(look: _Look, row: Demand) -> Looked:
    text, note = wording.demand_text(row), _stricter_elsewhere(look, row)
    if look.state != rules.BEGUN:
        said = _("It holds by itself from the beginning to the end.")
        return _looked(row, text, How.AHEAD, said, note=note)
    came = sources.came(Of(row.of), look.period, row.topic, look.now)
    if came is None:
        return _looked(row, text, How.MET, _("It holds by itself until the period ends."), note=note)
    facts = {"due": came.due, "came": came.came, "late": came.late}
    if came.late:
        said = _("Late: %(late)s. Of %(due)s due since the beginning, %(came)s came.") % facts
        return _looked(row, text, How.MISSING, said, came.url, _("Which are late"), note)
    said = _("All came that were due: %(came)s since the beginning.") % facts
    return _looked(row, text, How.MET, said, came.url, _("Look at them") if came.url else "", note)


def _stricter_elsewhere(look: _Look, row: Demand) -> str:
    rows = Demand.objects.filter(
        period__in=[one.pk for one in look.overlapping],
        kind=Demand.Kind.RHYTHM,
        of=row.of,
        topic__in={"", row.topic},
    )
    for other in rows.select_related("period").order_by("pk"):
        if is_stricter(Rhythm(other.rhythm), Rhythm(row.rhythm)):
            facts = {"period": str(other.period), "often": wording.rhythm_text(other.rhythm)}
            return _("“%(period)s” asks for %(often)s at the same time, and that counts.") % facts
    return ""


# ---------------------------------------------------------------- standing by


def _standby(look: _Look, row: Demand) -> Looked:
    item = row.item
    assert item is not None
    wrong = _wrong_with(item, look)
    url = reverse("duty:item", args=[item.pk]) if item.closed_on is None else reverse("duty:standby")
    return _looked(
        row,
        wording.demand_text(row),
        How.MISSING if wrong else How.MET,
        wrong or _("Ready, and looked at in time."),
        url,
        _("Look at it") if wrong else _("Standby"),
    )


def _wrong_with(item: StandbyItem, look: _Look) -> str:
    start = max(look.now, look.period.from_at)
    if item.closed_on is not None:
        return _("It is not on standby any more.")
    if item.state == StandbyItem.State.REPAIR:
        return _("It is out of order.")
    if item.state == StandbyItem.State.OUT and look.state == rules.BEGUN:
        return _("It is in use.")
    if item.reserved_for and item.reserved_until is not None and item.reserved_until > start:
        facts = {"what": item.reserved_for, "until": wording.moment_text(item.reserved_until)}
        return _("It is reserved for %(what)s until %(until)s.") % facts
    if duty.is_check_overdue(item, look.now):
        if item.checked_at is None:
            return _("Nobody has looked at it yet.")
        return _("Nobody has looked at it since %(at)s.") % {"at": wording.moment_text(item.checked_at)}
    return ""


# ---------------------------------------------------------------- roll calls


def _roll_calls(look: _Look, row: Demand) -> Looked:
    text, url = wording.demand_text(row), reverse("alerts:roll_calls")
    more = _others(look, kind=Demand.Kind.ROLL_CALLS, line=row.line_id, count__gt=row.count)
    note = _("“%(period)s” calls this line oftener; only its calls are made then.") % more if more else ""
    calls = list(row.calls.select_related("roll_call")[:CALLS_SHOWN])
    if look.state != rules.BEGUN:
        said = _("They come by themselves while it runs; nobody can tell when.")
        return _looked(row, text, How.AHEAD, said, note=note)
    made = [one for one in calls if not one.passed_over]
    heard = [one for one in made if one.asked is not None]
    if not heard:
        said = _("None has come yet. Nobody can tell when.")
        return _looked(row, text, How.AHEAD, said, url, _("Roll calls"), note, calls)
    last = heard[0]
    facts = {
        "count": len(made),
        "there": sum(one.in_time or 0 for one in heard),
        "asked": sum(one.asked or 0 for one in heard),
        "last": wording.moment_text(last.at),
        "missing": (last.asked or 0) - (last.in_time or 0),
    }
    if last.asked and last.in_time == last.asked:
        said = (
            _(
                "%(count)s made; %(there)s of %(asked)s answered in time. At the last one, %(last)s, everybody."
            )
            % facts
        )
        return _looked(row, text, How.MET, said, url, _("Roll calls"), note, calls)
    said = _("%(count)s made; at the last one, %(last)s, %(missing)s did not answer in time.") % facts
    return _looked(row, text, How.MISSING, said, url, _("Roll calls"), note, calls)


# ---------------------------------------------------------------- plans, and whether people can be reached


def _drill(look: _Look, row: Demand) -> Looked:
    assert row.plan is not None
    body, zone = look.period.authority, calendar_of(look.period.authority)
    found = plan_looking.look_at(
        row.plan,
        body,
        since=zone.local_day(look.period.from_at) - timedelta(days=row.within_days or 0),
        begins_on=zone.local_day(look.period.from_at),
        now=look.now,
    )
    how = {True: How.MET, False: How.MISSING, None: How.AHEAD}[found.is_met]
    return _looked(row, wording.demand_text(row), how, found.said, found.url, found.url_text, found.note)


def _contacts(look: _Look, row: Demand) -> Looked:
    body: Authority = look.period.authority
    people = readiness.people_of(body, look.now)
    lacking = {one.staff.pk for one in readiness.lacks(people, look.now)}
    facts = {"people": len(people), "lacking": len(lacking)}
    url, where = reverse("alerts:readiness"), _("Can everybody be reached?")
    if not people:
        said = _("Nobody stands in a ladder or on a roster yet, so an alarm would ask nobody.")
        return _looked(row, wording.demand_text(row), How.MISSING, said, url, where)
    if lacking:
        said = ngettext(
            "Of %(people)s, %(lacking)s has no way, or none that was shown to work lately.",
            "Of %(people)s, %(lacking)s have no way, or none that was shown to work lately.",
            len(lacking),
        )
        return _looked(row, wording.demand_text(row), How.MISSING, said % facts, url, where)
    said = _("All %(people)s can be reached by a way that was shown to work.") % facts
    return _looked(row, wording.demand_text(row), How.MET, said, url, where)


def _looked(
    row: Demand,
    text: str,
    how: How,
    said: str,
    url: str = "",
    url_text: str = "",
    note: str = "",
    calls: Sequence[SurpriseCall] = (),
) -> Looked:
    return Looked(row.kind, text, how, said, url, url_text, note, row, calls)


_LOOKS: dict[str, Callable[[_Look, Demand], Looked]] = {
    Demand.Kind.DUTY: _duty,
    Demand.Kind.RHYTHM: _rhythm,
    Demand.Kind.STANDBY: _standby,
    Demand.Kind.ROLL_CALLS: _roll_calls,
    Demand.Kind.DRILL: _drill,
    Demand.Kind.CONTACTS: _contacts,
}
