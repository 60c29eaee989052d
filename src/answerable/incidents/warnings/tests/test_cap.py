"""CAP 1.2: every message is valid by the official schema, is read back by others' readers, and holds nothing but text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import xmlschema
from cap_tools.models import Alert
from capparser import capparser
from hypothesis import given
from hypothesis import strategies as st
from xsdata.formats.dataclass.parsers import XmlParser

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.warnings import cap
from answerable.incidents.warnings.cap import Area, CannotBuild, Info, Message, Reference, build
from answerable.incidents.warnings.tests.official import official_schema

SHANGHAI = ZoneInfo("Asia/Shanghai")
SENT = datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=SHANGHAI)
NS = {"c": cap.NAMESPACE}


@pytest.fixture(scope="session")
def schema() -> xmlschema.XMLSchema:
    """The official schema of OASIS, with its notice."""
    return official_schema()


def info(language: str = "zh-CN", **more: object) -> Info:
    base: dict[str, object] = {
        "language": language,
        "category": "Met",
        "event": "洪涝",
        "responses": ("Evacuate", "Avoid"),
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "expires": SENT + timedelta(hours=6),
        "sender_name": "某镇",
        "headline": "洪涝警报：东村",
        "description": "东河水位上涨 <1 米> & 继续。",
        "instruction": "马上往高处走。",
        "areas": (Area("东村", circle=((30.5, 114.25), 2.5)),),
        "web": "https://example.org/warnings/town-2026-001-1",
        "contact": "0000-123",
    }
    return Info(**(base | more))  # type: ignore[arg-type]


def message(**more: object) -> Message:
    base: dict[str, object] = {
        "identifier": "town-2026-001-1",
        "sender": "town@example.org",
        "sent": SENT,
        "status": "Actual",
        "msg_type": "Alert",
        "infos": (info(), info("en", event="Flood", headline="Flood: East village")),
        "incident": "2026-001",
    }
    return Message(**(base | more))  # type: ignore[arg-type]


EARLIER = Reference("town@example.org", "town-2026-001-1", SENT)
MESSAGES = {
    "alert": message(),
    "update": message(
        msg_type="Update", references=(EARLIER, replace(EARLIER, identifier="town-2026-001-2"))
    ),
    "cancel": message(
        msg_type="Cancel", references=(EARLIER,), infos=(info(responses=("None",), urgency="Past"),)
    ),
    "all clear": message(msg_type="Update", references=(EARLIER,), infos=(info(responses=("AllClear",)),)),
    "exercise": message(status="Exercise", note="演练 exercise"),
    "polygon": message(
        infos=(info(areas=(Area("a", polygons=(((1, 2), (1, 3), (2, 3), (1, 2)),)),)),),
    ),
    "level": message(infos=(info(parameters=(("warningLevel", "2 orange"),)),)),
    "utc": message(sent=SENT.astimezone(UTC)),
    "west": message(sent=SENT.astimezone(ZoneInfo("America/St_Johns"))),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_it_is_valid_by_the_official_schema(schema, name):
    schema.validate(build(MESSAGES[name]))


@pytest.mark.parametrize("name", MESSAGES)
def test_others_read_it_back(name):
    text = build(MESSAGES[name])
    wanted = MESSAGES[name]
    read = XmlParser().from_bytes(text.encode(), Alert)
    assert (read.identifier, read.sender, read.msg_type.value) == (
        wanted.identifier,
        wanted.sender,
        wanted.msg_type,
    )
    assert [one.headline for one in read.infos] == [one.headline for one in wanted.infos]
    assert [one.description for one in read.infos] == [one.description for one in wanted.infos]
    assert read.sent.to_datetime() == wanted.sent.replace(microsecond=0)
    assert [str(one) for one in read.references_to_list()] == [
        f"{one.sender},{one.identifier},{cap.instant(one.sent)}" for one in wanted.references
    ]
    second = capparser.parse(stringXML=text)
    assert second.identifier[0] == wanted.identifier
    assert [one.headline[0] for one in second.info[0]] == [one.headline for one in wanted.infos]
    assert [one.area[0][0].areaDesc[0] for one in second.info[0]] == [
        one.areas[0].desc for one in wanted.infos
    ]


def test_the_schema_would_notice(schema):
    """The check can fail: a Z, a wrong order, an unknown value."""
    text = build(message())
    for broken in (
        text.replace("+08:00</sent>", "Z</sent>"),
        text.replace("<status>Actual</status>", "<status>Real</status>"),
        text.replace("<scope>Public</scope>", ""),
    ):
        assert not schema.is_valid(broken)


def test_times_carry_a_number_and_never_z():
    found = re.findall(r"<(?:sent|expires)>([^<]+)<", build(MESSAGES["utc"]) + build(MESSAGES["west"]))
    assert found[0] == "2026-03-02T02:30:15-00:00"
    assert all(re.fullmatch(r"[\d-]+T[\d:]+[+-]\d\d:\d\d", one) for one in found)
    assert "2026-03-01T23:00:15-03:30" in found
    with pytest.raises(CannotBuild) as refused:
        build(message(sent=datetime(2026, 3, 2)))  # noqa: DTZ001 - that is the point
    assert refused.value.code == "no_offset"


def test_every_hazard_has_a_category_of_caps():
    assert set(cap.CATEGORIES) == set(HAZARDS)
    build(message(infos=tuple(info(category=one) for one in sorted(set(cap.CATEGORIES.values())))))


@given(st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Z")), max_size=200))
def test_any_text_comes_back_as_it_was(text):
    written = build(message(infos=(info(description="x" + text, instruction=text),)))
    read = ET.fromstring(written)
    assert read.findtext("c:info/c:description", namespaces=NS) == "x" + text


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1b", "\x85", "\u202e", "\ufffe", "\ud800"])
def test_what_xml_cannot_hold_is_refused_and_named(sign):
    with pytest.raises(CannotBuild) as refused:
        build(message(infos=(info(headline="a" + sign),)))
    assert (refused.value.code, refused.value.facts) == ("control_character", {"field": "headline"})


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"identifier": "a b"}, "identifier"),
        ({"identifier": "a,b"}, "identifier"),
        ({"sender": "<town>"}, "identifier"),
        ({"status": "Real"}, "not_listed"),
        ({"msg_type": "Ack"}, "not_listed"),
        ({"msg_type": "Update"}, "references"),
        ({"references": (EARLIER,)}, "references"),
        ({"infos": ()}, "missing"),
        ({"infos": (info(headline=" "),)}, "missing"),
        ({"infos": (info(areas=()),)}, "missing"),
        ({"infos": (info(urgency="Now"),)}, "not_listed"),
        ({"infos": (info(areas=(Area("a", polygons=(((1, 2), (1, 3), (1, 2)),)),)),)}, "shape"),
        ({"infos": (info(areas=(Area("a", circle=((91, 0), 1)),)),)}, "shape"),
    ],
)
def test_what_cap_does_not_allow_is_refused(more, code):
    with pytest.raises(CannotBuild) as refused:
        build(message(**more))
    assert refused.value.code == code
