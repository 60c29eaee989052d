"""`answerable packs`: list the procedure packs, show one, check a file that an office wrote itself."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.environment import NOTHING
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.cases.packs import Pack, PackFault, Step

NEEDS = NOTHING


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `packs list | show NAME | check FILE | acts` to the command line."""
    parser = subparsers.add_parser("packs", help=_("procedure packs: list | show | check | acts"))
    inner = parser.add_subparsers(dest="packs_command", required=True, metavar="list | show | check | acts")
    inner.add_parser("list", help=_("the packs that ship and your own, with where their numbers come from"))
    show = inner.add_parser("show", help=_("one pack: its steps, numbers, articles"))
    show.add_argument("name", metavar="NAME", help=_("the code of a pack, or a .toml file"))
    check = inner.add_parser("check", help=_("check a pack that you wrote; every fault is named"))
    check.add_argument("file", metavar="FILE", type=Path)
    inner.add_parser("acts", help=_("the act kinds that a pack may name"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 where a pack is unknown, unreadable or faulty."""
    from django.utils import translation

    from answerable.cases.act_kinds import ActKind

    with translation.override(language()):
        if args.packs_command == "list":
            return _list()
        if args.packs_command == "show":
            return _show(args.name)
        if args.packs_command == "check":
            return _check(args.file)
        for kind in ActKind:
            say(kind.value)
        return 0


def _list() -> int:
    from answerable.cases.packs import all_packs, own_packs
    from answerable.core.sentences import sentence

    packs, own = all_packs(), own_packs()
    width = max(len(code) for code in packs)
    for code, pack in packs.items():
        mark = _("(your own)") if code in own.packs else ""
        say(f"{code:<{width}}  {pack.verified:<9}  {pack.title.in_language(language())} {mark}".rstrip())
    for error in own.faults.values():
        complain(sentence(error))
    return 1 if own.faults else 0


def _read(path: Path) -> str | None:
    from answerable.cases.pack_reading import MAX_BYTES

    try:
        if path.stat().st_size > MAX_BYTES:
            complain(_("%(file)s is larger than 512 kB; a pack is a page or two.") % {"file": path})
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        complain(_("%(file)s is not UTF-8 text; save it as UTF-8.") % {"file": path})
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        complain(_("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": reason})
    return None


def _show(name: str) -> int:
    from answerable.cases.packs import PackError, load_pack, parse_pack
    from answerable.core.sentences import sentence

    try:
        if name.endswith(".toml"):
            text = _read(Path(name))
            if text is None:
                return 1
            pack = parse_pack(text, name)
        else:
            pack = load_pack(name)
    except PackError as error:
        complain(sentence(error))
        return 1
    for line in _lines(pack):
        say(line)
    return 0


def _lines(pack: Pack) -> list[str]:
    lang = language()
    lines = [f"{pack.code} {pack.version} · {pack.title.in_language(lang)}"]
    if pack.in_force_from:
        lines.append(_("in force from: %(day)s") % {"day": pack.in_force_from})
    if pack.source:
        compared = pack.verified_on or "–"
        places = {"source": pack.source, "verified": pack.verified, "day": compared}
        lines.append(_("source: %(source)s (%(verified)s, compared %(day)s)") % places)
    if pack.note.en:
        lines.append(pack.note.in_language(lang))
    for step in pack.steps:
        lines += ["", *_step_lines(step)]
    rungs = " → ".join(f"{rung.code} ({rung.title.in_language(lang)})" for rung in pack.ladder)
    kinds = ", ".join(f"{kind.code} ({kind.title.in_language(lang)})" for kind in pack.kinds)
    parts = ", ".join(part.title.in_language(lang) for part in pack.decision_parts if part.required)
    lines += ["", _("ladder: %(rungs)s") % {"rungs": rungs}, _("kinds: %(kinds)s") % {"kinds": kinds}]
    return [*lines, _("a decision states: %(parts)s") % {"parts": parts}]


def _step_lines(step: Step) -> list[str]:
    from answerable.cases.deadline_wording import length_words
    from answerable.cases.derivations import LONGEST_PAUSE_DAYS

    lang = language()
    whose = _("the person's") if step.whose == "person" else _("the office's")
    facts = [length_words(step.number, step.span, step.day_kind), whose, step.verified]
    if step.article:
        facts.insert(2, _("article %(article)s") % {"article": step.article})
    if step.window:
        facts.append(_("a window: nobody is late when it ends"))
    lines = [f"[{step.code}] {step.title.in_language(lang)}", "  " + " · ".join(facts)]
    named = [
        (_("opened by: %(words)s"), ", ".join(step.opened_by)),
        (_("met by: %(words)s"), ", ".join(step.met_by)),
        (_("ended by: %(words)s"), ", ".join(step.voided_by)),
        (_("only if: %(words)s"), step.condition or ""),
        (_("paused by: %(words)s"), ", ".join(step.pauses)),
        (_("note: %(words)s"), step.note.in_language(lang)),
    ]
    lines += ["  " + label % {"words": words} for label, words in named if words]
    if step.pauses:
        lines.append(
            "  " + _("all pauses together count for at most %(days)s days") % {"days": LONGEST_PAUSE_DAYS}
        )
    if step.on_delivery:
        lines.append("  " + _("opens on proven delivery alone"))
    if step.by_order:
        lines.append("  " + _("the work order may state another number"))
    if step.extension:
        places = {
            "length": length_words(step.extension.max_number, step.span, step.day_kind),
            "times": step.extension.max_times,
            "role": step.extension.approver_role,
        }
        lines.append(
            "  " + _("extended by at most %(length)s in all, %(times)s×, approved by: %(role)s") % places
        )
    return lines


def _check(path: Path) -> int:
    from answerable.cases.packs import check_pack

    text = _read(path)
    if text is None:
        return 1
    faults = check_pack(text)
    for fault in faults:
        say(_fault_line(fault, path))
    if faults:
        complain(_("%(file)s: %(count)s to put right.") % {"file": path, "count": len(faults)})
        return 1
    say(_("%(file)s: nothing to put right.") % {"file": path})
    return 0


def _fault_line(fault: PackFault, path: Path) -> str:
    from django.utils.translation import gettext

    return f"{fault.field or path.name}: {gettext(fault.template) % dict(fault.values)}"
