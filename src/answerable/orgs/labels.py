"""What the tables and columns of the organisation are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TABLES = {
    "authorities": _("Body"),
    "units": _("Unit"),
    "posts": _("Post"),
    "people": _("Member of staff"),
    "subjects": _("Subject"),
    "places": _("Place"),
    "responsibilities": _("Rule of the map"),
    "special_days": _("Special day"),
}
#: The same as the tables of a file are called.
SHEETS = {
    "authorities": _("Bodies"),
    "units": _("Units"),
    "posts": _("Posts"),
    "people": _("People"),
    "subjects": _("Subjects"),
    "places": _("Places"),
    "appointments": _("Appointments"),
    "responsibilities": _("Rules of the map"),
    "special_days": _("Special days"),
}
#: What to know before a column is filled in, by table and column.
HINTS = {
    ("units", "closed_on"): _(
        "Open matters stay with it, and the next head above answers for them until they are handed over."
    ),
    ("posts", "closed_on"): _(
        "What it answers for goes by itself to another leader of the unit, or to the next head above; each person sees it."
    ),
}
HEADS = {
    "authority": _("Body"),
    "code": _("Short code (letters, digits, -)"),
    "name_zh": _("Name in Chinese"),
    "name_en": _("Name in English"),
    "pack": _("Procedure"),
    "zone": _("Time zone"),
    "country": _("Country whose holidays count"),
    "above": _("Body above it"),
    "conduct_body": _("Accusations go to"),
    "is_outside": _("It does not work in this installation"),
    "letter_address": _("Address for letters"),
    "letter_email": _("E-mail for letters"),
    "phone": _("Telephone"),
    "address_zh": _("Address in Chinese"),
    "address_en": _("Address in English"),
    "hours_zh": _("Opening hours in Chinese"),
    "hours_en": _("Opening hours in English"),
    "web": _("Web address"),
    "parent": pgettext_lazy("tree", "Below"),
    "takes_conduct": _("Takes accusations of officials"),
    "is_petition_office": _("Is the grievance office"),
    "closed_on": _("Closed since"),
    "unit": _("Unit"),
    "role": _("Role"),
    "is_head": _("Heads its unit"),
    "contact_email": _("E-mail of the post"),
    "contact_phone": _("Telephone of the post"),
    "username": _("Name for signing in"),
    "email": _("E-mail"),
    "language": _("Language"),
    "is_active": _("May sign in"),
    "hint_zh": _("Hint in Chinese"),
    "hint_en": _("Hint in English"),
    "retention_years": _("Years kept after closing"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "subject": _("Subject"),
    "place": _("Place"),
    "leader_unit": _("Unit of the post that answers"),
    "leader_post": _("Post that answers"),
    "on": pgettext_lazy("date", "Day"),
    "is_working": _("It is worked on this day"),
    "why": _("Why"),
    "post": _("Post"),
    "hold": _("As what"),
    "from_at": _("From"),
    "until_at": _("Until"),
}
