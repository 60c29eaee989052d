"""Mounted at desk/looks/."""

from django.urls import URLPattern, path

from answerable.cases.looks import views, withdrawals

app_name = "looks"
urlpatterns: list[URLPattern] = [
    path("<uuid:case_id>/withdrawal", withdrawals.withdrawal, name="withdrawal"),
    path("<uuid:case_id>/receipt", views.reissue, name="reissue"),
    path("<uuid:case_id>/receipt/paper", views.paper, name="paper"),
]
