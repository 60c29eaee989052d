"""The pages of reviews: what is to be reviewed, one review, a lesson that is done, the end of the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.incidents.access import Reader, incident_for, incident_view
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, Lesson, Review
from answerable.incidents.reviews import paper, queries, rules, services, wording
from answerable.incidents.reviews.forms import DoneForm, LessonForm, ReviewForm
from answerable.incidents.reviews.measuring import figures_of
from answerable.incidents.reviews.moments import moments_of
from answerable.record.bundle import proofs_of, verifier
from answerable.record.queries import acts_of
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def attempt(form: Form | None, do: Callable[[], Any]) -> str:
    """Carry it out; "" or the refusal's sentence, which stands at the form too. Raises PermissionDenied."""
    try:
        do()
    except NotYours as refusal:
        raise PermissionDenied(wording.refusal_words(refusal)) from refusal
    except Refusal as refusal:
        said = wording.refusal_words(refusal)
        if form is not None:
            if isinstance(refusal, Changed):
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["seen_version"] = str(refusal.facts["version"])  # type: ignore[index]
            form.add_error(None, said)
        return said
    return ""


@require_safe
@incident_view
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Responses that wait for their review, those that have one, and lessons that are not done."""
    today = reader.now
    context = {
        "waiting": queries.to_review(reader.seen_body_ids),
        "reviews": queries.reviews(reader.seen_body_ids)[:100],
        "lessons": queries.open_lessons(reader.seen_body_ids)[:200],
        "late": queries.late_ids(reader.seen_body_ids, today),
        "mine": {post.pk for post in reader.posts},
    }
    return page_or_part(request, "incidents/reviews/list.html", "main", context)


@incident_view
def show(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """One review: figures beside the plan's targets, what went well and what not, lessons, signature."""
    incident = incident_for(reader, incident_id)
    review = _review(incident)
    if review is None:
        return _not_begun(request, reader, incident)
    form = ReviewForm(
        request.POST or None,
        initial={"seen_version": review.version, "well": review.well, "badly": review.badly},
    )
    if request.method == "POST" and form.is_valid():
        return _write(request, reader, review, form)
    return _page(request, reader, review, form=form)


def _write(request: HttpRequest, reader: Reader, review: Review, form: ReviewForm) -> HttpResponse:
    incident, signs = review.incident, request.POST.get("do") == "sign"
    do = services.sign_review if signs else services.write_review
    facts: dict[str, Any] = {"incident_id": incident.pk, "by": reader.actor(incident), "now": reader.now}
    if attempt(form, lambda: do(**facts, **form.cleaned_data)):
        review.refresh_from_db()
        return _page(request, reader, review, form=form)
    said = _("Signed. Nothing in it changes any more.") if signs else _("Saved.")
    flash.done(request, said)
    return go(request, _url(incident))


def _review(incident: Incident) -> Review | None:
    rows = Review.objects.select_related(
        "incident__authority", "incident__unit", "incident__place", "incident__plan_version__plan"
    )
    return rows.filter(incident=incident).first()


def _url(incident: Incident) -> str:
    return reverse("incident_reviews:show", args=[incident.pk])


def _not_begun(request: HttpRequest, reader: Reader, incident: Incident) -> HttpResponse:
    is_over = incident.state in services.OVER and incident.activated_at is not None
    context = {"incident": incident, "can_begin": is_over and reader.writes(incident), "is_over": is_over}
    return page_or_part(request, "incidents/reviews/not_begun.html", "main", context)


def _page(request: HttpRequest, reader: Reader, review: Review, **forms: Form) -> HttpResponse:
    incident = review.incident
    figures = figures_of(review, now=reader.now)
    writes, leads = reader.writes(incident), reader.leads(incident)
    is_signed = review.signed_at is not None
    gone = acts_of(incident.pk, kinds=(str(IncidentAct.PERSONAL_DATA_DESTROYED),))
    context = {
        "review": review,
        "incident": incident,
        "facts": paper.facts_of(incident, figures),
        "parts": _parts(figures),
        "events": figures.events,
        "events_text": wording.events(figures) if figures.events else "",
        "outcomes": {outcome: word[0] for outcome, word in wording.OUTCOMES.items()},
        "moments": moments_of(incident),
        "lessons": [(one, _may_finish(reader, one, leads)) for one in _lessons(review)],
        "late": queries.late_ids([incident.authority_id], reader.now),
        "is_signed": is_signed,
        "writes": writes and not is_signed,
        "leads": leads,
        "can_close": leads and is_signed and incident.state == Incident.State.STOOD_DOWN,
        "archived": acts_of(incident.pk, kinds=(str(IncidentAct.ARCHIVED),)),
        "gone": gone[-1] if gone else None,
        "form": forms.get("form") or ReviewForm(initial=_initial(review)),
        "lesson_form": forms.get("lesson_form") or LessonForm(posts=queries.posts_for(incident)),
    }
    wrong = any(form.errors for form in forms.values())
    return page_or_part(
        request, "incidents/reviews/review.html", "main", context, status=422 if wrong else 200
    )


def _initial(review: Review) -> dict[str, Any]:
    return {"seen_version": review.version, "well": review.well, "badly": review.badly}


def _parts(figures: rules.Figures) -> list[dict[str, Any]]:
    """The three tables of figures, in the plan's order; never sorted by who was late."""
    named = (
        ("tasks", _("Tasks"), figures.tasks),
        ("roles", _("Roles, until somebody had them"), figures.roles),
        ("reports", _("Reports"), figures.reports),
    )
    return [
        {
            "key": key,
            "title": title,
            "tally": wording.tally(rules.tally(rows)) if rows else "",
            "rows": [
                {
                    "name": wording.name_of(row),
                    "target": wording.minutes(row.target_min),
                    "took": wording.minutes(row.actual_min),
                    "state": wording.OUTCOMES[row.outcome][0],
                    "word": wording.outcome(row),
                }
                for row in rows
            ],
        }
        for key, title, rows in named
    ]


def _lessons(review: Review) -> list[Lesson]:
    return list(review.lessons.select_related("post__unit"))


def _may_finish(reader: Reader, lesson: Lesson, leads: bool) -> bool:
    return lesson.done_at is None and (leads or lesson.post_id in {post.pk for post in reader.posts})


@require_POST
@incident_view
def begin(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    incident = incident_for(reader, incident_id)
    said = attempt(
        None,
        lambda: services.begin_review(incident_id=incident.pk, by=reader.actor(incident), now=reader.now),
    )
    if said:
        flash.warn(request, said)
    return go(request, _url(incident))


@require_POST
@incident_view
def add_lesson(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    incident = incident_for(reader, incident_id)
    review = get_object_or_404(Review, incident=incident)
    form = LessonForm(request.POST, posts=queries.posts_for(incident))
    if form.is_valid():
        values = dict(form.cleaned_data)
        facts: dict[str, Any] = {"incident_id": incident.pk, "by": reader.actor(incident), "now": reader.now}
        if not attempt(form, lambda: services.set_lesson(post_id=values.pop("post"), **values, **facts)):
            flash.done(request, _("The lesson stands. Its post is reminded before the day."))
            return go(request, _url(incident))
    return _page(request, reader, _review(incident) or review, lesson_form=form)


@require_POST
@incident_view
def drop_lesson(request: HttpRequest, reader: Reader, incident_id: UUID, lesson_id: UUID) -> HttpResponse:
    incident = incident_for(reader, incident_id)
    get_object_or_404(Lesson, pk=lesson_id, review__incident=incident)
    facts: dict[str, Any] = {"incident_id": incident.pk, "by": reader.actor(incident), "now": reader.now}
    said = attempt(None, lambda: services.drop_lesson(lesson_id=lesson_id, **facts))
    flash.warn(request, said) if said else flash.done(request, _("Taken out."))
    return go(request, _url(incident))


@incident_view
def lesson(request: HttpRequest, reader: Reader, lesson_id: UUID) -> HttpResponse:
    """Say that a lesson is done, and with what. Whoever holds its post in another body comes here too."""
    rows = Lesson.objects.select_related("review__incident__plan_version__plan", "post__unit")
    found = get_object_or_404(rows, pk=lesson_id)
    incident = found.review.incident
    own = [post for post in reader.posts if post.pk == found.post_id]
    if not own:
        incident_for(reader, incident.pk)
    versions = queries.newer_versions(incident) if found.changes_plan else None
    form = DoneForm(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        by = queries.actor_of(reader, own[0]) if own else reader.actor(incident)
        given = {"plan_version": None} | form.cleaned_data
        if not attempt(
            form, lambda: services.finish_lesson(lesson_id=found.pk, **given, by=by, now=reader.now)
        ):
            flash.done(request, _("Done. It is asked for no more."))
            return go(request, reverse("incident_reviews:list"))
    context = {
        "lesson": found,
        "incident": incident,
        "form": form,
        "may": bool(own) or reader.leads(incident),
        "versions": versions,
    }
    status = 422 if form.errors else 200
    return page_or_part(request, "incidents/reviews/lesson.html", "main", context, status=status)


@require_POST
@incident_view
def close(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    incident = incident_for(reader, incident_id)
    said = attempt(
        None,
        lambda: services.close_incident(
            incident_id=incident.pk, by=reader.actor(incident), seen_version=None, now=reader.now
        ),
    )
    if said:
        flash.warn(request, said)
    else:
        flash.done(request, _("Closed. It goes into the archive as soon as the log has taken its last act."))
    return go(request, _url(incident))


@require_safe
@incident_view
def as_paper(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The review as PDF, in the reader's language."""
    incident = incident_for(reader, incident_id)
    review = _review(incident)
    if review is None:
        raise Http404
    name = f'inline; filename="review-{incident.code}.pdf"'
    content = paper.pdf_of(review, now=reader.now)
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


@require_safe
@incident_view
def destroyed(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The receipt of the destruction: the act's proof with its opening, and what checks them."""
    incident = incident_for(reader, incident_id)
    acts = acts_of(incident.pk, kinds=(str(IncidentAct.PERSONAL_DATA_DESTROYED),))
    if not acts:
        raise Http404
    numbers = {act.seq for act in acts}
    proofs = proofs_of(incident.pk, numbers.__contains__)
    wanted = {f"act-{seq}" for seq in numbers}
    files = {
        name: one for name, one in proofs.items() if name.partition(".")[0].removesuffix("-stamped") in wanted
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files | verifier()).items():
            archive.writestr(name, content)
    headers = {"Content-Disposition": f'attachment; filename="destroyed-{incident.code}.zip"'}
    return HttpResponse(out.getvalue(), content_type="application/zip", headers=headers)
