from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "answerable.alerts"
    label = "alerts"

    def ready(self) -> None:
        from answerable.alerts import duty_news, office_news  # noqa: F401 - register their reactions
