"""The matters of the demo town: stories told by hand, and variations on sixty templates. Pure: no clock.

`load_cases()` gives about four hundred `Story` objects, each with all the words its life needs and a `path`
that says how far it has come. Ages are in days before the demo starts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import count
from typing import Any

from answerable.ops.demo.content import CONTENT, load_town, read_toml


class Path(StrEnum):
    """How far the life of a case goes."""

    FRESH = "fresh"  # registered, nobody has touched it yet
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    ASKED = "asked"  # the office asked and the person answered
    WAITING = "waiting"  # the office asked; the answer is still to come
    HALF = "half"  # in hand, past half of its time
    NEARLY_LATE = "nearly_late"  # in hand, past four fifths of its time
    LATE_LIFTED = "late_lifted"  # past its date; the system has lifted it
    EXTENDED = "extended"
    DECIDED = "decided"  # the person has not said a word yet
    CLOSED_SOLVED = "closed_solved"
    CLOSED_UNSOLVED = "closed_unsolved"
    WITHDRAWN = "withdrawn"
    REVIEW = "review"  # asked for, not decided
    REVIEW_DECIDED = "review_decided"
    REREVIEW = "rereview"  # asked for, not decided
    LADDER_END = "ladder_end"
    PASSED_ON = "passed_on"
    RAISED = "raised"  # the person raised it to the level above
    REOPENED = "reopened"
    MEDIATED = "mediated"
    ERASED = "erased"  # decided, then destroyed because the person asked


@dataclass(frozen=True)
class Needs:
    """Youngest and oldest age in days that fit a path, and the parts a story on it must have."""

    youngest: int
    oldest: int
    parts: frozenset[str] = frozenset()


NEEDS: dict[Path, Needs] = {
    Path.FRESH: Needs(0, 3),
    Path.ACCEPTED: Needs(2, 12),
    Path.ASSIGNED: Needs(3, 25),
    Path.ASKED: Needs(8, 28, frozenset({"turns"})),
    Path.WAITING: Needs(6, 28, frozenset({"turns"})),
    Path.HALF: Needs(31, 42),
    Path.NEARLY_LATE: Needs(50, 58),
    Path.LATE_LIFTED: Needs(66, 100),
    Path.EXTENDED: Needs(64, 88, frozenset({"extension"})),
    Path.DECIDED: Needs(18, 60, frozenset({"decision"})),
    Path.CLOSED_SOLVED: Needs(12, 380, frozenset({"decision", "word"})),
    Path.CLOSED_UNSOLVED: Needs(60, 380, frozenset({"decision", "word"})),
    Path.WITHDRAWN: Needs(10, 200, frozenset({"withdrawal"})),
    Path.REVIEW: Needs(66, 100, frozenset({"decision", "review"})),
    Path.REVIEW_DECIDED: Needs(110, 240, frozenset({"decision", "review"})),
    Path.REREVIEW: Needs(120, 170, frozenset({"decision", "review", "rereview"})),
    Path.LADDER_END: Needs(200, 390, frozenset({"decision", "review", "rereview"})),
    Path.PASSED_ON: Needs(5, 120, frozenset({"passed"})),
    Path.RAISED: Needs(15, 45, frozenset({"raised"})),
    Path.REOPENED: Needs(60, 200, frozenset({"decision", "reopened"})),
    Path.MEDIATED: Needs(40, 200, frozenset({"mediation", "word"})),
    Path.ERASED: Needs(200, 390, frozenset({"decision", "word"})),
}

OPEN = frozenset(NEEDS) - {
    Path.DECIDED,
    Path.CLOSED_SOLVED,
    Path.CLOSED_UNSOLVED,
    Path.WITHDRAWN,
    Path.REVIEW_DECIDED,
    Path.LADDER_END,
    Path.PASSED_ON,
    Path.MEDIATED,
    Path.ERASED,
}

# Variations of templates take these in turn, so that no kind of privacy or way in is left out.
PRIVACY = ("anonymous", "confidential", "open", "anonymous", "open", "confidential", "anonymous")
CHANNEL = ("portal", "counter", "portal", "phone", "portal", "letter", "portal", "counter", "portal", "api")
ASKING = frozenset({Path.ASKED, Path.NEARLY_LATE, Path.EXTENDED, Path.DECIDED})


@dataclass(frozen=True)
class Turn:
    """One message of the conversation; `by` is office or person."""

    by: str
    text: str


@dataclass(frozen=True)
class Decision:
    """The written decision of the first stage; `outcome` is supported, explained or not_supported."""

    claim: str
    facts: str
    reasons: str
    opinion: str
    basis: str
    outcome: str

    def parts(self) -> dict[str, str]:
        """As the pack `cn-xinfang-2022` names them: facts and reasons stand together (article 32)."""
        facts = f"{self.facts}\n\n{self.reasons}"
        return {"claim": self.claim, "facts": facts, "opinion": self.opinion, "basis": self.basis}


@dataclass(frozen=True)
class Rung:
    """A review or re-review: what the person asks and, once decided, what: upheld, changed or revoked."""

    asks: str
    facts: str = ""
    opinion: str = ""
    basis: str = ""
    outcome: str = ""

    @property
    def is_decided(self) -> bool:
        return bool(self.outcome)

    def parts(self) -> dict[str, str]:
        return {"claim": self.asks, "facts": self.facts, "opinion": self.opinion, "basis": self.basis}


@dataclass(frozen=True)
class Word:
    """What the person said at the end; `rating` is 1 to 5."""

    solved: bool
    rating: int
    comment: str = ""


@dataclass(frozen=True)
class Extension:
    days: int
    why: str


@dataclass(frozen=True)
class Passed:
    """Passed on to an outside body by its code."""

    to: str
    why: str


@dataclass(frozen=True)
class Story:
    """One matter. `place`, `subject` and `accused` (posts or units) are codes of the town.

    `behalf` is "", "minor" or "cannot_write"; `danger` is "", "life", "health" or "property";
    `letter_days` says how many days a letter had lain before it was registered; `shown` that its person agreed
    to others seeing `summary`; `joined_to` and `duplicate_of` name another story.
    """

    id: str
    language: str
    subject: str
    place: str
    kind: str
    privacy: str
    channel: str
    path: Path
    age: int
    title: str
    claim: str
    summary: str = ""
    shown: bool = False
    behalf: str = ""
    danger: str = ""
    letter_days: int = 0
    accused: tuple[str, ...] = ()
    joined_to: str | None = None
    duplicate_of: str | None = None
    turns: tuple[Turn, ...] = ()
    notes: tuple[str, ...] = ()
    extension: Extension | None = None
    passed: Passed | None = None
    raised: str = ""
    withdrawal: str = ""
    withdrawn_undone: bool = False
    mediation: str = ""
    decision: Decision | None = None
    review: Rung | None = None
    rereview: Rung | None = None
    reopened: str = ""
    word: Word | None = None


@dataclass
class _Turns:
    """What the variations take in turn: counted per path, and over all."""

    by_path: Counter[Path] = field(default_factory=Counter)
    number: Iterator[int] = field(default_factory=count)

    def age(self, path: Path) -> int:
        """Spread over the path's span without clustering: steps of a little over three fifths of it."""
        need, seen = NEEDS[path], self.by_path[path]
        self.by_path[path] += 1
        span = need.oldest - need.youngest + 1
        return need.youngest + round(seen * span * 0.618) % span


@cache
def load_stories() -> tuple[Story, ...]:
    """The stories told by hand, in the order of their files. Raises KeyError, TypeError on a bad file."""
    return tuple(
        _story(raw, language)
        for name in _files("stories")
        for language, raws in [_language_and(name, "story")]
        for raw in raws
    )


@cache
def load_variations() -> tuple[Story, ...]:
    """What the templates make; the same at every call. Raises KeyError where a slot has no value."""
    turns = _Turns()
    return tuple(
        _story(raw, language)
        for name in _files("templates")
        for language, templates in [_language_and(name, "template")]
        for template in templates
        for raw in _vary(template, language, turns)
    )


def load_cases() -> tuple[Story, ...]:
    """Stories and variations. A story that others join or repeat comes before them."""
    return load_stories() + load_variations()


def _files(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (CONTENT / folder).glob("*.toml"))


def _language_and(name: str, key: str) -> tuple[str, list[dict[str, Any]]]:
    read = read_toml(name)
    return read["language"], read[key]


def _story(raw: dict[str, Any], language: str) -> Story:
    made: dict[str, Any] = dict(raw, language=language, path=Path(raw["path"]))
    accused = raw.get("accused", ())
    made["accused"] = (accused,) if isinstance(accused, str) else tuple(accused)
    made["turns"] = tuple(Turn(**turn) for turn in raw.get("turns", ()))
    made["notes"] = tuple(raw.get("notes", ()))
    parts = {"extension": Extension, "passed": Passed, "decision": Decision, "word": Word}
    for name, part in (parts | {"review": Rung, "rereview": Rung}).items():
        if name in raw:
            made[name] = part(**raw[name])
    for name, only in {
        "raised": "words",
        "reopened": "words",
        "withdrawal": "why",
        "mediation": "terms",
    }.items():
        if name in raw:
            made[name] = raw[name][only]
    return Story(**made)


def _vary(template: dict[str, Any], language: str, turns: _Turns) -> Iterator[dict[str, Any]]:
    """One story's raw table for each row; a row may bring a title, claim or decision of its own."""
    for n, (place, path_code, given) in enumerate(template["rows"]):
        path = Path(path_code)
        number = next(turns.number)
        slots = dict(given, place=load_town().place(place).name.said_in(language))
        made: dict[str, Any] = {
            name: template[name] for name in ("subject", "kind", "danger") if name in template
        }
        made |= {"id": f"{template['id']}-{n + 1}", "place": place, "path": path_code, "age": turns.age(path)}
        made["privacy"] = given.get("privacy") or _privacy(template, path, number)
        made["behalf"] = given.get("behalf", "")
        made["channel"] = _channel(template["kind"], made["privacy"], number)
        made["letter_days"] = 2 + number % 3 if made["channel"] == "letter" else 0
        made["accused"] = given.get("accused", ())
        for name, told in (("title", template["title"]), ("claim", _in_turn(template["claims"], n))):
            made[name] = given.get(name) or told.format_map(slots)
        for part in _parts_for(path):
            if part == "word":
                made["word"] = _word(path, number, slots.get("said", ""))
            elif part in template:
                made[part] = _filled(_with_own(template[part], given.get(part)), slots)
        if path is Path.WAITING:
            made["turns"] = made["turns"][:1]
        made.update({rung: _asks_only(made[rung]) for rung in _undecided(path) if rung in made})
        yield made


def _with_own(part: Any, own: dict[str, str] | None) -> Any:
    """The template's table with what the row says differently."""
    return part | own if own else part


def _in_turn(texts: list[str], number: int) -> str:
    return texts[number % len(texts)]


def _parts_for(path: Path) -> frozenset[str]:
    return NEEDS[path].parts | ({"turns"} if path in ASKING else set())


def _undecided(path: Path) -> tuple[str, ...]:
    return {Path.REVIEW: ("review",), Path.REREVIEW: ("rereview",)}.get(path, ())


def _asks_only(rung: dict[str, str]) -> dict[str, str]:
    return {"asks": rung["asks"]}


def _privacy(template: dict[str, Any], path: Path, number: int) -> str:
    """Whoever is to be paid, given papers or heard with another party has to be known to the office."""
    wanted = PRIVACY[number % len(PRIVACY)]
    if wanted == "anonymous" and (template.get("identified") or path is Path.MEDIATED):
        return "confidential" if number % 2 else "open"
    return "confidential" if wanted == "open" and template["kind"] == "accusation" else wanted


def _channel(kind: str, privacy: str, number: int) -> str:
    wanted = CHANNEL[number % len(CHANNEL)]
    return "portal" if wanted == "api" and (kind == "accusation" or privacy == "confidential") else wanted


def _word(path: Path, number: int, comment: str) -> dict[str, Any]:
    solved = path is not Path.CLOSED_UNSOLVED
    return {"solved": solved, "rating": (4 if solved else 2) + number % 2, "comment": comment}


def _filled(part: Any, slots: dict[str, str]) -> Any:
    """The part with its slots filled, through lists and tables."""
    if isinstance(part, str):
        return part.format_map(slots)
    if isinstance(part, list):
        return [_filled(item, slots) for item in part]
    if isinstance(part, dict):
        return {key: _filled(value, slots) for key, value in part.items()}
    return part
