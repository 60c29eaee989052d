from django.apps import AppConfig


class Open311Config(AppConfig):
    name = "answerable.open311"
    label = "open311"
