from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "answerable.cases"
    label = "cases"
