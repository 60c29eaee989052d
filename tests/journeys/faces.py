"""How a page is looked at: in which language, how wide."""

from __future__ import annotations

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Face:
    language: str
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{'zh' if self.language.startswith('zh') else self.language}-{self.width}"


FACES = [Face(language, *size) for language in ("zh-hans", "en") for size in ((1280, 800), (360, 740))]

#: For what depends neither on language nor on width: once, as most people come, in Chinese and on a telephone.
one_face = pytest.mark.parametrize("face", [FACES[1]], indirect=True, ids=lambda face: face.name)

#: The same, in the other language and wide, so that long ways are not all walked in one.
other_face = pytest.mark.parametrize("face", [FACES[2]], indirect=True, ids=lambda face: face.name)

#: For what is done with a mouse: once, wide. On a telephone nobody drags; a tap leads to a page.
with_a_mouse = pytest.mark.parametrize("face", [FACES[0]], indirect=True, ids=lambda face: face.name)

#: For long ways through pages that others look at from all four sides: each language and each width once.
two_faces = pytest.mark.parametrize("face", [FACES[1], FACES[2]], indirect=True, ids=lambda face: face.name)
