"""ANSWERABLE_* settings: read once, checked together, said in sentences. No Django.

Every setting may be given as NAME or, where it is a secret, in a file named by NAME_FILE (a trailing line break
is dropped). An unknown name, a malformed value and a missing one stop the start: `EnvError` lists them all.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from answerable.core.sentences import N_

PREFIX = "ANSWERABLE_"


class EnvError(Exception):
    """`faults`: one (English sentence with %(places)s, facts) for each thing that is wrong."""

    def __init__(self, faults: list[tuple[str, dict[str, str]]]) -> None:
        super().__init__("\n".join(template % facts for template, facts in faults))
        self.faults = faults


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    return {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}[value.lower()]


def _path(value: str) -> Path:
    if not Path(value).is_absolute():
        raise ValueError(value)
    return Path(value)


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not low <= int(value) <= high:
            raise ValueError(value)
        return int(value)

    return read


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        if not low <= float(value) <= high:
            raise ValueError(value)
        return float(value)

    return read


def _calls(value: str) -> dict[str, dict[str, str]]:
    """Addresses and keys of the programs of bodies outside, by their codes. Raises ValueError."""
    found = json.loads(value)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    for place in found.values():
        if not isinstance(place, dict) or set(place) != {"url", "key"} or len(str(place["key"])) < 32:
            raise ValueError("url, and a key of 32 characters")
        there = urlsplit(_url(str(place["url"])))
        if there.scheme != "https" and there.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("not https")
    return found


def _throttles(value: str) -> dict[str, tuple[int, int]]:
    """How many messages of a kind within how many minutes: `sms=3/3 email=10/5`. Raises ValueError."""
    found = {}
    for part in value.split():
        kind, _equals, often = part.partition("=")
        most, _slash, minutes = often.partition("/")
        if not re.fullmatch(r"[a-z]{1,10}", kind):
            raise ValueError(part)
        found[kind] = (_number(1, 1000)(most), _number(1, 1440)(minutes))
    return found


def _choice(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(value)
        return value.lower()

    return read


def _secret_key(value: str) -> str:
    if len(value) < 32:
        raise ValueError(value)
    return value


def _database(value: str) -> str:
    # The parts are taken apart by psycopg in settings.py; here only what a typing error would break.
    if not value.startswith(("postgresql://", "postgres://")) or any(c.isspace() for c in value):
        raise ValueError(value)
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(value)
    return f"{parts.scheme}://{parts.netloc}"


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in value.split(",") if host.strip())
    for host in hosts:
        if not re.fullmatch(r"\.?[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]", host):
            raise ValueError(host)
    if not hosts:
        raise ValueError(value)
    return hosts


def _listen(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    ipaddress.ip_address(host.strip("[]"))
    return host.strip("[]"), _number(1, 65535)(port)


def _url(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError(value)
    return value


def _mailbox(value: str) -> str:
    parts = urlsplit(value)
    if (
        parts.scheme not in ("imaps", "imap")
        or not parts.hostname
        or not parts.username
        or not parts.password
    ):
        raise ValueError("imaps://name:password@host/folder")
    if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("a password goes over the network only with TLS")
    return value


def _key(value: str) -> str:
    if len(value) < 32:
        raise ValueError("32 characters")
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+|[^<>\n]* <[^@\s<>]+@[^@\s<>]+>", value):
        raise ValueError(value)
    return value


@dataclass(frozen=True)
class Entry:
    """One setting: how it is read, what it must look like (for the sentence), its default."""

    read: Callable[[str], Any]
    form: str
    default: Any = None
    secret: bool = False
    needed: bool = False


ENTRIES: dict[str, Entry] = {
    "DATABASE_URL": Entry(
        _database, N_("postgresql://user:password@host:port/database"), secret=True, needed=True
    ),
    "SECRET_KEY": Entry(_secret_key, N_("at least 32 random characters"), secret=True, needed=True),
    "BASE_URL": Entry(
        _base_url, N_("the address people use, such as https://cases.example.org"), needed=True
    ),
    "DATA_DIR": Entry(_path, N_("an absolute path"), needed=True),
    "KEY_FILE": Entry(_path, N_("an absolute path"), needed=True),
    "RECORD_KEY_FILE": Entry(_path, N_("an absolute path"), None),
    "PROMISE_KEY_FILE": Entry(_path, N_("an absolute path"), None),
    "RECORD_CADENCE": Entry(_seconds(0.05, 3600), N_("seconds, from 0.05 to 3600"), 60.0),
    "RECORD_WITNESSES": Entry(_path, N_("an absolute path"), None),
    "RECORD_TSA_URL": Entry(_url, N_("a web address"), ""),
    "RECORD_TSA_CERTIFICATE": Entry(_path, N_("an absolute path"), None),
    "ALLOWED_HOSTS": Entry(_hosts, N_("host names, separated by commas"), ()),
    "DEMO": Entry(_flag, N_("1 or 0"), False),
    "LISTEN": Entry(_listen, N_("an address and a port, such as 127.0.0.1:8000"), ("127.0.0.1", 8000)),
    "WEB_WORKERS": Entry(_number(1, 64), N_("a whole number from 1 to 64"), 2),
    "WEB_THREADS": Entry(_number(1, 64), N_("a whole number from 1 to 64"), 2),
    "PROXIES": Entry(_number(0, 9), N_("how many proxies stand in front, from 0 to 9"), 0),
    "LEAVE_TO": Entry(_url, N_("a web address"), ""),
    "EMAIL_HOST": Entry(_text, N_("a host name"), ""),
    "EMAIL_PORT": Entry(_number(1, 65535), N_("a port number"), 587),
    "EMAIL_USER": Entry(_text, N_("a name"), ""),
    "EMAIL_PASSWORD": Entry(_text, N_("a password"), "", secret=True),
    "EMAIL_SECURITY": Entry(_choice("starttls", "tls", "none"), N_("starttls, tls or none"), "starttls"),
    "EMAIL_FROM": Entry(_address, N_("an e-mail address"), ""),
    "SMS_URL": Entry(_url, N_("a web address"), ""),
    "SMS_TOKEN": Entry(_text, N_("a token"), "", secret=True),
    "SMS_BODY": Entry(_text, N_("a text with {to} and {text}"), ""),
    "SMS_INBOUND_KEY": Entry(_key, N_("at least 32 random characters"), "", secret=True),
    "VOICE_URL": Entry(_url, N_("a web address"), ""),
    "VOICE_TOKEN": Entry(_text, N_("a token"), "", secret=True),
    "VOICE_BODY": Entry(_text, N_("a text with {to} and {text}"), ""),
    "VOICE_INBOUND_KEY": Entry(_key, N_("at least 32 random characters"), "", secret=True),
    "PUSH_KEY_FILE": Entry(_path, N_("an absolute path"), None),
    "ALERT_HOSTS": Entry(_hosts, N_("host names, separated by commas"), ()),
    "ALERT_IMAP_URL": Entry(_mailbox, N_("imaps://name:password@host/folder"), "", secret=True),
    "LIVE_LISTEN": Entry(_listen, N_("an address and a port, such as 127.0.0.1:8000"), None),
    "LIVE_URL": Entry(_url, N_("a web address"), ""),
    "HEARTBEAT_URL": Entry(_url, N_("a web address"), "", secret=True),
    "THROTTLES": Entry(
        _throttles,
        N_("how many messages a person gets by each way within how many minutes: sms=3/3 email=10/5"),
        {"sms": (3, 3), "voice": (2, 4), "email": (10, 5), "push": (10, 5), "apprise": (10, 5)},
    ),
    "DUTY_LOG_DAYS": Entry(_number(365, 36_500), N_("days, from 365 to 36500"), 1_095),
    "OUTSIDE_CALLS": Entry(
        _calls, N_('JSON by body: {"county": {"url": "https://…", "key": "…"}}'), {}, secret=True
    ),
    "ARCHIVE_DIR": Entry(_path, N_("an absolute path"), None),
    "PACKS_DIR": Entry(_path, N_("an absolute path"), None),
    "CLAMD_SOCKET": Entry(_path, N_("an absolute path"), None),
    "LOG_LEVEL": Entry(
        _choice("debug", "info", "warning", "error"), N_("debug, info, warning or error"), "info"
    ),
    "LOG_FORMAT": Entry(_choice("json", "text"), N_("json or text"), "json"),
    "TEST_DB": Entry(_text, N_("a database name"), ""),
    # read elsewhere (./run, the launcher, the browser tests); known here so that they are no surprise
    "PG_BIN": Entry(_path, N_("an absolute path"), None),
    "RUN_DIR": Entry(_path, N_("an absolute path"), None),
    "PYTHON": Entry(_text, N_("a program"), ""),
    "BROWSER": Entry(_text, N_("a program"), ""),
    "SHOTS": Entry(_path, N_("an absolute path"), None),
    "BROWSER_MISSING": Entry(_text, N_("a sentence"), ""),
}

UNKNOWN = N_("%(name)s is not a setting of Answerable%(meant)s. Remove it or correct its name.")
MALFORMED = N_("%(name)s must be: %(form)s.")
MISSING = N_("%(name)s is not set. It must be: %(form)s.")
BOTH = N_("%(name)s and %(name)s_FILE are both set. Keep one of them.")
UNREADABLE = N_("%(name)s_FILE names %(path)s, which cannot be read (%(reason)s).")


@dataclass(frozen=True)
class Env:
    """The checked values, by name without the prefix: `env.BASE_URL`."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


def read_secret_file(
    name: str, environ: Mapping[str, str]
) -> tuple[str | None, tuple[str, dict[str, str]] | None]:
    """The content of the file that NAME_FILE names, or the fault that it has."""
    path = environ[f"{PREFIX}{name}_FILE"]
    try:
        return Path(path).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r"), None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return None, (UNREADABLE, {"name": PREFIX + name, "path": path, "reason": reason})


def _near(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, ENTRIES, n=1)
    return f" ({PREFIX}{close[0]}?)" if close else ""


def load(environ: Mapping[str, str], *, needs: frozenset[str] | None = None) -> Env:
    """Read and check every ANSWERABLE_* setting.

    `needs` narrows what must be set (a command that writes translations needs no database); None: everything.
    Values never appear in the sentences: they may be secrets. Raises EnvError.
    """
    faults: list[tuple[str, dict[str, str]]] = []
    values: dict[str, Any] = {}
    known = set(ENTRIES) | {f"{name}_FILE" for name, entry in ENTRIES.items() if entry.secret}
    for name in sorted(environ):
        short = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and short not in known:
            faults.append((UNKNOWN, {"name": name, "meant": _near(short)}))
    for name, entry in ENTRIES.items():
        full, raw, fault = PREFIX + name, environ.get(PREFIX + name), None
        if entry.secret and environ.get(f"{full}_FILE"):
            if raw:
                fault = (BOTH, {"name": full})
            else:
                raw, fault = read_secret_file(name, environ)
        if fault is None and raw:
            try:
                values[name] = entry.read(raw)
                continue
            except (ValueError, KeyError):
                fault = (MALFORMED, {"name": full, "form": entry.form})
        elif fault is None and entry.needed and (needs is None or name in needs):
            fault = (MISSING, {"name": full, "form": entry.form})
        if fault:
            faults.append(fault)
        values[name] = entry.default
    if faults:
        raise EnvError(faults)
    return Env(values)
