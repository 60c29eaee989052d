from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "answerable.ops"
    label = "ops"
