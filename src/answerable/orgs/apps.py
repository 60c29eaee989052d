from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "answerable.orgs"
    label = "orgs"

    def ready(self) -> None:
        from answerable.orgs.accounts import factors  # noqa: F401 - records what happens to second factors
