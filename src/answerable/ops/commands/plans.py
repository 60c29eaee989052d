"""`answerable plans`: list the plans that ship, show one, check a file, print the schema."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.environment import NOTHING
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.incidents.plans.schema import PlanFile

NEEDS = NOTHING


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `plans list | show CODE | check FILE | schema` to the command line."""
    parser = subparsers.add_parser("plans", help=_("emergency plans: list | show | check | schema"))
    inner = parser.add_subparsers(dest="plans_command", required=True, metavar="list | show | check | schema")
    inner.add_parser("list", help=_("the plans that ship, to be adapted"))
    show = inner.add_parser("show", help=_("one plan: levels, roles, actions, reports"))
    show.add_argument("name", metavar="CODE", help=_("the code of a plan that ships, or a .yaml file"))
    show.add_argument("--file", action="store_true", help=_("print the file itself, to start your own from"))
    check = inner.add_parser(
        "check", help=_("check a plan that you wrote; every fault is named with its line")
    )
    check.add_argument("file", metavar="FILE", type=Path)
    inner.add_parser("schema", help=_("the JSON Schema of a plan file"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 where a plan is unknown, unreadable or faulty."""
    from django.utils import translation

    from answerable.incidents.plans.json_schema import json_schema

    with translation.override(language()):
        if args.plans_command == "list":
            return _list()
        if args.plans_command == "show":
            return _show(args.name, as_file=args.file)
        if args.plans_command == "check":
            return _check(args.file)
        say(json_schema().rstrip("\n"))
        return 0


def _list() -> int:
    from answerable.incidents.plans.catalogue import shipped_plans

    plans = shipped_plans()
    width = max(len(code) for code in plans)
    for code, plan in plans.items():
        say(f"{code:<{width}}  {plan.names.in_language(language())}")
    return 0


def _read(path: Path) -> bytes | None:
    from answerable.incidents.plans.yaml_tree import MAX_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        complain(_("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": reason})
    return None


def _show(name: str, *, as_file: bool) -> int:
    from answerable.core.sentences import sentence
    from answerable.incidents.plans.catalogue import NoSuchPlan, shipped_text
    from answerable.incidents.plans.faults import PlanFaults
    from answerable.incidents.plans.reading import read_plan
    from answerable.incidents.plans.yaml_tree import text_of

    source: str | bytes | None
    try:
        source = _read(Path(name)) if name.endswith((".yaml", ".yml")) else shipped_text(name)
        if source is None:
            return 1
        text = text_of(source)
        lines = text.rstrip("\n").split("\n") if as_file else list(_lines(read_plan(text)))
    except NoSuchPlan as error:
        complain(sentence(error))
        return 1
    except PlanFaults as found:
        return _complain_of(found, name)
    for line in lines:
        say(line)
    return 0


def _lines(plan: PlanFile) -> Iterator[str]:
    lang = language()
    yield f"{plan.code} · {plan.names.in_language(lang)} · {', '.join((plan.hazard, *plan.also))}"
    yield plan.purpose.in_language(lang).strip()
    for title, steps in (
        (_("grades of the event"), plan.scales.event),
        (_("warning levels"), plan.scales.warning),
        (_("response levels"), plan.scales.response),
    ):
        yield ""
        yield title
        for step in steps:
            yield f"  {step.level}  {step.names.in_language(lang)}: {step.criteria.in_language(lang)}"
    yield ""
    yield _("roles")
    for role in plan.roles:
        held = role.post or role.duty or "–"
        yield f"  {role.code}  {role.names.in_language(lang)} ({role.group}, {held})"
    for track in plan.tracks:
        yield ""
        yield track.names.in_language(lang)
        for action in plan.actions:
            if action.track == track.code:
                levels = ",".join(str(level) for level in action.levels)
                minutes = _("%(minutes)s min") % {"minutes": action.target_min}
                yield f"  {minutes:>9}  [{levels}] {action.names.in_language(lang)} · {action.role or '–'}"
    yield ""
    yield _("reports")
    for report in plan.reports:
        limit = report.every_min or report.within_min
        minutes = _("%(minutes)s min") % {"minutes": limit}
        yield f"  {minutes:>9}  {report.names.in_language(lang)} → {report.recipient} ({report.source})"


def _check(path: Path) -> int:
    from answerable.incidents.plans.faults import PlanFaults
    from answerable.incidents.plans.reading import read_plan

    source = _read(path)
    if source is None:
        return 1
    try:
        read_plan(source)
    except PlanFaults as found:
        return _complain_of(found, path)
    say(_("%(file)s: nothing to put right.") % {"file": path})
    return 0


def _complain_of(found: Exception, path: object) -> int:
    from answerable.incidents.plans.faults import PlanFaults
    from answerable.incidents.plans.wording import located

    assert isinstance(found, PlanFaults)
    for fault in found.faults:
        say(located(fault))
    complain(_("%(file)s: %(count)s to put right.") % {"file": path, "count": len(found.faults)})
    return 1
