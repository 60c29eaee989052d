"""Addresses of published figures: for everybody, stable, and none of them computes."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from answerable.figures.published import public, public_reports


class Period:
    """A month as 2026-03, or a year."""

    regex = r"[12][0-9]{3}(?:-[01][0-9])?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Period, "period")
app_name = "published"

urlpatterns: list[URLPattern] = [
    path("", public.start, name="start"),
    path("<slug:code>/", public.body, name="body"),
    path("<slug:code>/dictionary", public.dictionary, name="dictionary"),
    path("<slug:code>/all.csv", public.everything, name="everything"),
    path("<slug:code>/reports/<int:year>", public_reports.report, name="report"),
    path("<slug:code>/reports/<int:year>/<int:number>", public_reports.report, name="report_numbered"),
    path(
        "<slug:code>/reports/<int:year>/<int:number>/<slug:language>.pdf",
        public_reports.pdf,
        name="report_pdf",
    ),
    path("<slug:code>/<period:period>", public.edition, name="edition"),
    path("<slug:code>/<period:period>/<int:number>", public.edition, name="numbered"),
    path("<slug:code>/<period:period>/<int:number>/by-<slug:name>", public.table, name="table"),
    path("<slug:code>/<period:period>/<int:number>/<str:name>", public.file, name="file"),
]
