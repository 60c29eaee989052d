"""Mounted under desk:counter, which is the page itself."""

from django.urls import URLPattern, path

from answerable.cases.counter import asking, offline, views

app_name = "counter"
urlpatterns: list[URLPattern] = [
    path("progress", asking.progress, name="progress"),
    path("lost", asking.lost, name="lost"),
    path("read-back", views.read_back, name="read_back"),
    path("register", views.register, name="register"),
    path("receipt", views.receipt, name="receipt"),
    path("receipt/pdf", views.receipt_pdf, name="receipt_pdf"),
    path("put-away", views.put_away, name="put_away"),
    path("ready", offline.ready, name="ready"),
    path("ready/reserve", offline.reserve, name="reserve"),
    path("ready/give-back", offline.give_back, name="give_back"),
    path("offline", offline.offline, name="offline"),
    path("waiting", offline.waiting, name="waiting"),
    path("waiting/state", offline.state, name="state"),
    path("waiting/send", offline.send, name="send"),
    path("worker.js", offline.worker, name="worker"),
]
