"""Below /desk/mailbox/."""

from django.urls import URLPattern, path

from answerable.cases.mailbox import views

app_name = "mailbox"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("new", views.edit, name="new"),
    path("<int:mailbox_id>", views.edit, name="edit"),
    path("<int:mailbox_id>/pause", views.pause, name="pause"),
    path("waiting/<uuid:mail_id>", views.mail, name="mail"),
    path("waiting/<uuid:mail_id>/leave", views.leave, name="leave"),
]
