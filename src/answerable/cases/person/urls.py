from django.urls import URLPattern

app_name = "person"
urlpatterns: list[URLPattern] = []
