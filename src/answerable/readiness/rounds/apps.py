from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "answerable.readiness.rounds"
    label = "rounds"

    def ready(self) -> None:
        from answerable.readiness.periods import sources
        from answerable.readiness.periods.rhythms import Of
        from answerable.readiness.rounds import asked

        sources.register(Of.ROUNDS, asked.came_of)
