from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "answerable.site"
    label = "site"

    def ready(self) -> None:
        """Hand the shells what they may not import: they stand left of the rooms that know it."""
        from answerable.cases.desk.views.notices import bell
        from answerable.site import navigation
        from answerable.site import shell as filled
        from answerable.ui import shell

        shell.slots.who = filled.who
        shell.slots.office = filled.office
        shell.slots.bell = bell
        shell.register(*navigation.DESK)
