from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "answerable.parties"
    label = "parties"
