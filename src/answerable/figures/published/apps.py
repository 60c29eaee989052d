from django.apps import AppConfig


class PublishedConfig(AppConfig):
    name = "answerable.figures.published"
    label = "published"
