"""`answerable worker`: reactions, deadlines, reminders and messages."""

from __future__ import annotations

import argparse
import threading

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("worker", help=_("the worker: deadlines, reactions, messages"))
    parser.add_argument("--once", action="store_true", help=_("one turn of everything, then end (for cron)"))
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C; what is under way is finished, for 30 seconds at most."""
    from answerable.ops import start_up, worker
    from answerable.ops.processes import (
        LAST_WORD_SECONDS,
        end_with_parent,
        end_within,
        keep_what_is_loaded,
        stop_on_signals,
    )

    start_up.open_keys()
    start_up.open_log()
    start_up.open_packs()
    if args.once:
        worker.run_once()
        return 0
    stop = stop_on_signals()
    if args.parent:
        end_with_parent(args.parent)

    def limit() -> None:
        stop.wait()
        end_within(LAST_WORD_SECONDS)

    threading.Thread(target=limit, daemon=True).start()
    keep_what_is_loaded()
    worker.run(stop)
    return 0
