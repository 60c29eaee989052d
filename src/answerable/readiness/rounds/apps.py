from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "answerable.readiness.rounds"
    label = "rounds"
