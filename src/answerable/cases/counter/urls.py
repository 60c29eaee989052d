"""Mounted under desk:counter, which is the page itself."""

from django.urls import URLPattern, path

from answerable.cases.counter import views

app_name = "counter"
urlpatterns: list[URLPattern] = [
    path("read-back", views.read_back, name="read_back"),
    path("register", views.register, name="register"),
    path("receipt", views.receipt, name="receipt"),
    path("receipt/pdf", views.receipt_pdf, name="receipt_pdf"),
    path("put-away", views.put_away, name="put_away"),
]
