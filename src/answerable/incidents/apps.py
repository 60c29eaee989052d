from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "answerable.incidents"
    label = "incidents"
