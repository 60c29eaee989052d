"""`answerable figures recount`: count every case and finding anew, and say where the figures that are kept differ."""

from __future__ import annotations

import argparse

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE
#: So many differences are named; with more, the rest is only counted.
SHOWN = 20


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `figures recount [--mend]`."""
    parser = subparsers.add_parser("figures", help=_("the figures that are kept as acts happen"))
    inner = parser.add_subparsers(dest="figures_command", required=True, metavar="recount")
    recount = inner.add_parser("recount", help=_("count every case anew and name every difference"))
    recount.add_argument("--mend", action="store_true", help=_("put right what differs"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 where everything agrees or was mended, 1 where something differs."""
    from django.utils import translation

    from answerable.figures.recount import recount
    from answerable.readiness.rounds.recount import differing

    with translation.override(language()):
        found, findings = recount(mend=args.mend), differing(mend=args.mend)
        say(_("%(count)s cases counted.") % {"count": found.cases})
        for finding in findings[:SHOWN]:
            complain(
                _("Finding %(finding)s is kept with other days than its acts say.") % {"finding": finding}
            )
        if found.is_right and findings:
            words = _("%(count)s findings differ.")
            if args.mend:
                words = _("%(count)s findings differed, and were put right.")
            complain(words % {"count": len(findings)})
            return 0 if args.mend else 1
        if found.is_right:
            say(_("What is kept agrees with the count."))
            return 0
        for case in found.examples[:SHOWN]:
            complain(_("Case %(case)s is kept differently.") % {"case": case})
        for cell, n in list(found.sums.items())[:SHOWN]:
            complain(
                _("Sum %(measure)s of unit %(unit)s in %(month)s: %(n)s to be added.")
                % {"measure": cell.measure, "unit": cell.unit, "month": cell.on, "n": f"{n:+d}"}
            )
        words = _("%(cases)s cases and %(sums)s sums differ.")
        if args.mend:
            words = _("%(cases)s cases and %(sums)s sums differed, and were put right.")
        complain(words % {"cases": found.wrong, "sums": len(found.sums)})
        return 0 if args.mend else 1
