from django.apps import AppConfig
from django.conf import settings


class OpsConfig(AppConfig):
    name = "answerable.ops"
    label = "ops"

    def ready(self) -> None:
        """Hand the site the demo's tour, which it may not import."""
        if settings.DEMO:
            from answerable.ops.demo.tour import tour
            from answerable.site.tour import register

            register(tour())
