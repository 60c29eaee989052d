"""One request to an address that somebody typed: checked where it leads, bounded in time, no redirect followed.

An address of a contact is not the administrator's own setting, so it could point into the office's network. It must
be https and lead to public addresses, unless ANSWERABLE_ALERT_HOSTS names the host. The connection goes to the very
address that was checked: a name that answers differently a moment later changes nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from answerable.alerts.channels.kept import Bounded, time_left
from answerable.alerts.outcomes import NotSent, Unknown

TIMEOUT_S = 10.0
ANSWER_LIMIT = 10_000
#: Of a name in the DNS (RFC 1035, 2.3.4).
LONGEST_NAME = 253
#: Ranges that carry an IPv4 address within, where a private one would look public.
_CARRIERS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32")))
#: All of IPv6 that is given out for the internet at large; what carries an IPv4 address otherwise lies outside.
_UNICAST = ipaddress.ip_network("2000::/3")
#: Kept for protocols; one of them counts as global where Python decides.
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float = TIMEOUT_S) -> Answer:
    """Send it once; any whole answer is returned, also 3xx to 5xx. `timeout` bounds the try from end to end.
    Raises NotSent where nothing was handed over, Unknown where the line broke or time ran out after that.
    """
    return _asked("POST", url, body, headers, timeout=timeout, most=ANSWER_LIMIT)


def get(url: str, headers: Mapping[str, str], *, timeout: float, most: int) -> Answer:
    """Read it once, its first `most` bytes; as `post`."""
    return _asked("GET", url, None, headers, timeout=timeout, most=most)


def _asked(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, timeout: float, most: int
) -> Answer:
    until = time.monotonic() + timeout
    parts = checked(url)
    connection = _connected(parts, until)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        said = answer.read(most)
    except TimeoutError as error:
        raise Unknown("no answer in time") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unknown("the line broke") from error
    finally:
        connection.close()
    return Answer(answer.status, said, {name.lower(): value for name, value in answer.getheaders()})


def checked(url: str) -> SplitResult:
    """The address in parts. Raises NotSent (for good) where it may not be asked at all."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if (
        not host
        or len(host) > LONGEST_NAME
        or port == 0
        or any(ord(char) < 33 or ord(char) > 126 for char in url)
    ):
        raise NotSent("this is no web address", for_good=True)
    if parts.username is not None or parts.password is not None:
        raise NotSent("an address with a name or password in it is not used", for_good=True)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_allowed(host)):
        raise NotSent("only https addresses are used", for_good=True)
    return parts


def is_allowed(host: str) -> bool:
    """Whether the administrator named this host (or `.domain` of it) in ANSWERABLE_ALERT_HOSTS."""
    host = host.lower().strip("[]").rstrip(".")
    for one in settings.ALERT_HOSTS:
        name = one.lower().strip("[]")
        if host == name or (name.startswith(".") and host.endswith(name)):
            return True
    return False


def is_public(address: str) -> bool:
    """Whether an address of the internet at large: not private, local, shared, reserved, or one that hides such."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip not in _UNICAST or any(ip in network for network in _CARRIERS):
            return False
    if ip in _PROTOCOLS:
        return False
    return ip.is_global and not ip.is_multicast


def reachable(url: str) -> None:
    """Raises NotSent for good where the address leads into a private network at this moment; a name that is not known
    just now may be tomorrow."""
    try:
        _usable(checked(url))
    except NotSent as refused:
        if refused.for_good:
            raise


def _usable(parts: SplitResult) -> list[Any]:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent("the name is not known") from error
    usable = [one for one in found if is_allowed(host) or is_public(str(one[4][0]))]
    if not usable:
        raise NotSent("the address leads into a private network", for_good=True)
    return usable


def _connected(parts: SplitResult, until: float) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    usable = _usable(parts)
    connection = http.client.HTTPConnection(host, parts.port or port)
    connection.sock = _open(usable, host if parts.scheme == "https" else "", until)

    def bounded(sock: Any, *args: Any, **more: Any) -> http.client.HTTPResponse:
        bound: Any = Bounded(sock, until)
        return http.client.HTTPResponse(bound, *args, **more)

    connection.response_class = bounded  # type: ignore[assignment]
    if parts.scheme == "https":
        connection.default_port = 443  # so that the Host header names no port
    return connection


def _open(found: list[Any], tls_name: str, until: float) -> socket.socket:
    last: OSError = OSError("no address")
    for family, kind, protocol, _name, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(time_left(until))
            sock.connect(address)
            if tls_name:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=tls_name)
            sock.settimeout(time_left(until))
            return sock
        except OSError as error:
            sock.close()
            last = error
    raise NotSent("it was not reached") from last
