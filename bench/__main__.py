"""`./run bench [--quick] [--sizes 10000,100000,1000000] [--seconds 60] [lifecycle|intake|lists|late|figures|open-data|record|alerts|incident …]`.

Starts its own PostgreSQL (fsync on), web server and worker in a folder of its own, fills the town step by step and
measures at each size. Prints a table, writes JSON. The database is thrown away at the end.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from bench import alerts, measures, open_data, report, roster, town
from bench import figures as kept_figures
from bench import incident as incidents
from bench import record as public_log
from bench.fill import Filler, make_model

NAMES = (
    "lifecycle",
    "intake",
    "lists",
    "late",
    "figures",
    "open-data",
    "record",
    "alerts",
    "incident",
    "roster",
)
#: Measured before any case is filled in.
ALONE = {"record", "alerts", "incident", "roster"}
SIZES = "10000,100000,1000000"
QUICK = {"sizes": "300,3000", "seconds": 2.0}


def main() -> int:
    """Run what was asked for; returns 0. An aim that is missed is reported, not an error."""
    args = _arguments()
    sizes = sorted({int(size) for size in args.sizes.split(",")})
    names = args.what or list(NAMES)
    if args.data:
        Path(args.data).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="answerable-bench-", dir=args.data) as made:
        folder = Path(made)
        # An unprivileged server must reach its data below (it runs as another account where root started this).
        folder.chmod(0o711)
        found = _measure(folder / "data", sizes, names, args.seconds, quick=args.quick)
    if "roster" in names:
        print("roster …", flush=True)
        found["roster"] = roster.roster(
            quick=args.quick, folder=args.nrp, seconds=args.nrp_seconds, only=args.nrp_only
        )
    output = Path(args.json)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    print(report.table(found))
    print(f"JSON: {output}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument(
        "what", nargs="*", metavar="MEASURE", help=f"of {', '.join(NAMES)}; all if none is named"
    )
    parser.add_argument("--sizes", help=f"numbers of cases, otherwise {SIZES}")
    parser.add_argument("--seconds", type=float, help="of load for each measure, otherwise 60")
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes, two seconds each: shows that it runs"
    )
    parser.add_argument(
        "--json", default=_default_output(), help="where the numbers go, otherwise %(default)s"
    )
    parser.add_argument("--data", help="a folder with room for the database (some 12 GB for a million cases)")
    parser.add_argument("--nrp", help="with roster: a folder with public instances (Instance1.txt …)")
    parser.add_argument(
        "--nrp-seconds", type=float, default=600.0, help="for each of them, otherwise %(default)s"
    )
    parser.add_argument("--nrp-only", default="", help="of them these alone, for example 1,3")
    args = parser.parse_args()
    for name in args.what:
        if name not in NAMES:
            parser.error(f"{name} is none of {', '.join(NAMES)}")
    args.sizes = args.sizes or (QUICK["sizes"] if args.quick else SIZES)
    args.seconds = args.seconds or (QUICK["seconds"] if args.quick else 60.0)
    return args


def _default_output() -> str:
    return str(Path(os.environ.get("ANSWERABLE_RUN_DIR", ".run")) / "bench.json")


def _measure(
    folder: Path, sizes: list[int], names: list[str], seconds: float, *, quick: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": _machine(), "seconds": seconds, "sizes": {}}
    if names == ["roster"]:
        return found  # needs no database
    with town.database(folder):
        place = town.settle(folder, 20 if quick else town.API_KEYS)
        if "record" in names:
            print("record …", flush=True)
            found["record"] = public_log.record(folder, place, public_log.Sizes(seconds, quick=quick))
        if "alerts" in names:
            print("alerts …", flush=True)
            found["alerts"] = alerts.alerts(folder, place, alerts.Sizes(seconds, quick=quick))
        if "incident" in names:
            print("incident …", flush=True)
            found["incident"] = incidents.incident(folder, place, incidents.Sizes(seconds, quick=quick))
        if ALONE.issuperset(names):
            return found
        model = make_model(place)
        filler = Filler(os.environ["ANSWERABLE_DATABASE_URL"], place, model)
        bench = measures.Bench(folder, place, model, seconds)
        # pgbench stands beside the middle size: once, in the same run.
        intake_at = sizes[len(sizes) // 2]
        for size in sizes:
            took = filler.grow(size)
            print(f"{size} cases after {took:.0f} s of filling", flush=True)
            row: dict[str, Any] = {"fill_seconds": round(took, 1)}
            found["sizes"][str(size)] = row
            with town.running(folder, place):
                for name in ("lists", "lifecycle", "intake"):
                    if name in names and (name != "intake" or size == intake_at):
                        print(f"  {name} …", flush=True)
                        row[name] = getattr(measures, name)(bench)
            kept = {"figures": kept_figures.figures, "open-data": open_data.open_data}
            if not kept.keys().isdisjoint(names):
                with town.running(folder, place, worker=False):
                    for name in (one for one in kept if one in names):
                        print(f"  {name} …", flush=True)
                        row[name] = kept[name](bench)
            # The sweep's cost at a size and at ten times as many.
            if "late" in names and size in sizes[:2]:
                print("  late …", flush=True)
                row["late"] = measures.late(bench)
    return found


def _machine() -> dict[str, Any]:
    import psutil

    return {
        "commit": town.commit(),
        "on": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "system": platform.platform(),
        "processors": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    raise SystemExit(main())
