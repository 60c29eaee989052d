"""The portal's and the desk's own pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from answerable.site import tour, views

app_name = "site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("rights", views.rights, name="rights"),
    path("channels", views.channels, name="channels"),
    path("tour", tour.tour, name="tour"),
    path("tour/<slug:page>", tour.open_page, name="tour_open"),
    path("leave", views.leave, name="leave"),
    path("colours", views.theme, name="theme"),
    path("desk/start", views.desk, name="desk"),
    path("desk/keyboard", views.keys, name="keys"),
    path("style/", include("answerable.site.style_urls")),
]
