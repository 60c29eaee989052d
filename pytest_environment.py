"""Makes the environment that tests run in; loaded before anything reads the settings (pyproject: addopts).

Without ANSWERABLE_DATABASE_URL, one embedded server is started for the whole run; pytest-xdist's workers
inherit its address. It lives in memory where there is room, and is gone with the run, also after kill -9.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT / "src")]

_is_worker = "PYTEST_XDIST_WORKER" in os.environ
_server = None
_data_dir: str | None = None


def _start_database() -> None:
    global _server
    from answerable.ops.postgres import PostgresError, Server

    _server = Server.temporary()
    try:
        os.environ["ANSWERABLE_DATABASE_URL"] = _server.start()
    except PostgresError as error:
        sys.exit(str(error))


if not _is_worker:
    from answerable.ops import messages

    messages.compile_stale()
    if "ANSWERABLE_DATA_DIR" not in os.environ:
        _data_dir = tempfile.mkdtemp(prefix="answerable-test-")
        os.environ["ANSWERABLE_DATA_DIR"] = _data_dir
    os.environ.setdefault("ANSWERABLE_SECRET_KEY", secrets.token_urlsafe(40))
    os.environ.setdefault("ANSWERABLE_BASE_URL", "http://testserver")
    os.environ.setdefault("ANSWERABLE_KEY_FILE", os.environ["ANSWERABLE_DATA_DIR"] + "/key-file")
    if not os.environ.get("ANSWERABLE_DATABASE_URL"):
        _start_database()


def pytest_unconfigure() -> None:
    """Stop the server; its guard removes the folder."""
    if _server is not None:
        _server.stop()
    if _data_dir is not None:
        shutil.rmtree(_data_dir, ignore_errors=True)
