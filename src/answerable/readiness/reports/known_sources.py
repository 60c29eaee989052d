"""What cases, incidents, alarms, duty, standby and rounds tell a report. Registered when the application starts."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from answerable.alerts.models import Alert
from answerable.cases.models import Accused, Case, Deadline
from answerable.core.sentences import N_
from answerable.duty.models import Line, StandbyItem
from answerable.duty.queries import on_duty_on
from answerable.incidents.models import Incident
from answerable.orgs.models import Hold
from answerable.orgs.standing import is_in_force, standing
from answerable.readiness.reports.sources import Source, Span, register
from answerable.readiness.rounds.models import Finding, Round


def countable_cases() -> QuerySet[Case]:
    """Cases that a count may hold: none about somebody's conduct, whose number alone would tell (rights, rule 5)."""
    accused = Accused.objects.filter(case=OuterRef("pk"))
    return Case.objects.filter(is_conduct=False).exclude(Exists(accused))


def _cases(span: Span) -> QuerySet[Case]:
    return countable_cases().filter(unit_id__in=span.unit_ids)


def cases_received(span: Span) -> int:
    return _cases(span).filter(registered_at__gte=span.from_at, registered_at__lt=span.until_at).count()


def cases_answered(span: Span) -> int:
    return _cases(span).filter(decided_at__gte=span.from_at, decided_at__lt=span.until_at).count()


def _open(span: Span) -> QuerySet[Case]:
    """Open at the end of the span: no final answer and no other end by then."""
    by_then = Q(registered_at__lt=span.until_at)
    not_ended = Q(ended_at=None) | Q(ended_at__gte=span.until_at)
    unanswered = Q(decided_at=None) | Q(decided_at__gte=span.until_at) | Q(state__in=("review", "rereview"))
    return _cases(span).filter(by_then, not_ended, unanswered)


def cases_open(span: Span) -> int:
    return _open(span).count()


def cases_late(span: Span) -> int:
    """Open, with a date of the office's that had passed by then and was not met by then."""
    missed = Deadline.objects.filter(
        Q(met_at=None) | Q(met_at__gte=span.until_at),
        case=OuterRef("pk"),
        is_office=True,
        is_supervising=False,
        voided_seq=None,
        late_from__lte=span.until_at,
    )
    return _open(span).filter(Exists(missed)).count()


def _incidents(span: Span) -> QuerySet[Incident]:
    rows = Incident.objects.filter(unit_id__in=span.unit_ids, is_drill=False)
    return rows.exclude(state=Incident.State.SAME)


def incidents_called_in(span: Span) -> int:
    return _incidents(span).filter(reported_at__gte=span.from_at, reported_at__lt=span.until_at).count()


def responses_begun(span: Span) -> int:
    return _incidents(span).filter(activated_at__gte=span.from_at, activated_at__lt=span.until_at).count()


def alarms_raised(span: Span) -> int:
    """Alarms that asked the leader of one of these units; no drills, and nothing of a case."""
    heads = [post.pk for unit in span.unit_ids for post in standing().posts_in.get(unit, ())]
    rows = Alert.objects.filter(
        authority_id=span.unit.authority_id, opened_at__gte=span.from_at, opened_at__lt=span.until_at
    )
    # What concerns a case is counted with the cases; and so are reports that are late with the reports.
    told = rows.filter(is_drill=False).exclude(code__in=["danger", "late", "unit_report_late"])
    return told.filter(context__leader_post__in=heads).count()


def standby_out_of_order(span: Span) -> int:
    """As it stands when the report is filled in: what was out of order yesterday and is mended is none."""
    rows = StandbyItem.objects.filter(unit_id__in=span.unit_ids, closed_on=None)
    return rows.filter(state=StandbyItem.State.REPAIR).count()


def rounds_done(span: Span) -> int:
    """Rounds to places and things; a review of open matters from the desk is none."""
    rows = Round.objects.filter(unit_id__in=span.unit_ids, state=Round.State.DONE)
    rows = rows.filter(Q(place__isnull=False) | Q(item__isnull=False))
    return rows.filter(done_at__gte=span.from_at, done_at__lt=span.until_at).count()


def findings_open(span: Span) -> int:
    rows = Finding.objects.filter(unit_id__in=span.unit_ids, found_at__lt=span.until_at)
    return rows.filter(Q(mended_at=None) | Q(mended_at__gte=span.until_at)).count()


def on_duty_posts(span: Span) -> str:
    """The posts on duty at the end of the span, line by line; posts, not names (rights, rule 12)."""
    lines = Line.objects.filter(unit_id__in=span.unit_ids, closed_on=None).order_by("unit_id", "pk")
    rows = list(lines)
    found = on_duty_on([line.pk for line in rows], span.until_at)
    said = []
    for line in rows:
        posts = [name for one in found[line.pk] if (name := _post_of(one.staff_id, span))]
        said.append(
            _("%(line)s: %(posts)s") % {"line": line.name, "posts": _(", ").join(posts) or _("nobody")}
        )
    return "\n".join(said)


def _post_of(staff_id: int, span: Span) -> str:
    held = [one for one in standing().by_staff.get(staff_id, ()) if is_in_force(one, span.until_at)]
    held.sort(key=lambda one: (one.hold != Hold.HOLDER, one.post_id))
    return f"{held[0].post.unit.name} {held[0].post.name}" if held else ""


SOURCES = (
    Source(
        "cases_received",
        N_("Matters received"),
        N_("Registered in this time with this unit; matters about somebody's conduct are not counted."),
        "number",
        "sum",
        cases_received,
    ),
    Source(
        "cases_answered",
        N_("Matters answered"),
        N_("Decided in this time; matters about somebody's conduct are not counted."),
        "number",
        "sum",
        cases_answered,
    ),
    Source(
        "cases_open",
        N_("Matters open"),
        N_("Without an answer at the end of this time."),
        "number",
        "last",
        cases_open,
    ),
    Source(
        "cases_late",
        N_("Matters late"),
        N_("Open, and a date of the office's had passed at the end of this time."),
        "number",
        "last",
        cases_late,
    ),
    Source(
        "incidents_called_in",
        N_("Incidents called in"),
        N_("First calls about a danger in this time, without drills."),
        "number",
        "sum",
        incidents_called_in,
    ),
    Source(
        "responses_begun",
        N_("Responses begun"),
        N_("Incidents whose response was activated in this time, without drills."),
        "number",
        "sum",
        responses_begun,
    ),
    Source(
        "alarms_raised",
        N_("Alarms"),
        N_("Alarms of this time that this unit's leader was to answer, without drills."),
        "number",
        "sum",
        alarms_raised,
    ),
    Source(
        "standby_out_of_order",
        N_("Standby out of order"),
        N_("Vehicles and equipment that are out of order now."),
        "number",
        "last",
        standby_out_of_order,
    ),
    Source(
        "rounds_done",
        N_("Rounds done"),
        N_("Rounds to places and things that were done in this time."),
        "number",
        "sum",
        rounds_done,
    ),
    Source(
        "findings_open",
        N_("Findings open"),
        N_("What rounds found and nobody had mended at the end of this time."),
        "number",
        "last",
        findings_open,
    ),
    Source(
        "on_duty_posts",
        N_("Posts on duty"),
        N_("Who was on duty at the end of this time, by post."),
        "text",
        "no",
        on_duty_posts,
    ),
)


def register_all() -> None:
    for one in SOURCES:
        register(one)
