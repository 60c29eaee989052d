from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "answerable.incidents"
    label = "incidents"

    def ready(self) -> None:
        from answerable.incidents import alarms  # noqa: F401 - registers its reactions
        from answerable.incidents.reports import reactions  # noqa: F401 - registers them
        from answerable.incidents.warnings import reactions as of_warnings  # noqa: F401 - registers them
