from django.apps import AppConfig


class DueReportsConfig(AppConfig):
    name = "answerable.readiness.reports"
    label = "due_reports"

    def ready(self) -> None:
        from answerable.readiness.reports import known_sources, reactions  # noqa: F401 - registers them

        known_sources.register_all()
