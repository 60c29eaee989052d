"""The `answerable` command. Each file in ops/commands is one command; none is imported before it is asked for.

A command module has `register(subparsers)`, which adds its parser and sets `run` as its default, and
`run(args) -> int`, the exit code. It may say what it needs (default `DATABASE`):

    NEEDS = NOTHING    runs anywhere; Django is set up with stand-in settings, without a database
    NEEDS = DATABASE   settings and a database; the embedded server is started or joined where none is named
    NEEDS = ITSELF     calls `environment.prepare` on its own

Modules import Django models inside `run`, because Django is set up after the arguments were read.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from answerable.ops import commands, environment
from answerable.ops.environment import DATABASE, ITSELF, NOTHING
from answerable.ops.terminal import complain
from answerable.ops.terminal import gettext as _

# Django's own, passed on as they are.
DJANGO = (
    "changepassword",
    "clearsessions",
    "dbshell",
    "dumpdata",
    "loaddata",
    "makemigrations",
    "shell",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
)


class Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)


class Subcommands(argparse._SubParsersAction):  # type: ignore[type-arg]  # no generic when it runs
    def add_parser(self, name: str, **more: Any) -> Any:
        more.setdefault("description", more.get("help"))
        return super().add_parser(name, **more)


class Parser(argparse.ArgumentParser):
    """Help in the language of the terminal, for each subcommand under the line that stands for it in the list; and after
    a mistake, where that help is."""

    def __init__(self, **more: Any) -> None:
        own: dict[str, Any] = {"formatter_class": Help, "add_help": False}
        super().__init__(**own | more)
        self.register("action", "parsers", Subcommands)
        self._positionals.title, self._optionals.title = _("arguments"), _("options")
        self.add_argument("-h", "--help", action="help", help=_("this page"))

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        complain(f"{self.prog}: {message}")
        complain(_("More: %(command)s --help") % {"command": self.prog})
        raise SystemExit(2)


def names() -> list[str]:
    return sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(commands.__path__))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}")


def _parser(asked: str) -> tuple[Parser, ModuleType | None]:
    parser = Parser(
        prog="answerable",
        description=_("Grievances, duty and incidents for a small public body."),
        epilog=_("Django's commands: %(names)s") % {"names": ", ".join(DJANGO)},
    )
    parser.add_argument("--data", metavar="DIR", type=Path, help=_("the data folder (ANSWERABLE_DATA_DIR)"))
    subparsers = parser.add_subparsers(dest="command", metavar="CMD", required=True)
    if asked in names():
        module = _module(asked)
        module.register(subparsers)
        # Read before (`_asked`); here so that its page names it.
        subparsers.choices[asked].add_argument(
            "--data",
            metavar="DIR",
            default=argparse.SUPPRESS,
            help=_("the data folder (ANSWERABLE_DATA_DIR)"),
        )
        return parser, module
    for name in names():
        _module(name).register(subparsers)
    return parser, None


def _asked(argv: Sequence[str]) -> tuple[str, list[str]]:
    """The command's name, and the arguments with `--data DIR` moved in front of it: it may stand anywhere."""
    rest, data = list(argv), []
    for place, word in enumerate(rest):
        if word == "--":
            break
        if word == "--data" and place + 1 < len(rest):
            data = rest[place : place + 2]
            del rest[place : place + 2]
            break
        if word.startswith("--data="):
            data = [rest.pop(place)]
            break
    name = next((word for word in rest if not word.startswith("-")), "")
    return name, [*data, *rest]


def main(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code. What stands in the way of it is said in sentences, exit code 2."""
    name, arguments = _asked(argv)
    try:
        if name in DJANGO:
            return _django(name, arguments)
        if name and name not in names():
            complain(_("There is no command “%(name)s”. All of them: answerable --help") % {"name": name})
            return 2
        parser, module = _parser(name)
        args = parser.parse_args(arguments)
        needs = getattr(module, "NEEDS", DATABASE)
        if args.data is not None:
            os.environ["ANSWERABLE_DATA_DIR"] = str(args.data.absolute())
        if needs == ITSELF:
            return int(args.run(args) or 0)
        with environment.prepare(needs):
            return int(args.run(args) or 0)
    except environment.CannotStart as error:
        complain(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `answerable … | head`: nobody is left to read; keep Python from complaining at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _django(name: str, arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    if arguments[:1] == ["--data"]:
        os.environ["ANSWERABLE_DATA_DIR"] = str(Path(arguments[1]).absolute())
        arguments = arguments[2:]
    needs = environment.SCRATCH if name == "makemigrations" else DATABASE
    with environment.prepare(needs):
        execute_from_command_line(["answerable", *arguments])
    return 0


__all__ = ["DATABASE", "ITSELF", "NOTHING", "main"]
