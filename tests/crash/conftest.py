"""`town`: a database, a clock and processes for one test alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.town import Forker, Town, own_town


@pytest.fixture(scope="session")
def forker(key_file: Path) -> Iterator[Forker]:
    one = Forker()
    yield one
    one.end()


@pytest.fixture
def town(transactional_db: None, forker: Forker, tmp_path: Path) -> Iterator[Town]:
    with own_town(forker, tmp_path) as one:
        yield one
