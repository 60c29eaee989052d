"""No service writes without an act: each public one reaches `record.append`, read from the code itself.

A public function of a `services` package that opens a transaction must lead, through the functions it calls in
this program, to an append. Those that rightly write nothing into the record are listed with the reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "answerable"

#: `room/services/module.function`: why it rightly writes no act.
WITHOUT_ACT: dict[str, str] = {}
APPENDS = {"append", "append_all"}


def _functions() -> dict[str, list[ast.FunctionDef]]:
    """Every function of the program by its bare name; tests and migrations left out."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for path in SOURCE.rglob("*.py"):
        if {"tests", "migrations", "demo"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
    return found


def _services() -> dict[str, ast.FunctionDef]:
    """`room.module.function` of each public function with `transaction.atomic` in a module of services."""
    found = {}
    paths = [*SOURCE.glob("*/services/*.py"), *SOURCE.glob("*/services.py")]
    for path in paths:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _opens(node):
                found[f"{path.relative_to(SOURCE).with_suffix('')}.{node.name}"] = node
    return found


def _opens(node: ast.FunctionDef) -> bool:
    return "transaction.atomic" in ast.unparse(node)


def _calls(node: ast.AST) -> set[str]:
    names = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            if isinstance(one.func, ast.Name):
                names.add(one.func.id)
            elif isinstance(one.func, ast.Attribute):
                names.add(one.func.attr)
    return names


def _reaches_an_act(node: ast.FunctionDef, all_: dict[str, list[ast.FunctionDef]], seen: set[str]) -> bool:
    called = _calls(node)
    if called & APPENDS and not (called & APPENDS <= {"append"} and not _appends_an_act(node)):
        return True
    for name in called - seen:
        seen.add(name)
        if any(_reaches_an_act(one, all_, seen) for one in all_.get(name, ())):
            return True
    return False


def _appends_an_act(node: ast.FunctionDef) -> bool:
    """Whether an `append` here is the record's (it names a matter), not a list's."""
    return any(
        isinstance(one, ast.Call) and any(word.arg == "matter" for word in one.keywords)
        for one in ast.walk(node)
    )


def test_every_service_leads_to_an_act() -> None:
    functions, services = _functions(), _services()
    assert len(services) > 40, "the services were not found"
    silent = [
        name
        for name, node in services.items()
        if name not in WITHOUT_ACT and not _reaches_an_act(node, functions, set())
    ]
    assert silent == [], "these write without an act: " + ", ".join(silent)


def test_a_service_without_an_act_would_be_found() -> None:
    lonely = ast.parse("def quiet(x):\n    with transaction.atomic():\n        rows.append(x)\n").body[0]
    assert isinstance(lonely, ast.FunctionDef)
    assert _opens(lonely)
    assert not _reaches_an_act(lonely, {}, set())
