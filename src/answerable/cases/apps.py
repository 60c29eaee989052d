from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "answerable.cases"
    label = "cases"

    def ready(self) -> None:
        from django.conf import settings

        from answerable.cases import alarms, between, closings, reactions  # noqa: F401 - registers them
        from answerable.cases.packs import all_packs, use_folder
        from answerable.core.names import in_language
        from answerable.orgs import procedures

        use_folder(settings.ANSWERABLE_PACKS_DIR)

        def known() -> dict[str, str]:
            return {
                code: in_language(pack.title.in_language("zh-hans"), pack.title.in_language("en"))
                for code, pack in all_packs().items()
            }

        procedures.known = known
