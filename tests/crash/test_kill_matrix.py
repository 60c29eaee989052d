"""One kill at each step of the kill matrix (docs/reference/kill-matrix.md): nothing lost, every double marked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.crash.kill_cells import STEPS, VICTIMS
from tests.crash.kill_matrix import matrix
from tests.crash.town import Forker

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
SEED = 21


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Any]:
    """A PostgreSQL of this test's own with fsync on, with tables, behind this process's connection."""
    from answerable.ops import migrating
    from answerable.ops.postgres import Server

    tmp_path.chmod(0o711)
    before = dict(connection.settings_dict)
    server = Server(tmp_path / "database")
    connection.close()
    url = server.start()
    try:
        migrating.point_at(url)
        migrating.migrate()
        yield server
    finally:
        connection.close()
        connection.settings_dict.update(before)
        server.stop()


def test_nothing_is_lost_and_every_double_is_marked(own_server: Any, forker: Forker, tmp_path: Path) -> None:
    # Each step once, each victim several times; who dies where is chance's, and the same every time.
    dice = random.Random(SEED)
    steps = dice.sample(list(STEPS), len(STEPS))
    victims = dice.sample(VICTIMS * (len(STEPS) // len(VICTIMS) + 1), len(STEPS))
    cells = list(zip(steps, victims, strict=True))
    assert {victim for _step, victim in cells} == set(VICTIMS)
    assert Path(settings.ANSWERABLE_KEY_FILE).exists()
    with matrix(tmp_path, own_server, forker, SEED) as one:
        found = one.run(cells)
    assert found.lost == [], found.lost[:5]
    assert found.doubled_unmarked == []
    # A step that is not reached in time is left out; on a machine that does much else several are.
    assert len(found.kills) > len(cells) // 3, "steps were reached"
    assert found.alarms > 5
    assert found.answers > 0
