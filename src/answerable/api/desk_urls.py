"""Keys for other systems and their webhooks: `/desk/keys/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.api.desk import hooks, keys

app_name = "api_keys"

urlpatterns: list[URLPattern] = [
    path("", keys.listed, name="list"),
    path("new", keys.new, name="new"),
    path("<uuid:client_id>", keys.show, name="show"),
    path("<uuid:client_id>/rotate", keys.rotate, name="rotate"),
    path("<uuid:client_id>/revoke", keys.revoke, name="revoke"),
    path("<uuid:client_id>/webhooks", hooks.make, name="make_hook"),
    path("webhooks/<uuid:hook_id>", hooks.show, name="hook"),
    path("webhooks/<uuid:hook_id>/<slug:what>", hooks.act, name="hook_act"),
    path("webhooks/messages/<int:message_id>/again", hooks.again, name="again"),
]
