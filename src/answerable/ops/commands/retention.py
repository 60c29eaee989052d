"""`answerable retention`: what is kept how long, what was destroyed this month, what is overdue; `--run` does it now."""

from __future__ import annotations

import argparse

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "retention",
        help=_("what is kept how long, what was destroyed, what is overdue"),
        epilog=_("Exit code: 0 all is in time, 1 something is overdue without a reason or fails."),
    )
    parser.add_argument("--run", action="store_true", dest="run_now", help=_("destroy what is due, now"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from django.utils import translation

    from answerable.core import clock
    from answerable.ops import worker
    from answerable.ops.retention import overview, running
    from answerable.ops.terminal import language

    with translation.override(language()):
        if args.run_now:
            worker.destroy_due()
        now = clock.now()
        rows = overview.rows(now, running.month_of(now))
        for row in rows:
            say(str(row.kind.what))
            say("    " + str(row.kind.how_long))
            facts = {"destroyed": row.destroyed, "overdue": row.overdue}
            if row.kind.run:
                say("    " + _("destroyed this month: %(destroyed)s, overdue: %(overdue)s") % facts)
            if row.overdue and row.kind.waits:
                say("    " + str(row.kind.waits))
            if row.is_failing and row.run is not None:
                complain("    " + _("fails: %(fault)s") % {"fault": row.run.failure})
        missing = overview.without_time()
        if missing:
            complain(_("No time is set for: %(models)s") % {"models": ", ".join(missing)})
    return int(any(row.is_failing or (row.overdue and not row.kind.waits) for row in rows))
