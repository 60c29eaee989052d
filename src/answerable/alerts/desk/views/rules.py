"""The escalation rules of a body: listed for everyone who holds a post in it, kept by those who lead or administer it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.alerts.access import LEADS, Watcher, body_led, leading_view, watcher_view
from answerable.alerts.defaults import DEFAULTS, PURPOSES
from answerable.alerts.desk import ladder_form, wording
from answerable.alerts.desk.fields import minutes_text
from answerable.alerts.models import EscalationRule
from answerable.alerts.refusals import CannotKeepRule
from answerable.alerts.rule_checks import RuleDraft
from answerable.alerts.services.rules import keep_rule, make_default_rules
from answerable.core.names import in_language
from answerable.core.refusals import Changed
from answerable.orgs.models import Authority
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def _in_use(body: Authority) -> dict[str, EscalationRule]:
    rows = EscalationRule.objects.filter(authority=body, retired_at=None)
    return {rule.code: rule for rule in rows.prefetch_related("steps__targets__line_role")}


@watcher_view
@require_safe
def listed(request: HttpRequest, watcher: Watcher) -> HttpResponse:
    led = {body.pk for body in watcher.led}
    bodies = []
    for body in watcher.bodies:
        rules = _in_use(body)
        bodies.append(
            {
                "body": body,
                "is_led": body.pk in led,
                "rows": [_row(body, code, rules.get(code)) for code in PURPOSES],
                "missing": len(PURPOSES.keys() - rules.keys()),
            }
        )
    return page_or_part(request, "alerts/rules.html", "main", {"bodies": bodies})


def _row(body: Authority, code: str, rule: EscalationRule | None) -> dict[str, Any]:
    draft = ladder_form.draft_of(rule) if rule else None
    return {
        "code": code,
        "purpose": _(PURPOSES[code]),
        "rule": rule,
        "goes_on": wording.rule_summary(rule) if rule else "",
        "steps": ladder_form.shown_steps(body, draft) if draft else [],
    }


@leading_view
@require_POST
def make_defaults(request: HttpRequest, watcher: Watcher, authority_id: int) -> HttpResponse:
    """Give the body the rules that it lacks."""
    body = body_led(watcher, authority_id)
    make_default_rules(authority=body, by=watcher.actor_in(body.pk, LEADS), now=watcher.at)
    flash.done(request, _("The rules that were missing are there. Look at each one and make it yours."))
    return go(request, reverse("alerts:rules"))


@leading_view
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, watcher: Watcher, authority_id: int, code: str) -> HttpResponse:
    """Change a rule; a new version. The buttons that add and move steps only change what the page shows."""
    body = body_led(watcher, authority_id)
    if code not in PURPOSES:
        raise Http404
    rule = _in_use(body).get(code)
    if request.method != "POST":
        draft = ladder_form.draft_of(rule) if rule else next(one for one in DEFAULTS if one.code == code)
        return _page(request, body, draft, seen=rule.version if rule else 0)
    draft = ladder_form.draft_from(request.POST, code)
    seen = request.POST.get("seen_version", "")
    seen_version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
    do = request.POST.get("do", "save")
    if do != "save":
        return _page(request, body, ladder_form.changed(draft, do, request.POST), seen=seen_version)
    try:
        keep_rule(
            authority=body,
            draft=draft,
            by=watcher.actor_in(body.pk, LEADS),
            now=watcher.at,
            seen_version=seen_version,
        )
    except CannotKeepRule as refusal:
        faults = [wording.rule_fault(fault) for fault in refusal.facts["faults"]]
        return _page(request, body, draft, seen=seen_version, faults=faults)
    except Changed as refusal:
        said = _("Somebody changed this rule meanwhile. Look at it below your own, then save again.")
        now = ladder_form.draft_of(rule) if rule else None
        return _page(
            request, body, draft, seen=int(refusal.facts.get("now", 0)), faults=[said], theirs=now, status=409
        )
    flash.done(request, _("Kept. Alarms from now on climb by it; those under way keep the ladder they have."))
    return go(request, reverse("alerts:rules"))


def _page(
    request: HttpRequest,
    body: Authority,
    draft: RuleDraft,
    *,
    seen: int,
    faults: list[str] | None = None,
    theirs: RuleDraft | None = None,
    status: int = 422,
) -> HttpResponse:
    context = {
        "body": body,
        "draft": draft,
        "title": in_language(draft.name_zh, draft.name_en),
        "purpose": _(PURPOSES[draft.code]),
        "steps": ladder_form.shown_steps(body, draft),
        "count": len(draft.steps),
        "choices": ladder_form.choices(body),
        "repeat": minutes_text(draft.repeat_after_s) if draft.repeat_after_s >= 0 else "",
        "rounds": draft.rounds if draft.rounds >= 0 else "",
        "seen_version": seen,
        "faults": faults or [],
        "theirs": ladder_form.shown_steps(body, theirs) if theirs else [],
    }
    return page_or_part(request, "alerts/rule.html", "main", context, status=status if faults else 200)
