from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "answerable.orgs"
    label = "orgs"
