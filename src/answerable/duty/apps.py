from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "answerable.duty"
    label = "duty"
