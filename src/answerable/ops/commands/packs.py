"""`answerable packs`: list the procedure packs, show one, check a file that an office wrote itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from answerable.cases.act_kinds import ActKind
from answerable.cases.derivations import LONGEST_PAUSE_DAYS
from answerable.cases.pack_reading import MAX_BYTES
from answerable.cases.packs import Pack, PackError, Step, all_packs, check_pack, load_pack, parse_pack


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `packs list | show NAME | check FILE | acts` to the command line."""
    parser = subparsers.add_parser("packs", help="procedure packs: the rules that bind an office")
    inner = parser.add_subparsers(dest="packs_command", required=True, metavar="list | show | check | acts")
    inner.add_parser("list", help="the packs that ship, with where their numbers come from")
    show = inner.add_parser("show", help="one pack: its steps, numbers, articles")
    show.add_argument("name", metavar="NAME", help="the code of a shipped pack, or a file")
    show.add_argument("--lang", choices=("en", "zh"), default="en", help="the language of its texts")
    check = inner.add_parser("check", help="check a pack that you wrote; every fault is named")
    check.add_argument("file", metavar="FILE", type=Path)
    inner.add_parser("acts", help="the act kinds that a pack may name")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 where a pack is unknown, unreadable or faulty."""
    if args.packs_command == "list":
        return _list()
    if args.packs_command == "show":
        return _show(args.name, args.lang)
    if args.packs_command == "check":
        return _check(args.file)
    print("\n".join(kind.value for kind in ActKind))
    return 0


def _list() -> int:
    packs = all_packs()
    width = max(len(code) for code in packs)
    for code, pack in packs.items():
        print(f"{code:<{width}}  {pack.verified:<9}  {pack.title.en} · {pack.title.zh}")
    return 0


def _read(path: Path) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            print(f"{path} is larger than 512 kB; a pack is a page or two.", file=sys.stderr)
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        print(f"{path} is not UTF-8 text; save it as UTF-8.", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.", file=sys.stderr)
    return None


def _show(name: str, lang: str) -> int:
    try:
        if name.endswith(".toml"):
            text = _read(Path(name))
            if text is None:
                return 1
            pack = parse_pack(text, name)
        else:
            pack = load_pack(name)
    except PackError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(_lines(pack, lang)))
    return 0


def _lines(pack: Pack, lang: str) -> list[str]:
    lines = [f"{pack.code} {pack.version} · {pack.title.in_language(lang)}"]
    if pack.in_force_from:
        lines.append(f"in force from {pack.in_force_from}")
    if pack.source:
        lines.append(f"source: {pack.source} ({pack.verified}, compared {pack.verified_on or 'never'})")
    if pack.note.en:
        lines.append(pack.note.in_language(lang))
    for step in pack.steps:
        lines += ["", *_step_lines(step, lang)]
    lines += ["", "ladder: " + " → ".join(f"{r.code} ({r.title.in_language(lang)})" for r in pack.ladder)]
    lines.append("kinds: " + ", ".join(f"{k.code} ({k.title.in_language(lang)})" for k in pack.kinds))
    required = [part.code for part in pack.decision_parts if part.required]
    lines.append("a decision states: " + ", ".join(required))
    return lines


def _step_lines(step: Step, lang: str) -> list[str]:
    kind = f"{step.day_kind} " if step.span == "days" else ""
    where = f"art. {step.article}" if step.article else "no article"
    lines = [
        f"[{step.code}] {step.title.in_language(lang)}",
        f"  {step.number} {kind}{step.span} · {step.whose}{', window' if step.window else ''} · {where} · {step.verified}",
        f"  opened by {', '.join(step.opened_by)}{' on proven delivery' if step.on_delivery else ''}",
        f"  met by    {', '.join(step.met_by)}",
        f"  ends by   {', '.join(step.voided_by)}",
    ]
    if step.condition:
        lines.append(f"  only if   {step.condition}")
    if step.by_order:
        lines.append("  the work order may state another number")
    if step.pauses:
        lines.append(f"  paused by {', '.join(step.pauses)} (at most {LONGEST_PAUSE_DAYS} days)")
    if step.extension:
        rule = step.extension
        times = "once" if rule.max_times == 1 else f"{rule.max_times} times"
        lines.append(
            f"  extended  by at most {rule.max_number} in all, {times}, approved by the {rule.approver_role}"
            f"{', the person is told why' if rule.notice else ''}{f' (art. {rule.article})' if rule.article else ''}"
        )
    if step.note.en:
        lines.append(f"  note      {step.note.in_language(lang)}")
    return lines


def _check(path: Path) -> int:
    text = _read(path)
    if text is None:
        return 1
    faults = check_pack(text)
    for fault in faults:
        print(f"{fault.field or path.name}: {fault.sentence}")
    if faults:
        print(f"{path}: {len(faults)} fault{'s' if len(faults) > 1 else ''}.", file=sys.stderr)
        return 1
    print(f"{path}: nothing to correct.")
    return 0
