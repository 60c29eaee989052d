from django.apps import AppConfig


class DueReportsConfig(AppConfig):
    name = "answerable.readiness.reports"
    label = "due_reports"

    def ready(self) -> None:
        from answerable.readiness.periods import sources
        from answerable.readiness.periods.rhythms import Of
        from answerable.readiness.reports import known_sources, reactions, season  # noqa: F401 - registers them

        known_sources.register_all()
        sources.register(Of.REPORTS, season.came_in)
