from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "answerable.figures"
    label = "figures"
