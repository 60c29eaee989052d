"""Addresses of plans in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.plans import views, views_changing, views_parts

app_name = "incident_plans"

urlpatterns: list[URLPattern] = [
    path("", views.every, name="list"),
    path("new", views_changing.adopt, name="adopt"),
    path("<int:plan_id>", views.plan, name="plan"),
    path("<int:plan_id>/compare", views.compare, name="compare"),
    path("<int:plan_id>/edit", views_changing.edit, name="edit"),
    path("<int:plan_id>/parts", views_parts.every, name="parts"),
    path("<int:plan_id>/parts/<slug:code>", views_parts.edit, name="part_new"),
    path("<int:plan_id>/parts/<slug:code>/<int:at>", views_parts.edit, name="part"),
    path("<int:plan_id>/parts/<slug:code>/<int:at>/change", views_parts.change, name="part_change"),
    path("<int:plan_id>/file", views_changing.file, name="file"),
    path("<int:plan_id>/approve", views_changing.approve, name="approve"),
    path("<int:plan_id>/drop", views_changing.drop, name="drop"),
    path("<int:plan_id>/retire", views_changing.retire, name="retire"),
    path("<int:plan_id>/<int:number>.yaml", views.download, name="download"),
    path("<int:plan_id>/<int:number>/<slug:what>.pdf", views.paper, name="paper"),
]
