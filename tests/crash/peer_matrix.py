"""The worker's part of the kill matrix for plain Procrastinate: one job a message, its own retry, nothing added.

    python -m tests.crash.peer_matrix --python VENV/bin/python [--kills 10] [--stalled]

VENV has `procrastinate` and `psycopg[binary]`; nothing of it is a dependency of ours. `--stalled` adds what its manual
suggests: a periodic task that puts jobs of dead workers back in the queue.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from tests.crash.kill_matrix import GatewayProcess
from tests.crash.wire import Trap, Wire

APP = """
import json, os, urllib.request
import procrastinate
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["PEER_DB"]))

@app.task(retry=procrastinate.RetryStrategy(max_attempts=8, wait=2), pass_context=True)
def send(context, number):
    request = urllib.request.Request(
        os.environ["PEER_GATEWAY"],
        data=json.dumps({"id": str(number), "to": "x", "text": "x"}).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": str(number)},
    )
    urllib.request.urlopen(request, timeout=10).read()

if os.environ.get("PEER_STALLED"):
    @app.periodic(cron="* * * * * */5")
    @app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
    async def retry_stalled_jobs(context, timestamp):
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=15):
            await app.job_manager.retry_job(job)
"""
POINTS = {
    "claimed": ("procrastinate_fetch_job", True),
    "hand over": ("", False),
    "settle": ("procrastinate_finish_job", False),
    "settled": ("procrastinate_finish_job", True),
}


class Peer:
    """A worker of the peer's, behind a wire, and a gateway."""

    def __init__(self, python: str, folder: Path, url: str, *, stalled: bool) -> None:
        (folder / "peer_app.py").write_text(APP)
        self.python, self.folder, self.gateway = python, folder, GatewayProcess(folder)
        parts = urlsplit(url)
        host = dict(part.split("=") for part in parts.query.split("&"))["host"].replace("%2F", "/")
        port = int(dict(part.split("=") for part in parts.query.split("&")).get("port", 5432))
        self.wire = Wire(host, port)
        self.direct = url
        wired = f"postgresql://{parts.username}:{parts.password}@127.0.0.1:{self.wire.port}{parts.path}"
        self.environment = (
            os.environ
            | {
                "PEER_DB": wired,
                "PEER_GATEWAY": f"http://127.0.0.1:{self.gateway.port}/send",
                "PYTHONPATH": str(folder),
            }
            | ({"PEER_STALLED": "1"} if stalled else {})
        )
        self.made = 0
        self.run("-m", "procrastinate", "--app=peer_app.app", "schema", "--apply")
        self.start()

    def run(self, *arguments: str) -> None:
        environment = self.environment | {"PEER_DB": self.direct}
        subprocess.run(
            [self.python, *arguments], env=environment, check=True, capture_output=True, cwd=self.folder
        )

    def start(self) -> None:
        with (self.folder / "peer.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [self.python, "-m", "procrastinate", "--app=peer_app.app", "worker", "--concurrency=5",
                 "--fetch-job-polling-interval=0.3", "--delete-jobs=never"],
                env=self.environment, stdout=log, stderr=log, cwd=self.folder,
            )  # fmt: skip

    def defer(self, count: int) -> None:
        numbers = list(range(self.made, self.made + count))
        self.made += count
        code = "import peer_app\nwith peer_app.app.open():\n"
        code += f"    for n in {numbers}: peer_app.send.defer(number=n)"
        self.run("-c", code)

    def kill(self) -> None:
        self.worker.kill()
        self.worker.wait()

    def strike(self, point: str) -> bool:
        """Kill the worker at this point of some message, with four others beside it."""
        statement, after = POINTS[point]
        is_hit = False
        if statement:
            trap = self.wire.trap(Trap(self.kill, matches=lambda sql: statement in sql, after=after))
            if point == "claimed":
                # It fetches all the while: the one that matters is the first after the jobs are there.
                trap.matches = lambda _sql: False
            self.defer(5)
            trap.matches = lambda sql: statement in sql
            is_hit = trap.sprung.wait(20)
        else:
            self.gateway.taken.clear()
            self.gateway.say("arm")
            self.defer(5)
            is_hit = self.gateway.taken.wait(20)
            self.kill()
            self.gateway.say("go")
        if self.worker.poll() is not None:
            self.start()
        return is_hit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("--kills", type=int, default=10, help="at each point")
    parser.add_argument("--stalled", action="store_true")
    parser.add_argument("--rest", type=float, default=60)
    args = parser.parse_args()
    from answerable.ops.postgres import Server

    with tempfile.TemporaryDirectory(prefix="answerable-peer-") as made, Server.temporary() as server:
        peer = Peer(args.python, Path(made), server.url, stalled=args.stalled)
        hits: Counter[str] = Counter()
        try:
            time.sleep(2)
            for number in range(args.kills * len(POINTS)):
                point = list(POINTS)[number % len(POINTS)]
                hits[point] += peer.strike(point)
            time.sleep(args.rest)
            import psycopg

            with psycopg.connect(server.url) as db:
                states = dict(db.execute(
                    "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name LIKE '%send' GROUP BY 1"
                ).fetchall())  # fmt: skip
        finally:
            peer.kill()
            peer.gateway.kill()
            peer.wire.close()
        seen = Counter(one["id"] for one in peer.gateway.seen())
    found = {
        "kills": dict(hits),
        "messages": peer.made,
        "states": states,
        "never attempted at the gateway": peer.made - len(seen),
        "came twice, unmarked": sum(count > 1 for count in seen.values()),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
