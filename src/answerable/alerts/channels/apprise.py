"""Work chat and more through the package `apprise`: WeCom, DingTalk, Feishu, Teams, Slack and others on one list.

Of the package's hundred-odd services only those below are used. None of them runs a program, reads a file or talks
to this machine; each may ask the hosts that stand beside it and no other. Options in an address that could read
files, fetch pictures or turn off the check of certificates are refused with the address.

The package says only whether it believes to have sent, and believes it of services that answer 200 with an error.
So what it asks and what it is answered passes through `_Watched`, which judges for itself.
"""

from __future__ import annotations

import importlib
import logging
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from answerable.alerts.channels.answers import judge
from answerable.alerts.channels.posting import is_allowed
from answerable.alerts.outcomes import Message, NotSent, Unknown

TIMEOUT_S = 15.0
ANSWER_LIMIT = 10_000
ADDRESS_LIMIT = 1000


@dataclass(frozen=True)
class Service:
    """A module of the package, and the hosts that it may ask (`.domain`: any below it; none: a server of one's own,
    which stands in the address and in ANSWERABLE_ALERT_HOSTS)."""

    module: str
    name: str
    hosts: tuple[str, ...] = ()


_MICROSOFT = (".logic.azure.com", ".logic.azure.cn", ".api.powerplatform.com")
_WECOM = Service("wecombot", "NotifyWeComBot", ("qyapi.weixin.qq.com",))
_TEAMS = Service("workflows", "NotifyWorkflows", _MICROSOFT)
_SLACK = Service("slack", "NotifySlack", ("slack.com", "hooks.slack.com"))
_DISCORD = Service("discord", "NotifyDiscord", ("discord.com",))
_GOOGLE = Service("google_chat", "NotifyGoogleChat", ("chat.googleapis.com",))
_WEBEX = Service("webexteams", "NotifyWebexTeams", ("webexapis.com", "api.ciscospark.com"))
_PUSHPLUS = Service("pushplus", "NotifyPushplus", ("www.pushplus.plus",))

#: What an address may begin with.
SERVICES: dict[str, Service] = {
    "wecombot": _WECOM,
    "wechat": Service("wechat", "NotifyWeChat", ("qyapi.weixin.qq.com",)),
    "dingtalk": Service("dingtalk", "NotifyDingTalk", ("oapi.dingtalk.com",)),
    "feishu": Service("feishu", "NotifyFeishu", ("open.feishu.cn",)),
    "lark": Service("lark", "NotifyLark", ("open.larksuite.com",)),
    "workflow": _TEAMS,
    "workflows": _TEAMS,
    "slack": _SLACK,
    "tgram": Service("telegram", "NotifyTelegram", ("api.telegram.org",)),
    "discord": _DISCORD,
    "gchat": _GOOGLE,
    "webex": _WEBEX,
    "wxteams": _WEBEX,
    "pushplus": _PUSHPLUS,
    "schan": Service("serverchan", "NotifyServerChan", ("sctapi.ftqq.com",)),
    "wxpusher": Service("wxpusher", "NotifyWxPusher", ("wxpusher.zjiecode.com",)),
} | {
    f"{scheme}{secure}": Service(module, name)
    for scheme, module, name in (
        ("ntfy", "ntfy", "NotifyNtfy"),
        ("bark", "bark", "NotifyBark"),
        ("mmost", "mattermost", "NotifyMattermost"),
        ("rocket", "rocketchat", "NotifyRocketChat"),
        ("gotify", "gotify", "NotifyGotify"),
        ("synology", "synology", "NotifySynology"),
    )
    for secure in ("", "s")
}
#: Addresses as the services themselves show them, by their host.
_NATIVE: dict[str, Service] = {
    "qyapi.weixin.qq.com": _WECOM,
    "hooks.slack.com": _SLACK,
    "discord.com": _DISCORD,
    "chat.googleapis.com": _GOOGLE,
    "www.pushplus.plus": _PUSHPLUS,
} | dict.fromkeys(_MICROSOFT, _TEAMS)
#: What DingTalk and Feishu show for a robot; the package reads only its own form of it.
_ROBOTS = (
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=([A-Za-z0-9]+)"), "dingtalk://"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([A-Za-z0-9_-]+)/?"), "feishu://"),
    (re.compile(r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([A-Za-z0-9_-]+)/?"), "lark://"),
)
_OPTIONS = frozenset(
    {"key", "token", "secret", "access_token", "id", "to", "team", "channel", "topic", "threadkey", "mode"}
    | {
        "sig",
        "signature",
        "workflow",
        "ver",
        "api-version",
        "sp",
        "sv",
        "priority",
        "group",
        "level",
        "sound",
    }
)


_seen: ContextVar[list[tuple[int, bytes] | Exception] | None] = ContextVar("apprise_seen", default=None)
_may_ask: ContextVar[tuple[str, ...]] = ContextVar("apprise_hosts", default=())


def check_address(address: str) -> None:
    """Raises NotSent (for good) where the address is none of these services'. Asks nobody."""
    _service(address)


def send(message: Message) -> str:
    """Hand it over. Raises NotSent or Unknown."""
    plugin, hosts = _service(message.to)
    seen: list[tuple[int, bytes] | Exception] = []
    marks = _seen.set(seen), _may_ask.set(hosts)
    try:
        believed = bool(plugin.notify(body=message.body, title=message.subject))
    finally:
        _seen.reset(marks[0])
        _may_ask.reset(marks[1])
    _judge(seen, believed)
    return ""


def _judge(seen: list[tuple[int, bytes] | Exception], believed: bool) -> None:
    """The first trouble counts; a message in two parts of which one was taken may have been read: unknown."""
    taken = 0
    for one in seen:
        try:
            if isinstance(one, Exception):
                raise one
            judge(*one)
        except NotSent as error:
            if taken:
                raise Unknown(f"taken in part, then: {error.detail}") from error
            raise
        taken += 1
    if not believed or not taken:
        raise NotSent("the service took nothing")


def _service(address: str) -> tuple[Any, tuple[str, ...]]:
    address = _as_typed(address)
    scheme, _colon, rest = address.partition("://")
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].lower()
    is_native = scheme.lower() == "https"
    named = _NATIVE if is_native else SERVICES
    service = next(
        (one for name, one in named.items() if _is_named(host if is_native else scheme, name)), None
    )
    if service is None:
        raise NotSent("this service is not on the list", for_good=True)
    if not service.hosts and not is_allowed(host):
        raise NotSent("this server is not among ANSWERABLE_ALERT_HOSTS", for_good=True)
    return _made(service, address, is_native=is_native), service.hosts


def _is_named(name: str, one: str) -> bool:
    return name.lower() == one or (one.startswith(".") and name.lower().endswith(one))


def _as_typed(address: str) -> str:
    """The address, if it may be handed to the package at all: it turns what it reads there into what it does."""
    address = address.strip()
    if len(address) > ADDRESS_LIMIT or any(ord(char) < 33 or ord(char) == 127 for char in address):
        raise NotSent("this is no address of a service", for_good=True)
    for pattern, form in _ROBOTS:
        if found := pattern.fullmatch(address):
            return form + found[1]
    try:
        options = {
            name.lower() for name, _value in parse_qsl(urlsplit(address).query, keep_blank_values=True)
        }
    except ValueError:
        raise NotSent("this is no address of a service", for_good=True) from None
    if options - _OPTIONS:
        raise NotSent("an option in this address is not used", for_good=True)
    return address


def _made(service: Service, address: str, *, is_native: bool) -> Any:
    """The package's own object for the address. Of its services only this one's module is loaded."""
    module: Any = importlib.import_module(f"apprise.plugins.{service.module}")
    kind = getattr(module, service.name)
    try:
        found = kind.parse_native_url(address) if is_native else kind.parse_url(address)
        made = kind(**(found | {"asset": _asset(), "tag": set()})) if found else None
    except Exception as error:  # each of its services has a reader of its own
        raise NotSent("this is no address of the service", for_good=True) from error
    if made is None or not made.enabled:
        raise NotSent("this is no address of the service", for_good=True)
    if not isinstance(module.requests, _Watched):
        module.requests = _Watched(module.requests)
    return made


@cache
def _asset() -> Any:
    """Nothing of the package's that stays on the disk, follows a redirect, reads a file or writes an address down."""
    import apprise

    asset = apprise.AppriseAsset(
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        allow_templates=False,
        secure_logging=True,
        app_id="Answerable",
        app_desc="Answerable",
        app_url="",
    )
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would quote parts of addresses
    asset.http_redirects = False
    asset.async_mode = False
    return asset


class _Watched:
    """Stands for `requests` in the module of a service: asks the service's own hosts alone, no longer than
    TIMEOUT_S, follows nothing, and keeps what was answered."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get(self, url: str, **more: Any) -> Any:
        return self.request("GET", url, **more)

    def post(self, url: str, *args: Any, **more: Any) -> Any:
        if args:
            more["data"] = args[0]
        return self.request("POST", url, **more)

    def request(self, method: str, url: str, **more: Any) -> Any:
        seen = _seen.get()
        if seen is None:
            raise RuntimeError("a service was asked outside of a delivery")
        if not _may_be_asked(url):
            refused = NotSent("the address leads to another host", for_good=True)
            seen.append(refused)
            raise self._real.ConnectionError("refused")
        until = time.monotonic() + TIMEOUT_S
        kept = {name: more[name] for name in ("data", "json", "headers", "params", "auth") if name in more}
        try:
            answer = self._real.request(
                method, url, **kept, timeout=(5, TIMEOUT_S), verify=True, allow_redirects=False, stream=True
            )
            body = self._read(answer, until)
        except self._real.RequestException as error:
            seen.append(_fault(error, self._real))
            raise
        seen.append((answer.status_code, body))
        return answer

    def _read(self, answer: Any, until: float) -> bytes:
        body = b""
        try:
            for part in answer.iter_content(1):  # a larger part would wait until it is whole
                body += part
                if len(body) > ANSWER_LIMIT:
                    break
                if time.monotonic() > until:
                    raise self._real.ReadTimeout("it drips")
        finally:
            answer.close()
        answer._content, answer._content_consumed = body, True
        return body


def _may_be_asked(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if is_allowed(host):
        return parts.scheme in ("http", "https")
    named = any(host == one or (one.startswith(".") and host.endswith(one)) for one in _may_ask.get())
    return named and parts.scheme == "https"


def _fault(error: Exception, requests: Any) -> Exception:
    if isinstance(error, requests.ConnectTimeout):
        return NotSent("the service was not reached")
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError"):
        return NotSent("the service was not reached")
    return Unknown("the line to the service broke, or it did not answer in time")
