from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "answerable.alerts"
    label = "alerts"

    def ready(self) -> None:
        from answerable.alerts import duty_news  # noqa: F401 - registers its reactions
