from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "answerable.core"
    label = "core"

    def ready(self) -> None:
        from django.utils.translation import gettext

        from answerable.core import sentences

        sentences.translate = gettext
