from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "answerable.cases"
    label = "cases"

    def ready(self) -> None:
        from answerable.cases import reactions  # noqa: F401 - registers them
