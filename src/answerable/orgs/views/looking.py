"""What all staff may see: who answers for what, and which days are worked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from answerable.orgs.access import Visitor, staff_view
from answerable.orgs.checks import holes_of
from answerable.orgs.models import Authority, Place, Responsibility, SpecialDay, Subject
from answerable.orgs.queries import Uncovered, appointments_at, calendar_of, holders_of, responsible_for


def body_of(request: HttpRequest, visitor: Visitor) -> Authority:
    """The body whose code is in the address, else the first that the visitor sees."""
    wanted = request.GET.get("body", "")
    return next((body for body in visitor.bodies if body.code == wanted), visitor.bodies[0])


@require_GET
@staff_view
def answering_map(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The rules of the map, what it leaves open, and “who answers for X at Y?”."""
    body = body_of(request, visitor)
    subjects = list(Subject.objects.filter(authority=body, closed_on=None).order_by("path", "pk"))
    places = list(Place.objects.filter(authority=body, closed_on=None).order_by("path", "pk"))
    asked = next((one for one in subjects if str(one.pk) == request.GET.get("subject")), None)
    where = next((one for one in places if str(one.pk) == request.GET.get("place")), None)
    answer, holders, is_uncovered = None, [], False
    if asked is not None:
        try:
            answer = responsible_for(body, asked, where)
            holders = holders_of(answer.leader_post_id, visitor.now)
        except Uncovered:
            is_uncovered = True
    rules = Responsibility.objects.filter(authority=body).select_related(
        "subject", "place", "unit", "leader_post"
    )
    held = set(appointments_at(visitor.now).values_list("post_id", flat=True))
    found = holes_of(body)
    names = Subject.objects.in_bulk({hole.subject for hole in found})
    context = {
        "visitor": visitor,
        "body": body,
        "runs": body in visitor.runs,
        "subjects": subjects,
        "places": places,
        "asked": asked,
        "where": where,
        "answer": answer,
        "holders": holders,
        "is_uncovered": is_uncovered,
        "rules": [
            (
                rule,
                rule.leader_post_id in held,
                "~".join(
                    (
                        body.code,
                        rule.subject.code if rule.subject else "",
                        rule.place.code if rule.place else "",
                    )
                ),
            )
            for rule in rules.order_by("subject__path", "place__path", "pk")
        ],
        "open": [names[hole.subject] for hole in found],
    }
    return render(request, "orgs/map.html", context)


@require_GET
@staff_view
def calendar(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The office's own closures and extra working days, the newest first, and how far holidays are known."""
    body = body_of(request, visitor)
    context = {
        "visitor": visitor,
        "body": body,
        "runs": body in visitor.runs,
        "days": SpecialDay.objects.filter(authority=body).order_by("-on"),
        "known_until": calendar_of(body).known_until(),
    }
    return render(request, "orgs/calendar.html", context)
