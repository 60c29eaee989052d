"""Makes the environment that tests run in; loaded before anything reads the settings (pyproject: addopts).

Without ANSWERABLE_DATABASE_URL, one embedded server is started for the whole run; pytest-xdist's workers
inherit its address. It lives in memory where there is room, and is gone with the run, also after kill -9.
"""

from __future__ import annotations

import compileall
import ipaddress
import multiprocessing
import os
import secrets
import shutil
import socket
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite

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
    # Sets come in the same order at each run, in the run's workers and in what its tests start (tests/chance.py).
    if os.environ.get("CHANCE") != "real":
        os.environ.setdefault("PYTHONHASHSEED", str(zlib.crc32(os.environ.get("CHANCE", "").encode())))
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


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _refuse_others(family: int, address: Any) -> None:
    """Tests talk to this machine only: anything else fails the test that tried."""
    if family == socket.AF_UNIX or not isinstance(address, tuple) or address[0] == "localhost":
        return
    try:
        is_here = ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        pytest.fail(f"A test wanted to reach {address!r}; tests talk to loopback addresses only.")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_others(self.family, address)
    return _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_others(self.family, address)
    return _connect_ex(self, address)


def _compile(paths: list[Path], config: pytest.Config) -> None:
    for path in paths:
        if not path.name.startswith("test_"):
            compileall.compile_file(str(path), quiet=2)
            continue
        kept = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
        if rewrite.try_makedirs(kept.parent) and rewrite._read_pyc(path, kept) is None:
            source_hash, code = rewrite._rewrite_test(path, config)
            rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, source_hash, kept)


def _compile_once(config: pytest.Config) -> None:
    """Before xdist's workers begin: from a fresh clone each of them would compile everything, all at the same time."""
    paths = sorted(path for folder in ("src", "tests", "bench") for path in (ROOT / folder).rglob("*.py"))
    many = os.cpu_count() or 1
    fork = multiprocessing.get_context("fork")
    parts = [fork.Process(target=_compile, args=(paths[n::many], config)) for n in range(many)]
    for part in parts:
        part.start()
    for part in parts:
        part.join()


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker and config.getoption("numprocesses", None):
        _compile_once(config)
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    """Stop the server; its guard removes the folder."""
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]
    if _server is not None:
        _server.stop()
    if _data_dir is not None:
        shutil.rmtree(_data_dir, ignore_errors=True)
