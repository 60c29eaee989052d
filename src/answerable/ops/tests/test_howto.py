"""What docs/howto tells an administrator or a witness to type exists: commands, options, settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from answerable.config import env
from answerable.ops import cli

HOWTO = Path(__file__).resolve().parents[4] / "docs" / "howto"
TEXT = "\n".join((HOWTO / name).read_text(encoding="utf-8") for name in ("administrator.md", "witness.md"))
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.S)
TYPED = [
    found[1].split("  #")[0]
    for _kind, block in BLOCKS
    for line in block.splitlines()
    if (found := re.match(r"(?:ExecStart=/opt/answerable/run|answerable|\./run) (.*)", line))
]


def test_there_is_something_to_test() -> None:
    assert len(TYPED) >= 10


@pytest.mark.parametrize("typed", TYPED)
def test_every_command_is_understood(typed: str) -> None:
    name, arguments = cli._asked(shlex.split(typed))
    parser, _module = cli._parser(name)
    assert callable(parser.parse_args(arguments).run)


def test_every_setting_is_known_and_well_formed(tmp_path: Path) -> None:
    given = dict(re.findall(r"^(ANSWERABLE_\w+)=(.*)$", TEXT, re.M))
    assert len(given) >= 8
    secret = tmp_path / "password"
    secret.write_text("x")
    given = {name: str(secret) if name.endswith("_FILE") else value for name, value in given.items()}
    made_at_start = {"ANSWERABLE_SECRET_KEY": "s" * 40, "ANSWERABLE_KEY_FILE": "/var/lib/answerable/key-file"}
    assert env.load(given | made_at_start).PROXIES == 1
