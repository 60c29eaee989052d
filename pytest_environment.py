"""Makes the environment that tests run in; loaded before anything reads the settings (pyproject: addopts).

Without ANSWERABLE_DATABASE_URL, one embedded server is started for the whole run; pytest-xdist's workers
inherit its address. It lives in memory where there is room, and is gone with the run, also after kill -9.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT / "src")]

os.environ.setdefault("ANSWERABLE_TESTING", "1")
os.environ.setdefault("ANSWERABLE_SECRET_KEY", "only-for-tests-" + "0123456789" * 5)

_server = None


def _start_database() -> None:
    global _server
    from answerable.ops.postgres import PostgresError, Server

    _server = Server.temporary()
    try:
        os.environ["ANSWERABLE_DATABASE_URL"] = _server.start()
    except PostgresError as error:
        sys.exit(str(error))


if not os.environ.get("ANSWERABLE_DATABASE_URL"):
    _start_database()


def pytest_unconfigure() -> None:
    """Stop the server; its guard removes the folder."""
    if _server is not None:
        _server.stop()
