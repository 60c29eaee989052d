from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "answerable.cases.imports"
    label = "imports"
