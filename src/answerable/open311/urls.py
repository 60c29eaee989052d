"""Below /open311/. An address ends in the form of its answer, as GeoReport v2 has it."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from answerable.open311 import openapi, views

app_name = "open311"
_FORM = r"\.(?P<form>xml|json)$"

urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi.description, name="openapi"),
    re_path(r"^(?:v2/)?discovery" + _FORM, views.discovery, name="discovery"),
    re_path(r"^v2/services" + _FORM, views.services, name="services"),
    re_path(r"^v2/services/(?P<code>[^/]{1,100})" + _FORM, views.definition, name="definition"),
    re_path(r"^v2/requests" + _FORM, views.requests, name="requests"),
    re_path(r"^v2/requests/(?P<public>[^/]{1,100})" + _FORM, views.one_request, name="request"),
    re_path(r"^v2/tokens/(?P<public>[^/]{1,100})" + _FORM, views.token, name="token"),
    re_path(r"^v2/servicerequestupdates" + _FORM, views.updates, name="updates"),
    re_path(r"^v2/.*" + _FORM, views.nothing),
]
