"""A public warning as a CAP 1.2 message (OASIS, Common Alerting Protocol 1.2). Pure: plain values in, XML out.

One `info` block a language. Times carry a numeric offset; UTC is -00:00, since "Z" is not valid. Text is escaped by the
writer; what XML cannot hold, or would make a text look other than it is, is refused and never dropped in silence.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from answerable.core.sentences import N_, Said

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MSG_TYPES = ("Alert", "Update", "Cancel")
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "AllClear", "None")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

#: CAP's category of each hazard (CAP 1.2, 3.2.2).
CATEGORIES: dict[str, str] = {
    "flood": "Met",
    "storm": "Met",
    "landslide": "Geo",
    "earthquake": "Geo",
    "drought": "Met",
    "extreme_heat": "Met",
    "cold": "Met",
    "fire": "Fire",
    "explosion": "Fire",
    "chemical": "CBRNE",
    "building_collapse": "Rescue",
    "work_accident": "Rescue",
    "road_accident": "Transport",
    "transport_accident": "Transport",
    "disease": "Health",
    "animal_disease": "Health",
    "food_safety": "Health",
    "outage_power": "Infra",
    "outage_water": "Infra",
    "outage_gas": "Infra",
    "outage_network": "Infra",
    "school_safety": "Safety",
    "crowd_crush": "Safety",
    "other_physical": "Other",
}

# Identifiers and senders hold no gaps, commas, "<" or "&" (3.2.1); ours hold no more than letters, digits and marks.
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}", re.ASCII)
# What XML 1.0 refuses, and C1 controls and signs that turn the direction of writing, which it would let through.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


class CannotBuild(Said):
    """A message that CAP does not allow."""

    sentences = {
        "control_character": N_(
            "“%(field)s” holds a character that no warning can carry. Type the text anew, without pasting."
        ),
        "identifier": N_(
            "“%(value)s” cannot name a warning or its sender: letters, digits, dots and dashes."
        ),
        "not_listed": N_("“%(value)s” is not among the values that CAP has for “%(field)s”."),
        "missing": N_("A warning needs “%(field)s”."),
        "no_offset": N_("A time in a warning needs its distance from UTC."),
        "references": N_("An update, or taking back, names the warning that it follows."),
        "shape": N_(
            "The area on the map is not one: four points or more, the last one the same as the first."
        ),
    }


Point = tuple[float, float]  # latitude, longitude (WGS 84)


@dataclass(frozen=True)
class Area:
    """Where; at least in words. `circle`: centre and radius in km. `polygons`: each closed by its first point."""

    desc: str
    circle: tuple[Point, float] | None = None
    polygons: tuple[tuple[Point, ...], ...] = ()


@dataclass(frozen=True)
class Info:
    """What is said in one language. `language` as in RFC 3066: zh-CN, en."""

    language: str
    category: str
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    expires: datetime
    sender_name: str
    headline: str
    description: str
    areas: tuple[Area, ...]
    instruction: str = ""
    web: str = ""
    contact: str = ""
    onset: datetime | None = None
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reference:
    """An earlier message, by what names it in the world."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True)
class Message:
    """One message. `incident`: the incident it is about; `note`: for exercises, that nothing has happened."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    infos: tuple[Info, ...]
    references: tuple[Reference, ...] = ()
    incident: str = ""
    note: str = ""
    scope: str = field(default="Public", init=False)


def instant(at: datetime) -> str:
    """A time as CAP wants it: seconds and a numeric offset. Raises CannotBuild (`no_offset`) for a naive one."""
    offset = at.utcoffset()
    if offset is None:
        raise CannotBuild("no_offset")
    if not offset:
        return f"{at:%Y-%m-%dT%H:%M:%S}-00:00"
    minutes = int(offset / timedelta(minutes=1))
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{at:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02}:{minutes % 60:02}"


def build(message: Message) -> str:
    """The message as an XML document. Raises CannotBuild."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}alert")
    _add(root, "identifier", _name(message.identifier))
    _add(root, "sender", _name(message.sender))
    _add(root, "sent", instant(message.sent))
    _add(root, "status", _listed("status", message.status, STATUSES))
    _add(root, "msgType", _listed("msgType", message.msg_type, MSG_TYPES))
    _add(root, "scope", message.scope)
    _add(root, "note", message.note)
    if (message.msg_type == "Alert") == bool(message.references):
        raise CannotBuild("references")
    _add(root, "references", " ".join(map(_reference, message.references)))
    _add(root, "incidents", _name(message.incident) if message.incident else "")
    if not message.infos:
        raise CannotBuild("missing", field="info")
    for info in message.infos:
        _info(ET.SubElement(root, f"{{{NAMESPACE}}}info"), info)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _info(node: ET.Element, info: Info) -> None:
    _add(node, "language", info.language, must=True)
    _add(node, "category", _listed("category", info.category, tuple(CATEGORIES.values())))
    _add(node, "event", info.event, must=True)
    for response in info.responses:
        _add(node, "responseType", _listed("responseType", response, RESPONSES))
    _add(node, "urgency", _listed("urgency", info.urgency, URGENCIES))
    _add(node, "severity", _listed("severity", info.severity, SEVERITIES))
    _add(node, "certainty", _listed("certainty", info.certainty, CERTAINTIES))
    if info.onset is not None:
        _add(node, "onset", instant(info.onset))
    _add(node, "expires", instant(info.expires))
    _add(node, "senderName", info.sender_name, must=True)
    _add(node, "headline", info.headline, must=True)
    _add(node, "description", info.description, must=True)
    _add(node, "instruction", info.instruction)
    _add(node, "web", info.web)
    _add(node, "contact", info.contact)
    for name, value in info.parameters:
        part = ET.SubElement(node, f"{{{NAMESPACE}}}parameter")
        _add(part, "valueName", name, must=True)
        _add(part, "value", value, must=True)
    if not info.areas:
        raise CannotBuild("missing", field="area")
    for area in info.areas:
        _area(ET.SubElement(node, f"{{{NAMESPACE}}}area"), area)


def _area(node: ET.Element, area: Area) -> None:
    _add(node, "areaDesc", area.desc, must=True)
    for polygon in area.polygons:
        if len(polygon) < 4 or polygon[0] != polygon[-1]:
            raise CannotBuild("shape")
        _add(node, "polygon", " ".join(map(_point, polygon)))
    if area.circle is not None:
        centre, radius = area.circle
        if not 0 <= radius <= 20_000:
            raise CannotBuild("shape")
        _add(node, "circle", f"{_point(centre)} {_number(radius)}")


def _point(point: Point) -> str:
    latitude, longitude = point
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise CannotBuild("shape")
    return f"{_number(latitude)},{_number(longitude)}"


def _number(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _reference(one: Reference) -> str:
    return f"{_name(one.sender)},{_name(one.identifier)},{instant(one.sent)}"


def _name(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value):
        raise CannotBuild("identifier", value=value)
    return value


def _listed(field_: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise CannotBuild("not_listed", field=field_, value=value)
    return value


def _add(parent: ET.Element, name: str, text: str, *, must: bool = False) -> None:
    """An element with its text; an empty one is left out, or refused where it must be there."""
    if _NOT_TEXT.search(text):
        raise CannotBuild("control_character", field=name)
    if text.strip():
        ET.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
    elif must:
        raise CannotBuild("missing", field=name)
