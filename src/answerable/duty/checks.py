"""What `answerable check` asks of duty: is every line covered, can it stay so, and can it be rung up?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.duty import looking, queries, wording
from answerable.duty.eligibility import When, why_not
from answerable.duty.models import Line, Qualification
from answerable.duty.pool import people_facts, role_facts
from answerable.ui.flow import in_a_row

#: A qualification that runs out within this time is told while it can still be renewed.
RUNS_OUT = timedelta(days=30)
#: Told one by one; the rest is counted.
SPELT_OUT = 3


def _lines(now: datetime) -> list[Line]:
    return list(queries.open_lines(now).prefetch_related("roles", "patterns"))


def check_coverage() -> Iterator[Fault]:
    """No second within its horizon at which a line has fewer people than it needs."""
    now = clock.now()
    for line in _lines(now):
        with timezone.override(line.authority.zone):
            found = looking.coverage_of(line, now)
            said = [sentence for _gap, sentence, _near in found.gaps]
        more = len(said) - SPELT_OUT
        if not said:
            continue
        sentence = _("%(line)s (%(body)s) is not covered. %(gaps)s") % {
            "line": line,
            "body": line.authority,
            "gaps": in_a_row(said[:SPELT_OUT]),
        }
        if more > 0:
            sentence = in_a_row((sentence, _("Further gaps: %(count)s.") % {"count": more}))
        yield Fault(
            "duty_uncovered",
            sentence,
            _("Publish a roster for these days, or put somebody in under On duty."),
        )


def check_patterns() -> Iterator[Fault]:
    """Patterns do not contradict each other, and leave no hole in a line that is meant to be covered at every hour."""
    now = clock.now()
    for line in _lines(now):
        facts = {"line": line, "body": line.authority}
        if not line.patterns.all():
            yield Fault(
                "duty_no_pattern",
                _("%(line)s (%(body)s) has no shift pattern, so nobody is ever needed on it.") % facts,
                _("Give it a shift pattern, or close the line."),
            )
            continue
        with timezone.override(line.authority.zone):
            said = looking.contradictions(line, now)
        if said:
            yield Fault(
                "duty_patterns",
                _("%(line)s (%(body)s): %(what)s") % (facts | {"what": in_a_row(said[:SPELT_OUT])}),
                _("Change the patterns under On duty, Duty lines."),
            )


def check_people() -> Iterator[Fault]:
    """Each role has people who may fill it, and enough of them to rest between their shifts."""
    now = clock.now()
    for line in _lines(now):
        when = When(on=now.date(), ends_on=now.date(), from_at=now, until_at=now + timedelta(hours=1))
        people = people_facts(line, now, now + timedelta(hours=1)).values()
        able: set[int] = set()
        needed: set[int] = set()
        for pattern in queries.pattern_facts(line):
            needed |= set(pattern.needs)
        for role in line.roles.all():
            facts = {"role": role, "line": line, "body": line.authority}
            # Who is away today may still fill it tomorrow.
            fit = {
                one.staff_id
                for one in people
                if (no := why_not(role_facts(role), one, when)) is None or no.code == "absent"
            }
            able |= fit
            if role.pk in needed and not fit:
                yield Fault(
                    "duty_role_empty",
                    _("Nobody may fill “%(role)s” on %(line)s (%(body)s).") % facts,
                    _(
                        "Add people to the line who hold the posts and qualifications, or ask for less of the role."
                    ),
                )
        short = _too_small(line, len(able), now)
        if able and short:
            yield Fault(
                "duty_pool_small",
                _(
                    "%(line)s (%(body)s) needs %(turns)s turns a week, and its %(people)s people stand at most "
                    "%(most)s in all."
                )
                % {
                    "line": line,
                    "body": line.authority,
                    "turns": short,
                    "people": len(able),
                    "most": len(able) * line.most_a_week,
                },
                _("Add people to the line, or allow more shifts a week."),
            )


def _too_small(line: Line, people: int, now: datetime) -> int:
    """How many turns the next seven days need, where that is more than its people may stand; else 0."""
    today = now.date()
    spans = queries.spans_of(line, today, today + timedelta(days=7))
    turns = sum(sum(span.needs.values()) for span in spans)
    return turns if turns > people * line.most_a_week else 0


def check_qualifications() -> Iterator[Fault]:
    """What people of a line are qualified for does not run out unseen."""
    now = clock.now()
    for line in _lines(now):
        wanted = {code for role in line.roles.all() for code in role.qualifications}
        rows = Qualification.objects.filter(
            staff__duty_lines__line=line,
            staff__is_active=True,
            code__in=wanted,
            until_on__lt=(now + RUNS_OUT).date(),
        )
        for row in rows.select_related("staff").order_by("until_on", "pk"):
            yield Fault(
                "duty_qualification",
                _("What %(name)s is qualified for on %(line)s (%(what)s) holds only until %(on)s.")
                % {"name": row.staff, "line": line, "what": row.code, "on": row.until_on},
                _("Renew it and enter it under the line, or plan without them."),
            )


def check_telephones() -> Iterator[Fault]:
    """A line can be rung up, and somebody on duty found."""
    silent = [line for line in _lines(clock.now()) if not line.phone.strip()]
    if silent:
        yield Fault(
            "duty_no_telephone",
            _("These duty lines have no telephone: %(lines)s.") % {"lines": wording.listed(silent)},
            _("Enter the number that is answered by whoever is on duty."),
        )


def check_standby() -> Iterator[Fault]:
    """What stands by has been looked at in time."""
    overdue = queries.checks_overdue(clock.now())
    if overdue:
        yield Fault(
            "duty_standby",
            _("On standby, but not looked at in time: %(items)s.") % {"items": wording.listed(overdue)},
            _("Look at them and enter what you find under On duty, Standby."),
        )
