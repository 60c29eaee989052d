"""The portal's and the desk's own pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from answerable.site import views

app_name = "site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("rights", views.rights, name="rights"),
    path("channels", views.channels, name="channels"),
    path("leave", views.leave, name="leave"),
    path("colours", views.theme, name="theme"),
    path("desk/start", views.desk, name="desk"),
    path("desk/keyboard", views.keys, name="keys"),
]

if getattr(settings, "DEMO", False) or settings.DEBUG:
    from answerable.site import style

    urlpatterns += [
        path("style", style.page, name="style"),
        path("style/desk", style.desk_page, name="style_desk"),
        path("style/question", style.question, name="style_question"),
        path("style/sheet", style.sheet, name="style_sheet"),
        path("style/error/<int:code>", style.error, name="style_error"),
    ]
