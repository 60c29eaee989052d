"""The load generator: a process of its own, so that its interpreter is not the orchestrator's. Knows no Django.

Reads one job as JSON from standard input and writes what it saw as JSON to standard output.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bench import words

CASE = re.compile(r"/desk/case/([0-9a-f-]{36})")
FORM = "application/x-www-form-urlencoded"


@dataclass
class Seen:
    """Milliseconds at the client by name, units done, and the first few answers that were not as expected."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    units: int = 0
    faults: list[str] = field(default_factory=list)


class Client:
    """A connection that is kept, and one member of staff's cookies with the token against forged requests."""

    def __init__(self, address: str, seen: Seen) -> None:
        self.host, self.seen = urlsplit(address).netloc, seen
        self.address, self.token = address, secrets.token_hex(16)
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        *,
        session: str = "",
        body: Any = None,
        key: str = "",
        want: int = 200,
    ) -> tuple[str, str]:
        """One request, timed under `name`; returns the text and the Location. A wrong status is kept as a fault."""
        headers = {"Accept-Language": "zh-hans", "X-Request-ID": f"bench-{name}-{secrets.token_hex(6)}"}
        data = None
        if session:
            headers["Cookie"] = f"sessionid={session}; csrftoken={self.token}"
        if key:
            headers |= {"Authorization": f"Bearer {key}", "Idempotency-Key": secrets.token_hex(16)}
            headers["Content-Type"] = "application/json"
            data = json.dumps(body)
        elif body is not None:
            headers |= {"Content-Type": FORM, "X-CSRFToken": self.token, "Origin": self.address}
            data = urlencode(body)
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body=data, headers=headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.seen.faults.append(f"{name}: {error!r}")
            return "", ""
        self.seen.ms[name].append((time.perf_counter() - began) * 1000)
        if answer.status != want:
            self.seen.faults.append(f"{name}: {answer.status} {' '.join(text.split())[:300]}")
        return text, answer.headers.get("Location", "")


class Job:
    """What the orchestrator asked for, and the ways to spend the time."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said, self.town = said, said["town"]
        self.dice = random.Random(said.get("dice", 1))
        self.keys = itertools.cycle(self.town["keys"])

    def case(self, client: Client, mark: str = "") -> None:
        """A grievance with a sealed name, from another system; `mark` is a word that only this one holds."""
        office = self.dice.choice(self.town["offices"])
        body = {
            "claim": words.claim(self.dice) + mark,
            "wants": words.wants(self.dice),
            "subject": office["subject"],
            "place": self.dice.choice(self.town["places"]),
            "privacy": "confidential",
            "identity": {"name": "张三"},
        }
        client.ask("create", "POST", "/api/v1/cases", key=next(self.keys), body=body, want=201)
        self.office = office

    def intake(self, client: Client, number: int) -> None:
        self.case(client)

    def lifecycle(self, client: Client, number: int) -> None:
        """Create, search, assign, decide: four requests, each an act but for the search."""
        mark = " b" + secrets.token_hex(5)
        self.case(client, mark)
        office = self.office
        text, _to = client.ask("search", "GET", f"/desk/search?q={mark.strip()}", session=office["clerk"])
        found = CASE.search(text)
        if found is None:
            client.seen.faults.append("search: the case just created is not listed")
            return
        case = found[1]
        give = {"case": case, "to_post": office["handler_post"], "address": ""}
        client.ask("assign", "POST", "/desk/give", session=office["clerk"], body=give, want=303)
        sent = self.said["decision"] | {"do": "send", "seen_version": 2, "seen_draft": 0}
        client.ask(
            "decide", "POST", f"/desk/case/{case}/decision", session=office["head"], body=sent, want=303
        )

    def pages(self, client: Client, number: int) -> None:
        """The fixed set of lists and searches, each page in turn, unit by unit."""
        pages = self.said["pages"]
        page = pages[number % len(pages)]
        client.ask(page["name"], "GET", page["path"], session=page["session"])


def work(said: dict[str, Any]) -> dict[str, Any]:
    """Do the job with so many clients for so many seconds (or rounds); gives the samples."""
    seen, lock = [], threading.Lock()
    counter = itertools.count()
    until = time.monotonic() + said["seconds"]

    def spend(number: int) -> None:
        job, mine = Job(said | {"dice": (said.get("dice", 1), number).__hash__()}), Seen()
        client = Client(said["town"]["address"], mine)
        do: Callable[[Client, int], None] = getattr(job, said["job"])
        for _round in range(said.get("rounds", sys.maxsize)):
            if time.monotonic() >= until:
                break
            with lock:
                turn = next(counter)
            before = len(mine.faults)
            do(client, turn)
            mine.units += len(mine.faults) == before
        seen.append(mine)

    began = time.monotonic()
    threads = [threading.Thread(target=spend, args=(n,)) for n in range(said["clients"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total: dict[str, list[float]] = defaultdict(list)
    for one in seen:
        for name, values in one.ms.items():
            total[name] += values
    faults = [fault for one in seen for fault in one.faults]
    return {
        "seconds": time.monotonic() - began,
        "units": sum(one.units for one in seen),
        "ms": total,
        "faults": len(faults),
        "first_faults": faults[:3],
    }


def start(said: dict[str, Any]) -> dict[str, Any]:
    """Run `work` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(said),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The load generator failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def page_path(path: str, **said: str) -> str:
    return path + "?" + urlencode(said, quote_via=quote)


if __name__ == "__main__":
    json.dump(work(json.load(sys.stdin)), sys.stdout)
