"""Where it is: chosen from a list or on a sketch of it, or said in words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from answerable.cases.portal.asking import NOT_LISTED, Question, radio
from answerable.cases.portal.fields import CleanField
from answerable.cases.portal.place_map import clicked


class OnMap(Question):
    """A list of places with a sketch beside it; a click on the sketch chooses in the list."""

    #: The list's field, and the place whose own places are listed (0: the first level).
    listed, under = "", 0
    chosen_name = ""

    def place_on_map(self) -> None:
        """Offer the sketch where the listed places have points, and take a click on it."""
        self.sketch = self.office.sketch(self.under)
        if self.sketch is None or "map.x" not in self.data:
            return
        chosen = clicked(self.sketch.pins, self._pixel("map.x"), self._pixel("map.y"))
        if chosen is not None:
            self.data = dict(self.data.items()) | {self.listed: str(chosen)}
            self.chosen_name, self.stays = self.office.places.rows[chosen].name, True

    def _pixel(self, name: str) -> int:
        sent = str(self.data.get(name, ""))
        return int(sent) if sent.isdecimal() and len(sent) < 6 else 0

    @property
    def map_url(self) -> str:
        return reverse("portal:map", args=[self.office.authority.pk, self.under, get_language() or "en"])


class PlaceQuestion(OnMap):
    step = listed = "place"
    in_words = CleanField(
        limit=300,
        lines=False,
        label=_("Where exactly, in your own words"),
        help_text=_(
            "A street, a bridge, a shop next to it. Not your home address, unless it is about that very place."
        ),
        required=False,
    )

    def build(self) -> None:
        tree = self.office.places
        choices = [(str(node.id), node.name) for node in tree.top()]
        if choices:
            rest = gettext("Somewhere else, or no particular place")
            self.fields["place"] = radio(
                _("Where is it?"), [*choices, (NOT_LISTED, rest)], hint=_("Choose what comes nearest.")
            )
            self.order_fields(["place", "in_words"])
            if "place" in self.initial:
                self.initial["place"] = str(self.initial["place"] or NOT_LISTED)
        else:
            self.fields["in_words"].label = _("Where is it?")
        self.place_on_map()

    def answer(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("place", NOT_LISTED)
        place = None if chosen == NOT_LISTED else int(chosen)
        return {
            "place": place,
            "more": bool(place and self.office.places.below.get(place)),
            "in_words": self.cleaned_data["in_words"],
        }


class SpotQuestion(OnMap):
    step = listed = "spot"

    def build(self) -> None:
        tree, parent = self.office.places, int(self.draft.get("place") or 0)
        self.under = parent
        choices = [(str(node.id), ("— " * node.depth) + node.name) for node in tree.under(parent)]
        rest = gettext("Somewhere else in %(place)s") % {"place": tree.rows[parent].name}
        self.fields["spot"] = radio(
            _("Is it one of these spots?"), [*choices, (str(parent), rest)], hint=tree.full_name(parent)
        )
        if self.initial.get("spot"):
            self.initial["spot"] = str(self.initial["spot"])
        self.place_on_map()

    def answer(self) -> dict[str, Any]:
        return {"spot": int(self.cleaned_data["spot"])}
