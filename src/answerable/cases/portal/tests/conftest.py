from __future__ import annotations

import pytest

from answerable.parties.keyfile import KeyRing
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db, settings, tmp_path) -> Cast:
    settings.ANSWERABLE_KEY_FILE = tmp_path / "key"
    KeyRing.create(tmp_path / "key")
    return make_cast()
