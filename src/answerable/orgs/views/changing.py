"""The administrator's pages: units and posts, one row at a time, appointments."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from answerable.orgs import labels
from answerable.orgs.access import Visitor, admin_view, staff_of, staff_to_appoint
from answerable.orgs.forms import AppointForm, RowForm
from answerable.orgs.models import Appointment, Authority, Post, Responsibility, SpecialDay, Unit
from answerable.orgs.queries import appointments_at
from answerable.orgs.services import changes
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.snapshot import take_snapshot
from answerable.orgs.views.looking import body_of
from answerable.ui import flash
from answerable.ui.htmx import go


@require_GET
@admin_view
def overview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The tree of units with their posts, who holds them, and where there is a gap."""
    body = body_of(request, visitor)
    held: dict[int, list[Appointment]] = {}
    for one in appointments_at(visitor.now).filter(post__unit__authority=body).select_related("staff"):
        held.setdefault(one.post_id, []).append(one)
    posts: dict[int, list[tuple[Post, list[Appointment]]]] = {}
    for post in Post.objects.filter(unit__authority=body, closed_on=None).order_by("-is_head", "pk"):
        posts.setdefault(post.unit_id, []).append((post, held.get(post.pk, [])))
    units = Unit.objects.filter(authority=body, closed_on=None).order_by("path", "pk")
    rows = [
        (
            unit,
            range(len(unit.path) - 1),
            posts.get(unit.pk, []),
            any(p.is_head for p, _ in posts.get(unit.pk, [])),
        )
        for unit in units
    ]
    runs = body in visitor.runs
    context = {"visitor": visitor, "body": body, "rows": rows, "runs": runs}
    return render(request, "orgs/overview.html", context | {"closed": _closed(body) if runs else []})


def _closed(body: Authority) -> list[tuple[str, Unit | Post, str]]:
    """Closed units and posts, the newest first, each with its table and key: that is where one is opened again."""
    units = Unit.objects.filter(authority=body).exclude(closed_on=None)
    posts = Post.objects.filter(unit__authority=body).exclude(closed_on=None).select_related("unit")
    rows: list[tuple[str, Unit | Post, str]] = [
        *(("units", unit, _key_text(body.code, unit.code)) for unit in units),
        *(("posts", post, _key_text(body.code, post.unit.code, post.code)) for post in posts),
    ]
    return sorted(rows, key=lambda row: (row[1].closed_on, row[0], row[1].pk), reverse=True)


@admin_view
def post(request: HttpRequest, visitor: Visitor, post_id: int) -> HttpResponse:
    """A post, who holds it, and a form that gives it to somebody."""
    found = get_object_or_404(
        Post.objects.select_related("unit__authority"), pk=post_id, unit__authority__in=visitor.runs
    )
    people = staff_to_appoint(visitor).filter(is_active=True).order_by("username")
    form = AppointForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            _appoint(form, found, visitor)
        except changes.CannotChange as refusal:
            form.add_error(None, cannot_change(refusal))
        else:
            flash.done(request, _("Appointed."))
            return go(request, reverse("orgs:post", args=[found.pk]))
    rows = Appointment.objects.filter(post=found).select_related("staff").order_by("-from_at")
    key = _key_text(found.unit.authority.code, found.unit.code, found.code)
    context = {"visitor": visitor, "post": found, "rows": rows, "form": form, "now": visitor.now, "key": key}
    return render(request, "orgs/post.html", context, status=422 if form.errors else 200)


def _appoint(form: AppointForm, post: Post, visitor: Visitor) -> None:
    zone = ZoneInfo(post.unit.authority.zone)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    changes.appoint(
        post_id=post.pk,
        staff_id=int(form.cleaned_data["staff"]),
        hold=form.cleaned_data["hold"],
        from_at=datetime.combine(since, time(), zone) if since else None,
        until_at=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        by=visitor.actor,
        now=visitor.now,
    )


def cannot_change(refusal: changes.CannotChange) -> str:
    """The sentence of a refusal."""
    return {
        "post_closed": _("This post is closed. Open it again first."),
        "ends_first": _("It would end before it begins."),
        "far_day": _("Type a day between the years %(first)s and %(last)s."),
        "sign_in_closed": _("This person's sign-in is closed. Open it again first."),
        "held_already": _("They hold the post in this way already."),
        "over_already": _("It is over already."),
        "overlaps": _(
            "Somebody else holds the post later in this time. End that first, or choose an earlier end."
        ),
    }[refusal.code] % refusal.facts


@require_POST
@admin_view
def end(request: HttpRequest, visitor: Visitor, appointment_id: int) -> HttpResponse:
    one = get_object_or_404(Appointment, pk=appointment_id, post__unit__authority__in=visitor.runs)
    try:
        changes.end_appointment(appointment_id=one.pk, by=visitor.actor, now=visitor.now)
    except changes.CannotChange as refusal:
        flash.warn(request, cannot_change(refusal))
    else:
        flash.done(request, _("Ended."))
    return go(request, reverse("orgs:post", args=[one.post_id]))


def _key_text(*key: object) -> str:
    return "~".join(str(part) for part in key)


@admin_view
def edit(request: HttpRequest, visitor: Visitor, table: str, key: str = "") -> HttpResponse:
    """Make a row of a table, or change one; `key` is its key with ~ between the parts."""
    if table not in labels.TABLES:
        raise Http404
    row = _row(table, key, visitor) if key else None
    if key and row is None:
        raise Http404
    body = body_of(request, visitor)
    form = RowForm(request.POST or None, table=table, visitor=visitor, row=row, body=body.code)
    if request.method == "POST" and form.is_valid():
        faults = changes.save_row(
            table,
            form.typed(),
            bodies=visitor.codes,
            home=visitor.home,
            by=visitor.actor,
            now=visitor.now,
            is_new=row is None,
            own_name=visitor.staff.username,
        )
        form.take(faults)
        if not faults:
            flash.done(request, _("Saved."))
            return go(request, _after(table, form.body or body.code))
    context = {
        "visitor": visitor,
        "form": form,
        "title": labels.TABLES[table],
        "row": row,
        "back": _after(table, ""),
    }
    return render(request, "orgs/edit.html", context, status=422 if form.errors else 200)


def _row(table: str, key: str, visitor: Visitor) -> dict[str, object] | None:
    """The row that this administrator may change, by its key as text."""
    for found, values in take_snapshot().rows[table].items():
        if _key_text(*found) != key:
            continue
        if table == "people":
            return values if staff_of(visitor).filter(username=values["username"]).exists() else None
        body = values.get("authority", values.get("code"))
        return values if body in visitor.codes else None
    return None


def _after(table: str, body: str) -> str:
    name = {
        "responsibilities": "orgs:map",
        "special_days": "orgs:calendar",
        "people": "orgs:people",
        "subjects": "orgs:lists",
        "places": "orgs:lists",
        "authorities": "orgs:lists",
    }.get(table, "orgs:overview")
    return reverse(name) + (f"?body={body}" if body else "")


@require_GET
@admin_view
def lists(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Bodies, subjects and places, each with a way to change it."""
    body = body_of(request, visitor)
    taken = take_snapshot().rows
    tables = []
    for name in ("authorities", "subjects", "places"):
        rows = [
            (_key_text(*key), values["name_zh"], values["name_en"], values)
            for key, values in taken[name].items()
            if (name == "authorities" and values["code"] in visitor.codes)
            or values.get("authority") == body.code
        ]
        tables.append((name, labels.TABLES[name], rows))
    context = {"visitor": visitor, "body": body, "tables": tables, "known": TABLES}
    return render(request, "orgs/lists.html", context)


@require_POST
@admin_view
def remove(request: HttpRequest, visitor: Visitor, what: str, row_id: int) -> HttpResponse:
    """Take a rule or a special day away."""
    if what == "rule":
        get_object_or_404(Responsibility, pk=row_id, authority__in=visitor.runs)
        changes.remove_rule(rule_id=row_id, by=visitor.actor, now=visitor.now)
    else:
        get_object_or_404(SpecialDay, pk=row_id, authority__in=visitor.runs)
        changes.remove_special_day(day_id=row_id, by=visitor.actor, now=visitor.now)
    flash.done(request, _("Taken away."))
    return go(request, _after("responsibilities" if what == "rule" else "special_days", ""))
