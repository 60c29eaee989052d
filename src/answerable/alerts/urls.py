"""Addresses of the alarms' pages in the desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from answerable.alerts.desk.views import alarm, board, rollcalls, rules

app_name = "alerts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", board.board, name="board"),
    path("calm/have", board.have_calm, name="have_calm"),
    path("new", board.raise_by_hand, name="raise"),
    path("alarm/<uuid:alert_id>", alarm.show, name="alarm"),
    path("alarm/<uuid:alert_id>/<slug:what>", alarm.answer, name="answer"),
    path("alarm/<uuid:alert_id>/call/<uuid:delivery_id>", alarm.called, name="called"),
    path("rules", rules.listed, name="rules"),
    path("rules/<int:authority_id>/defaults", rules.make_defaults, name="default_rules"),
    path("rules/<int:authority_id>/<slug:code>", rules.edit, name="rule"),
    path("roll-calls", rollcalls.listed, name="roll_calls"),
    path("roll-calls/<int:call_id>", rollcalls.result, name="roll_call"),
    path("roll-calls/plan/<int:plan_id>/end", rollcalls.end, name="end_plan"),
    path("readiness", rollcalls.ready, name="readiness"),
]
