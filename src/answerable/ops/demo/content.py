"""The demo town's organisation and page texts, read from `content/*.toml`. Pure: no Django, no clock.

Everything refers to everything else by code; `load_town()` returns it as read, and the tests beside it show
that the codes meet. The matters that fill the town are in `stories.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
ANY = "*"
ROLES = frozenset({"clerk", "handler", "leader", "reviewer", "auditor", "administrator"})


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str

    def said_in(self, language: str) -> str:
        """The words in `language` ("zh…" for Chinese, anything else for English)."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Authority:
    """A body that works here. `accusations_to` is the outside body named for accusations about itself."""

    code: str
    name: Text
    above: str | None
    accusations_to: str | None


@dataclass(frozen=True)
class OutsideBody:
    """A body outside the installation: it gets letters."""

    code: str
    name: Text
    phone: str
    email: str
    address: Text


@dataclass(frozen=True)
class Unit:
    code: str
    authority: str
    parent: str | None
    name: Text
    phone: str
    address: Text
    hours: Text
    petition_office: bool
    takes_conduct: bool


@dataclass(frozen=True)
class Post:
    """`deputy` is the post whose holder stands in; `head` marks the one head of its unit."""

    code: str
    unit: str
    role: str
    head: bool
    name: Text
    deputy: str
    phone: str

    @property
    def email(self) -> str:
        return f"{self.code}@hedu.example"


@dataclass(frozen=True)
class Appointment:
    """Held since so many days before the demo starts; `acting` for the time being."""

    post: str
    since_days: int
    acting: bool


@dataclass(frozen=True)
class Staff:
    """`sign_in` is the demo's user name for those a visitor may sign in as."""

    code: str
    name: Text
    sign_in: str | None
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True)
class Delegation:
    """While a holder is on leave another post's holder stands in. Days back from today; negative: to come."""

    post: str
    to: str
    since_days: int
    until_days: int
    why: Text


@dataclass(frozen=True)
class Calendar:
    """`weekdays` 1 is Monday; `hours` are (from, to) local times; `closures` are ("MM-DD", name)."""

    code: str
    name: Text
    country: str
    weekdays: tuple[int, ...]
    hours: tuple[tuple[str, str], ...]
    closures: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Subject:
    """A node of the tree of subjects; a leaf's code is its group's, a hyphen and its own."""

    code: str
    parent: str | None
    name: Text
    accusation: bool


@dataclass(frozen=True)
class Place:
    """`kind` is town, village or spot; `point` is (latitude, longitude) in degrees."""

    code: str
    kind: str
    parent: str | None
    name: Text
    point: tuple[float, float] | None


@dataclass(frozen=True)
class Rule:
    """One line of the responsibility map; None stands for any."""

    subject: str | None
    place: str | None
    unit: str
    leader: str


@dataclass(frozen=True)
class CannedText:
    code: str
    title: Text
    body: Text


@dataclass(frozen=True)
class TourStep:
    """`side` is person or desk; `page` names the kind of page, whose address the demo finds; `sign_in` who opens it
    at the desk."""

    side: str
    page: str
    title: Text
    text: Text
    sign_in: str = ""


@dataclass(frozen=True)
class Person:
    """An invented person with contacts that reach nobody."""

    name: str
    mobile: str
    email: str


@dataclass(frozen=True)
class People:
    """Invented names for those who bring matters: one person a case."""

    mobile: str
    email: str
    family: tuple[str, ...]
    given: tuple[str, ...]
    english: tuple[str, ...]

    def person(self, number: int, language: str) -> Person:
        """The person for case `number` (from 0), the same at every call. Chinese names repeat after 2500."""
        if language.startswith("zh"):
            turn, column = divmod(number, len(self.family))
            name = self.family[column] + self.given[(7 * column + turn) % len(self.given)]
        else:
            name = self.english[number % len(self.english)]
        handle = f"hedu{number:04d}"
        return Person(name, self.mobile.format(n=number % 10000), self.email.format(handle=handle))


@dataclass(frozen=True)
class Town:
    time_zone: str
    pack: str
    calendar: Calendar
    authorities: tuple[Authority, ...]
    outside: tuple[OutsideBody, ...]
    units: tuple[Unit, ...]
    posts: tuple[Post, ...]
    staff: tuple[Staff, ...]
    delegations: tuple[Delegation, ...]
    subjects: tuple[Subject, ...]
    places: tuple[Place, ...]
    rules: tuple[Rule, ...]
    portal: Mapping[str, Text]
    canned: tuple[CannedText, ...]
    tour: tuple[TourStep, ...]
    tour_story: str
    tour_code: str
    tour_secret: str
    people: People

    def subject_leaves(self) -> tuple[Subject, ...]:
        return tuple(s for s in self.subjects if s.parent is not None)

    def place(self, code: str) -> Place:
        """Raises KeyError for a place that is not in the town."""
        return {p.code: p for p in self.places}[code]

    def vacant_posts(self) -> tuple[Post, ...]:
        held = {a.post for s in self.staff for a in s.appointments}
        return tuple(p for p in self.posts if p.code not in held)


def read_toml(name: str) -> dict[str, Any]:
    """A file of the content folder, parsed. Raises FileNotFoundError, tomllib.TOMLDecodeError."""
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


@cache
def load_town() -> Town:
    """The whole town as read. Raises KeyError or TypeError where a file lacks what it must have."""
    town, tour = read_toml("town.toml"), read_toml("tour.toml")
    people = read_toml("people.toml")
    return Town(
        time_zone=town["time_zone"],
        pack=town["pack"],
        calendar=_calendar(town["calendar"]),
        authorities=tuple(
            Authority(a["code"], Text(**a["name"]), a.get("above"), a.get("accusations_to"))
            for a in town["authority"]
        ),
        outside=tuple(
            OutsideBody(o["code"], Text(**o["name"]), o["phone"], o["email"], Text(**o["address"]))
            for o in town["outside"]
        ),
        units=tuple(map(_unit, town["unit"])),
        posts=tuple(map(_post, read_toml("posts.toml")["post"])),
        staff=tuple(map(_staff, people["person"])),
        delegations=tuple(Delegation(**d | {"why": Text(**d["why"])}) for d in people["delegation"]),
        subjects=tuple(_subjects(read_toml("subjects.toml")["group"])),
        places=tuple(map(_place, read_toml("places.toml")["place"])),
        rules=tuple(map(_rule, read_toml("responsibility.toml")["rule"])),
        portal={t["code"]: Text(t["zh"], t["en"]) for t in read_toml("portal.toml")["text"]},
        canned=tuple(
            CannedText(t["code"], Text(**t["title"]), Text(t["zh"], t["en"]))
            for t in read_toml("canned.toml")["text"]
        ),
        tour=tuple(
            TourStep(s["side"], s["page"], Text(**s["title"]), Text(**s["text"]), s.get("sign_in", ""))
            for s in tour["step"]
        ),
        tour_story=tour["story"],
        tour_code=tour["code"],
        tour_secret=tour["secret"],
        people=_people(read_toml("parties.toml")),
    )


def _calendar(raw: dict[str, Any]) -> Calendar:
    return Calendar(
        code=raw["code"],
        name=Text(**raw["name"]),
        country=raw["country"],
        weekdays=tuple(raw["weekdays"]),
        hours=tuple((start, end) for start, end in raw["hours"]),
        closures=tuple((c["on"], Text(**c["name"])) for c in raw["closures"]),
    )


def _unit(raw: dict[str, Any]) -> Unit:
    return Unit(
        code=raw["code"],
        authority=raw["authority"],
        parent=raw.get("parent"),
        name=Text(**raw["name"]),
        phone=raw["phone"],
        address=Text(**raw["address"]),
        hours=Text(**raw["hours"]),
        petition_office=raw.get("petition_office", False),
        takes_conduct=raw.get("takes_conduct", False),
    )


def _post(raw: dict[str, Any]) -> Post:
    return Post(
        raw["code"],
        raw["unit"],
        raw["role"],
        raw.get("head", False),
        Text(**raw["name"]),
        raw["deputy"],
        raw["phone"],
    )


def _staff(raw: dict[str, Any]) -> Staff:
    held = tuple(Appointment(a["post"], a["since_days"], a.get("acting", False)) for a in raw["appointments"])
    return Staff(raw["code"], Text(**raw["name"]), raw.get("sign_in"), held)


def _subjects(groups: list[dict[str, Any]]) -> Iterable[Subject]:
    for group in groups:
        accusation = group.get("accusation", False)
        yield Subject(group["code"], None, Text(**group["name"]), accusation)
        for leaf in group["leaves"]:
            yield Subject(f"{group['code']}-{leaf['code']}", group["code"], Text(**leaf["name"]), accusation)


def _place(raw: dict[str, Any]) -> Place:
    point = tuple(raw["point"]) if "point" in raw else None
    return Place(raw["code"], raw["kind"], raw.get("parent"), Text(**raw["name"]), point)


def _rule(raw: dict[str, Any]) -> Rule:
    subject, place = (None if raw[key] == ANY else raw[key] for key in ("subject", "place"))
    return Rule(subject, place, raw["unit"], raw["leader"])


def _people(raw: dict[str, Any]) -> People:
    return People(
        raw["mobile"],
        raw["email"],
        tuple(raw["zh"]["family"]),
        tuple(raw["zh"]["given"]),
        tuple(raw["en"]["names"]),
    )
