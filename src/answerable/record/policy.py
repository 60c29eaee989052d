"""Which logs and witnesses are believed, and how many of them are enough (c2sp.org/tlog-policy). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from answerable.record.encoding import from_decimal
from answerable.record.invalid import Invalid
from answerable.record.notes import COSIGNATURE, ED25519, NoteInvalid, VerifierKey

NONE = "none"
MAX_POLICY = 1 << 20

_FORBIDDEN = re.compile(b"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile("[ \t]+")


class PolicyInvalid(Invalid):
    """A policy file that cannot be followed; `detail` starts with the line's number."""


@dataclass(frozen=True)
class Log:
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Witness:
    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Counts as a witness where `needed` of its members do."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Names of witnesses and groups are the policy's own; they need not be the names in the keys."""

    logs: tuple[Log, ...]
    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def is_met(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names are enough."""
        return self.quorum == NONE or self._has(self.quorum, cosigned)

    def _has(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in self.witnesses and name in cosigned
        return sum(self._has(member, cosigned) for member in group.members) >= group.needed


def parse(data: bytes) -> Policy:
    """Read a policy file. Raises PolicyInvalid at the first line that does not fit."""
    if len(data) > MAX_POLICY:
        raise PolicyInvalid("too_long", f"{len(data)} bytes")
    if b"\r\n" in data:
        raise PolicyInvalid("windows_lines")
    if _FORBIDDEN.search(data):
        raise PolicyInvalid("policy_malformed", "control characters")
    if data and not data.endswith(b"\n"):
        raise PolicyInvalid("truncated", "no newline at the end")
    reading = _Reading()
    # Octets beyond ASCII are opaque, so nothing but the names in keys has to be UTF-8.
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), start=1):
        words = [word for word in _SPACE.split(line) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reading.take(words[0], words[1:])
        except Invalid as error:
            raise PolicyInvalid(error.code, f"{number}: {error.detail}") from error
    return reading.policy()


def of_key(key: VerifierKey) -> Policy:
    """Believe this one log, without witnesses."""
    return Policy((Log(key),))


class _Reading:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.members: set[str] = set()
        self.quorum: str | None = None

    def take(self, keyword: str, words: list[str]) -> None:
        match keyword, words:
            case "log", [key, *url] if len(url) < 2:
                log = Log(_key(key, ED25519), *url)
                _once(log.key, [known.key for known in self.logs])
                self.logs.append(log)
            case "witness", [name, key, *url] if len(url) < 2:
                witness = Witness(self._new(name), _key(key, COSIGNATURE), *url)
                _once(witness.key, [known.key for known in self.witnesses.values()])
                self.witnesses[name] = witness
            case "group", [name, needed, *members] if members:
                self._group(name, needed, members)
            case "quorum", [name] if self.quorum is None:
                if name != NONE and not self._is_known(name):
                    raise PolicyInvalid("policy_name_unknown", name)
                self.quorum = name
            case _:
                raise PolicyInvalid("policy_malformed", keyword)

    def policy(self) -> Policy:
        if self.quorum is None:
            raise PolicyInvalid("policy_without_quorum")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)

    def _group(self, name: str, needed: str, members: list[str]) -> None:
        self._new(name)
        for member in members:
            if not self._is_known(member):
                raise PolicyInvalid("policy_name_unknown", member)
            if member in self.members:
                raise PolicyInvalid("policy_name_twice", member)
            self.members.add(member)
        count = {"all": len(members), "any": 1}.get(needed, from_decimal(needed))
        if count is None or not 1 <= count <= len(members):
            raise PolicyInvalid("policy_malformed", f"{needed} of {len(members)}")
        self.groups[name] = Group(name, count, tuple(members))

    def _is_known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _new(self, name: str) -> str:
        if name == NONE or self._is_known(name):
            raise PolicyInvalid("policy_name_twice", name)
        return name


def _key(text: str, type: int) -> VerifierKey:
    try:
        key = VerifierKey.parse(text)
    except NoteInvalid as error:
        raise PolicyInvalid(error.code, error.detail) from error
    if key.type != type:
        raise PolicyInvalid("key_type", f"{key.name} has type {key.type}")
    return key


def _once(key: VerifierKey, known: list[VerifierKey]) -> None:
    if any(key.public == other.public for other in known):
        raise PolicyInvalid("policy_key_twice", key.name)
