"""What a readiness period can be for: physical hazards that come with a season or a forecast, a closed list. Pure.

Nothing here is a gathering, a holiday on which people come together, a meeting or a visit (rights, rule 11). What is not
in the list cannot be planned.
"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.core.sentences import N_
from answerable.readiness.periods.rhythms import Of, Rhythm


@dataclass(frozen=True)
class Kind:
    """A kind of period, and what one of it usually demands."""

    name: str
    #: Of incidents' closed list; their plans are the ones to drill first.
    hazards: tuple[str, ...]
    usual_days: int
    reports: Rhythm
    #: Rounds that come more often, by topic.
    rounds: tuple[tuple[str, Rhythm], ...] = ()
    more_on_duty: int = 1
    calls_a_week: int = 2

    def rhythms(self) -> list[tuple[Of, str, Rhythm]]:
        return [
            (Of.REPORTS, "", self.reports),
            *((Of.ROUNDS, topic, rhythm) for topic, rhythm in self.rounds),
        ]


KINDS: dict[str, Kind] = {
    "flood_season": Kind(
        N_("Flood season"), ("flood", "landslide"), 120, Rhythm.DAILY,
        (("dams", Rhythm.DAILY), ("roads", Rhythm.WEEKLY)),
    ),
    "typhoon": Kind(
        N_("Typhoon or storm"), ("storm", "flood"), 4, Rhythm.TWICE_DAILY,
        (("dams", Rhythm.TWICE_DAILY), ("building_sites", Rhythm.DAILY), ("roads", Rhythm.DAILY)),
        more_on_duty=2, calls_a_week=3,
    ),
    "landslides": Kind(
        N_("Danger of landslides"), ("landslide",), 30, Rhythm.DAILY, (("roads", Rhythm.DAILY),)
    ),
    "harvest_fires": Kind(
        N_("Fires at harvest"), ("fire",), 45, Rhythm.DAILY, (("vehicles", Rhythm.WEEKLY),)
    ),
    "forest_fires": Kind(
        N_("Danger of forest fires"), ("fire",), 60, Rhythm.DAILY, (("vehicles", Rhythm.WEEKLY),)
    ),
    "epidemic": Kind(
        N_("Epidemic"), ("disease",), 60, Rhythm.DAILY,
        (("schools", Rhythm.DAILY), ("boarding_houses", Rhythm.WEEKLY), ("markets", Rhythm.WEEKLY)),
    ),
    "animal_disease": Kind(
        N_("Animal disease"), ("animal_disease",), 45, Rhythm.DAILY, (("markets", Rhythm.DAILY),)
    ),
    "winter_ice": Kind(
        N_("Snow and ice"), ("cold", "road_accident"), 90, Rhythm.DAILY,
        (("roads", Rhythm.DAILY), ("vehicles", Rhythm.WEEKLY), ("boarding_houses", Rhythm.WEEKLY)),
    ),
    "heat": Kind(
        N_("Great heat"), ("extreme_heat", "outage_power"), 45, Rhythm.DAILY,
        (("schools", Rhythm.WEEKLY), ("building_sites", Rhythm.WEEKLY)),
    ),
    "drought": Kind(
        N_("Drought"), ("drought", "outage_water"), 60, Rhythm.TWICE_WEEKLY, (("dams", Rhythm.WEEKLY),),
        calls_a_week=1,
    ),
    "fire_danger": Kind(
        N_("Dry and windy: fire in buildings"), ("fire",), 30, Rhythm.DAILY,
        (("fire_exits", Rhythm.WEEKLY), ("boarding_houses", Rhythm.WEEKLY), ("markets", Rhythm.WEEKLY)),
    ),
}  # fmt: skip
