from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "answerable.figures"
    label = "figures"

    def ready(self) -> None:
        from answerable.figures import reactions  # noqa: F401 - registers them
