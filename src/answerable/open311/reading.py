"""From a POST of GeoReport v2 to what is registered. What the form has no field for is kept as words, never dropped."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext

from answerable.cases.models import Intake, Privacy
from answerable.cases.portal.fields import EmailField, PhoneField
from answerable.cases.portal.office import CONDUCT_SUBJECT, Office
from answerable.cases.services.intake import Told
from answerable.core import text
from answerable.core.text import LINE_LIMIT, TEXT_LIMIT
from answerable.open311 import rules
from answerable.open311.offered import ASKED, subject_of
from answerable.open311.rules import Refused
from answerable.orgs.models import Authority, Place
from answerable.orgs.standing import standing
from answerable.parties.models import PartyRole
from answerable.parties.steps import ChannelWish, Identity

_ATTRIBUTE = re.compile(r"^attribute\[([^\[\]]{1,100})\](?:\[\])?$")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
#: A finger on the map within so many kilometres of a place of the list means that place.
NEAR_KM = 3.0
KM_PER_DEGREE = 111.32
ATTRIBUTE = 2000
#: Answers to questions that we did not ask; a program that sends more of them is not describing a matter.
UNASKED = 50


@dataclass(frozen=True)
class _Form:
    """The fields of a form; attributes under their codes, each with all its values."""

    fields: dict[str, str]
    attributes: dict[str, list[str]]

    def answer(self, code: str) -> str:
        return next((one for one in self.attributes.get(code, ()) if one), "")


def _read(posted: QueryDict) -> _Form:
    fields: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    for name, values in posted.lists():
        asked = _ATTRIBUTE.match(name)
        if asked:
            attributes.setdefault(asked[1], []).extend(str(one) for one in values)
        else:
            fields[name] = str(values[-1]) if values else ""
    return _Form(fields, attributes)


def told_by(authority: Authority, posted: QueryDict, submission: bytes) -> Told:
    """What a program handed in. Raises Refused for a fault of form, and never for what the matter is about."""
    form = _read(posted)
    subject = subject_of(authority, _line(form.fields, "service_code", 100))
    conduct = subject.code == CONDUCT_SUBJECT or _choice(form, "conduct", ("no", "yes", "unsure")) in (
        "yes",
        "unsure",
    )
    office = Office(authority, [authority], conduct=conduct)
    place, where = _place(authority, form)
    return Told(
        authority=authority,
        subject=subject,
        place=place,
        place_text=where,
        claim=_claim(form, subject.name),
        wants=_words(form.answer("wants"), "wants", ATTRIBUTE),
        kind=_kind(form, office, conduct),
        language="zh-hans" if (get_language() or "").startswith("zh") else "en",
        intake=Intake.OPEN311,
        is_conduct=conduct,
        accused_text=_words(form.answer("conduct_who"), "conduct_who", ATTRIBUTE) if conduct else "",
        accused_units=_accused(form, office) if conduct else (),
        is_danger=_choice(form, "danger", ("no", "yes")) == "yes",
        is_publishable=_choice(form, "publish", ("no", "yes")) == "yes" and not conduct,
        submission=submission,
        **_person(form),
    )


def _words(said: str, name: str, limit: int) -> str:
    try:
        return text.clean(said, limit).text
    except text.CannotKeep:
        raise Refused("too_long", name=name, limit=limit) from None


def _line(fields: dict[str, str], name: str, limit: int = LINE_LIMIT) -> str:
    try:
        return text.clean_line(fields.get(name, ""), limit).text
    except text.CannotKeep:
        raise Refused("too_long", name=name, limit=limit) from None


def _choice(form: _Form, code: str, known: tuple[str, ...]) -> str:
    said = form.answer(code).strip().lower()
    said = {"true": "yes", "1": "yes", "on": "yes", "false": "no", "0": "no"}.get(said, said)
    if said and said not in known:
        raise Refused("value_unknown", name=f"attribute[{code}]")
    return said


def _claim(form: _Form, subject: str) -> str:
    """The description; with nothing said, what it is about. Answers we did not ask for stand below, and an address of
    a picture as words: nothing is fetched from where a stranger points."""
    parts = [_words(form.fields.get("description", ""), "description", rules.DESCRIPTION)]
    # A choice that was not answered with a known value was refused before; here is what only words can keep.
    unasked = [(code, values) for code, values in form.attributes.items() if code not in ASKED]
    if len(unasked) > UNASKED:
        raise Refused("form_wrong")
    for code, values in unasked:
        said = ", ".join(filter(None, (_words(one, f"attribute[{code}]", ATTRIBUTE) for one in values)))
        if said:
            parts.append(f"{text.clean_line(code).text}: {said}")
    picture = _line(form.fields, "media_url", ATTRIBUTE)
    if picture:
        parts.append(gettext("A picture is said to be at %(address)s") % {"address": picture})
    return _words("\n\n".join(filter(None, parts)), "description", TEXT_LIMIT) or subject


def _kind(form: _Form, office: Office, conduct: bool) -> str:
    if conduct and office.conduct_kind:
        return office.conduct_kind.code
    kinds = office.plain_kinds or list(office.pack.kinds)
    chosen = form.answer("kind").strip()
    if chosen and all(kind.code != chosen for kind in kinds):
        raise Refused("value_unknown", name="attribute[kind]")
    return chosen or kinds[0].code


def _accused(form: _Form, office: Office) -> tuple[int, ...]:
    # Two bodies may use one code: then both units are kept away, rather than the wrong one let near.
    known: dict[str, list[int]] = {}
    for node in office.units.everything():
        known.setdefault(node.row.code, []).append(node.id)
    said = [one.strip() for one in form.attributes.get("conduct_unit", ()) if one.strip()]
    if any(code not in known for code in said):
        raise Refused("value_unknown", name="attribute[conduct_unit]")
    return tuple(dict.fromkeys(pk for code in said for pk in known[code]))


def _place(authority: Authority, form: _Form) -> tuple[Place | None, str]:
    """The place of the list and the words beside it. Raises Refused (place_missing, address_unknown, point_wrong)."""
    code, point = _line(form.fields, "address_id", 100), rules.point(form.fields)
    words = _line(form.fields, "address_string", LINE_LIMIT - 30)
    if not code and point is None and not words:
        raise Refused("place_missing")
    place = standing().place_codes.get((authority.pk, code)) if code else None
    if code and (place is None or place.closed_on is not None):
        raise Refused("address_unknown")
    if place is None and point is not None:
        place = _nearest(authority, point)
    return place, " · ".join(filter(None, (words, point.words if point else "")))


def _nearest(authority: Authority, point: rules.Point) -> Place | None:
    near, found = NEAR_KM, None
    for place in standing().places.values():
        if place.authority_id != authority.pk or place.closed_on is not None or place.latitude is None:
            continue
        north = float(place.latitude) - point.latitude
        east = (float(place.longitude or 0) - point.longitude) * math.cos(math.radians(point.latitude))
        km = math.hypot(north, east) * KM_PER_DEGREE
        if km <= near:
            near, found = km, place
    return found


def _person(form: _Form) -> dict[str, Any]:
    """Name and way, sealed on arrival. `device_id` and `account_id` are not read: they would join a person's matters."""
    first, last = _line(form.fields, "first_name", 60), _line(form.fields, "last_name", 60)
    name = f"{last}{first}" if _HAN.search(first + last) else " ".join(filter(None, (first, last)))
    told: dict[str, Any] = {"privacy": Privacy.ANONYMOUS, "channel": _channel(form)}
    if name:
        told |= {"privacy": Privacy.CONFIDENTIAL, "identities": (Identity(name, "", PartyRole.SELF),)}
    return told


def _channel(form: _Form) -> ChannelWish | None:
    """One way, as everywhere: e-mail where it is given, else the telephone."""
    for name, kind, box in (("email", "email", EmailField()), ("phone", "sms", PhoneField())):
        said = form.fields.get(name, "").strip()
        if not said:
            continue
        try:
            return ChannelWish(kind, box.clean(said))
        except ValidationError:
            raise Refused(f"{name}_wrong") from None
    return None
