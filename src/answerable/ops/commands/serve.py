"""`answerable serve`: the web server (granian)."""

from __future__ import annotations

import argparse
import threading
import time

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("serve", help=_("the web server"))
    parser.add_argument("--listen", metavar="ADDRESS:PORT", help=_("instead of ANSWERABLE_LISTEN"))
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C. Raises CannotStart if somebody else listens there."""
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    from answerable.config import env, logging
    from answerable.ops import start_up
    from answerable.ops.processes import end_with_parent, is_free

    given = settings.ENV
    try:
        host, port = env.ENTRIES["LISTEN"].read(args.listen) if args.listen else given.LISTEN
    except ValueError:
        raise CannotStart(
            _("%(given)s is no address to listen on. It must look like 127.0.0.1:8000.")
            % {"given": args.listen}
        ) from None
    # granian shares a port with whoever shares it too, so it would not notice
    if not is_free(host, port, patience=5):
        raise CannotStart(
            _("Another program listens on %(host)s port %(port)s. Stop it or choose another port.")
            % {"host": host, "port": port}
        )
    start_up.open_keys()
    start_up.open_promise_key()
    start_up.open_packs()
    if args.parent:
        end_with_parent(args.parent)
    stop = threading.Event()
    live = threading.Thread(target=_keep_live, args=[stop], name="live", daemon=True)
    if given.LIVE_LISTEN:
        live.start()
    server = Granian(
        "answerable.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=given.WEB_WORKERS,
        blocking_threads=given.WEB_THREADS,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=20,
        websockets=False,
        log_dictconfig=granian_log(logging.configuration(given.LOG_LEVEL, given.LOG_FORMAT)),
    )
    try:
        server.serve()
    finally:
        stop.set()
        if given.LIVE_LISTEN:
            live.join(10)
    return 0


def _keep_live(stop: threading.Event) -> None:
    """Have the streaming process beside us, started again when it ends; ended with us. Pages ask meanwhile."""
    from answerable.ops.processes import spawn

    pause = 1.0
    while not stop.is_set():
        began = time.monotonic()
        process = spawn(["live"], None)
        while process.poll() is None and not stop.wait(0.2):
            pass
        if process.poll() is None:
            process.kill()  # it holds nothing: open pages ask again by themselves
            process.wait()
        pause = 1.0 if time.monotonic() - began > 60 else min(pause * 2, 60.0)
        stop.wait(pause)


def granian_log(ours: dict[str, object]) -> dict[str, object]:
    """granian writes through our handler; its access log stays off, because it names addresses and paths."""
    return ours | {
        "loggers": {
            **ours["loggers"],  # type: ignore[dict-item]
            "_granian": {"handlers": [], "propagate": True, "level": "INFO"},
            "granian.access": {"handlers": [], "propagate": False},
        }
    }
