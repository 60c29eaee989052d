"""A browser without JavaScript over real HTTP, with the few names of Django's test client that tests use."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: dict[str, str]
    content: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name.lower()]

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Browser:
    """`port` may change: a server that was killed comes back at another one."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Answer:
        """A form, with the token that the browser's cookie calls for. Raises OSError when the line breaks."""
        if "csrftoken" not in self.cookies:
            self.get("/new/who")
        fields = {"csrfmiddlewaretoken": self.cookies["csrftoken"], **(data or {})}
        body = urlencode({k: "" if v is None else v for k, v in fields.items()}, doseq=True).encode()
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, {**self.headers, **(headers or {}), "Cookie": cookie})
            got = line.getresponse()
            content = got.read()
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from error
        finally:
            line.close()
        for name, value in got.getheaders():
            if name.lower() == "set-cookie":
                self._bake(value)
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, content)

    def _bake(self, cookie: str) -> None:
        name, _, value = cookie.split(";", 1)[0].partition("=")
        if value in ("", '""') or "max-age=0" in cookie.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
