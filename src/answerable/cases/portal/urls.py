"""The way in. No address ever holds an answer, a code or a secret."""

from django.urls import URLPattern, path

from answerable.cases.portal import file_views, keeping, receipt_views, views

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", views.start, name="start"),
    path("files", file_views.files, name="files"),
    path("saved", keeping.saved, name="saved"),
    path("put-away", keeping.put_away, name="put_away"),
    path("throw-away", keeping.throw_away, name="throw_away"),
    path("continue", keeping.take_up, name="take_up"),
    path("receipt", receipt_views.receipt, name="receipt"),
    path("receipt/pdf", receipt_views.receipt_pdf, name="receipt_pdf"),
    path("receipt/done", receipt_views.receipt_done, name="receipt_done"),
    path("map/<int:body>/<int:under>/<str:language>.svg", views.place_map, name="map"),
    path("<slug:step>", views.question, name="question"),
]
