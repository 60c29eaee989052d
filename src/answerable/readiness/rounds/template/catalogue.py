"""The templates that ship, to be adapted. Read and checked once a process. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from answerable.core.sentences import N_, Said
from answerable.readiness.rounds.template.reading import read_template
from answerable.readiness.rounds.template.schema import RoundFile

FOLDER = files("answerable.readiness.rounds") / "shipped"
#: In the order in which they are offered.
CODES = (
    "dams",
    "fire-exits",
    "schools",
    "boarding-houses",
    "building-sites",
    "markets",
    "roads",
    "vehicles",
    "contact-lists",
    "open-matters",
)


class NoSuchTemplate(Said):
    """There is no shipped template of this code."""

    sentences = {"unknown_template": N_("There is no shipped template “%(name)s”. There are: %(known)s.")}


@lru_cache(maxsize=len(CODES))
def shipped_text(code: str) -> str:
    """The file of a shipped template as it is; NoSuchTemplate where there is none."""
    if code not in CODES:
        raise NoSuchTemplate("unknown_template", name=code, known=", ".join(CODES))
    return (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=len(CODES))
def shipped_template(code: str) -> RoundFile:
    """A shipped template; NoSuchTemplate where there is none."""
    return read_template(shipped_text(code))


def shipped_templates() -> Mapping[str, RoundFile]:
    """Every shipped template by its code, in the order in which they are offered."""
    return MappingProxyType({code: shipped_template(code) for code in CODES})
