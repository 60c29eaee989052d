from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "answerable.api"
    label = "api"

    def ready(self) -> None:
        from answerable.api import handed_in  # noqa: F401 - registers it
        from answerable.api.hooks import reactions  # noqa: F401 - registers them
