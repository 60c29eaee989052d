"""How staff are reached: `/desk/alerts/contacts/`."""

from __future__ import annotations

from django.urls import path

from answerable.alerts.contacts import views

app_name = "contacts"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("add", views.add, name="add"),
    path("quiet", views.quiet, name="quiet"),
    path("people", views.people, name="people"),
    path("call/<int:contact_id>", views.call, name="call"),
    path("<int:contact_id>/code", views.send_code, name="code"),
    path("<int:contact_id>/verify", views.verify, name="verify"),
    path("<int:contact_id>/test", views.test, name="test"),
    path("<int:contact_id>/change", views.change, name="change"),
    path("<int:contact_id>/move", views.move, name="move"),
    path("<int:contact_id>/remove", views.remove, name="remove"),
]
