"""Addresses of rounds: `/desk/rounds/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.readiness.rounds.views import findings, home, photos, plans, rounds, templates

app_name = "rounds"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("templates", templates.listed, name="templates"),
    path("templates/adopt", templates.adopt, name="adopt"),
    path("templates/shipped/<slug:code>", templates.shipped, name="shipped"),
    path("templates/<int:template_id>", templates.show, name="template"),
    path("templates/<int:template_id>/edit", templates.edit, name="template_edit"),
    path("templates/<int:template_id>/file", templates.file, name="template_file"),
    path("templates/<int:template_id>/use", templates.use, name="template_use"),
    path("templates/<int:template_id>/retire", templates.retire, name="template_retire"),
    path("templates/<int:template_id>/<int:number>.yaml", templates.download, name="template_download"),
    path("templates/<int:template_id>/<int:number>.pdf", templates.paper, name="template_paper"),
    path("plans", plans.listed, name="plans"),
    path("plans/new/<int:template_id>", plans.new, name="plan_new"),
    path("plans/moved", plans.moved, name="moved"),
    path("plans/<int:plan_id>", plans.show, name="plan"),
    path("plans/<int:plan_id>/change", plans.change, name="plan_change"),
    path("plans/<int:plan_id>/stop", plans.stop, name="plan_stop"),
    path("plans/<int:plan_id>/results.xlsx", plans.workbook, name="plan_workbook"),
    path("findings", findings.listed, name="findings"),
    path("findings.xlsx", findings.workbook, name="findings_workbook"),
    path("findings/<uuid:finding_id>", findings.show, name="finding"),
    path("places/<int:place_id>", findings.at_place, name="at_place"),
    path("things/<int:item_id>", findings.at_item, name="at_item"),
    path("<uuid:round_id>", rounds.show, name="round"),
    path("<uuid:round_id>/photos/<uuid:photo_id>", photos.check, name="photo"),
    path("<uuid:round_id>/photos/<uuid:photo_id>/picture", photos.picture, name="photo_picture"),
    path("<uuid:round_id>/photos/<uuid:photo_id>/proposals", photos.proposals, name="photo_proposals"),
    path("<uuid:round_id>.pdf", rounds.paper, name="round_paper"),
]
