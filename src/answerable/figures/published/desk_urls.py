"""Addresses of publishing in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.figures.published import views, views_reports

app_name = "published_desk"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("<slug:code>/settings", views.settings, name="settings"),
    path("<slug:code>/prepare", views.prepare, name="prepare"),
    path("editions/<uuid:edition_id>", views.edition, name="edition"),
    path("editions/<uuid:edition_id>/release", views.release, name="release"),
    path("editions/<uuid:edition_id>/hold", views.hold, name="hold"),
    path("<slug:code>/reports", views_reports.draft, name="draft"),
    path("reports/<uuid:report_id>", views_reports.show, name="report"),
    path("reports/<uuid:report_id>/approve", views_reports.approve, name="approve"),
    path("reports/<uuid:report_id>/publish", views_reports.publish, name="publish"),
    path("reports/<uuid:report_id>/<slug:language>.pdf", views_reports.pdf, name="report_pdf"),
    path("reports/<uuid:report_id>/<slug:section>", views_reports.write, name="write"),
]
