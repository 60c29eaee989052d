"""What an incident can be: physical hazards, a closed list (rights, rule 11). Pure.

Nothing here is a gathering, a complaint or a person. What is not in the list cannot be activated.
"""

from __future__ import annotations

from answerable.core.sentences import N_

HAZARDS: dict[str, str] = {
    "flood": N_("Flood"),
    "storm": N_("Storm, typhoon or hail"),
    "landslide": N_("Landslide or mudflow"),
    "earthquake": N_("Earthquake"),
    "drought": N_("Drought"),
    "extreme_heat": N_("Extreme heat"),
    "cold": N_("Snow, ice or cold"),
    "fire": N_("Fire"),
    "explosion": N_("Explosion"),
    "chemical": N_("Dangerous substance"),
    "building_collapse": N_("Collapse of a building or structure"),
    "work_accident": N_("Accident at work"),
    "road_accident": N_("Road accident"),
    "transport_accident": N_("Accident on rail, on water or in the air"),
    "disease": N_("Outbreak of a disease"),
    "animal_disease": N_("Animal disease"),
    "food_safety": N_("Food or drinking water that makes people ill"),
    "outage_power": N_("Power failure"),
    "outage_water": N_("Water failure"),
    "outage_gas": N_("Gas failure"),
    "outage_network": N_("Telephone or network failure"),
    "school_safety": N_("Danger at a school"),
    "crowd_crush": N_("Too little room for those who are there"),
    "other_physical": N_("Another physical danger"),
}
