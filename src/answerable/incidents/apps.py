from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "answerable.incidents"
    label = "incidents"

    def ready(self) -> None:
        from answerable.incidents import alarms  # noqa: F401 - registers its reactions
        from answerable.incidents.drills import reactions as _drills  # noqa: F401 - registers them
        from answerable.incidents.reports import reactions  # noqa: F401 - registers them
