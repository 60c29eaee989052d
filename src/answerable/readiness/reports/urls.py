"""Addresses of the reports that units owe."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.readiness.reports.views import home, kinds, report, table

app_name = "due_reports"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("table", table.table, name="table"),
    path("table/export", table.export, name="export"),
    path("sum", table.summed, name="sum"),
    path("kinds", kinds.listed, name="kinds"),
    path("kinds/new", kinds.new, name="new_kind"),
    path("kinds/adopt/<slug:code>", kinds.adopt, name="adopt"),
    path("kinds/<int:kind_id>", kinds.edit, name="kind"),
    path("kinds/<int:kind_id>/stop", kinds.stop, name="stop_kind"),
    path("<uuid:report_id>", report.show, name="report"),
    path("<uuid:report_id>/fill", report.fill, name="fill"),
    path("<uuid:report_id>/take", report.take, name="take"),
    path("<uuid:report_id>/back", report.send_back, name="send_back"),
    path("<uuid:report_id>.pdf", report.as_paper, name="pdf"),
]
