"""`answerable live`: the process that tells open desks of alarms within a second (server-sent events)."""

from __future__ import annotations

import argparse

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("live", help=_("tells open desks of alarms at once"))
    parser.add_argument("--listen", metavar="ADDRESS:PORT", help=_("instead of ANSWERABLE_LIVE_LISTEN"))
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Stream until SIGTERM or Ctrl-C. Raises CannotStart if no address is set, or somebody else listens there."""
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    from answerable.config import env, logging
    from answerable.ops.commands.serve import granian_log
    from answerable.ops.processes import end_with_parent, is_free

    given = settings.ENV
    try:
        place = env.ENTRIES["LIVE_LISTEN"].read(args.listen) if args.listen else given.LIVE_LISTEN
    except ValueError:
        raise CannotStart(
            _("%(given)s is no address to listen on. It must look like 127.0.0.1:8000.")
            % {"given": args.listen}
        ) from None
    if place is None:
        raise CannotStart(_("Say where to listen: --listen 127.0.0.1:8001, or ANSWERABLE_LIVE_LISTEN."))
    host, port = place
    if not is_free(host, port, patience=5):
        raise CannotStart(
            _("Another program listens on %(host)s port %(port)s. Stop it or choose another port.")
            % {"host": host, "port": port}
        )
    if args.parent:
        end_with_parent(args.parent)
    Granian(
        "answerable.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=5,  # streams never end by themselves in time
        websockets=False,
        log_dictconfig=granian_log(logging.configuration(given.LOG_LEVEL, given.LOG_FORMAT)),
    ).serve()
    return 0
