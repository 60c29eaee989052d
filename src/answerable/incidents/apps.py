from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "answerable.incidents"
    label = "incidents"

    def ready(self) -> None:
        from answerable.alerts.live import sources
        from answerable.incidents import alarms, from_cases  # noqa: F401 - registers them
        from answerable.incidents.board.live import Boards
        from answerable.incidents.reports import reactions  # noqa: F401 - registers them
        from answerable.incidents.warnings import reactions as of_warnings  # noqa: F401 - registers them

        sources.register("board", Boards())
