from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "answerable.site"
    label = "site"
