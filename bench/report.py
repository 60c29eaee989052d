"""The numbers as a table that a person can read, beside the aims of the work."""

from __future__ import annotations

from typing import Any

Sizes = dict[str, dict[str, Any]]


def table(found: dict[str, Any]) -> str:
    """Everything that was measured, with the ratios that the aims are about."""
    sizes: Sizes = found["sizes"]
    lines = ["", " ".join(f"{key}={value}" for key, value in found["machine"].items()), ""]
    parts = (
        *(("lifecycle", _lifecycle), ("lists", _lists), ("intake", _intake), ("late", _late)),
        ("figures", _figures),
        ("open-data", _open_data),
    )
    for name, part in parts:
        have = {size: row[name] for size, row in sizes.items() if name in row}
        if have:
            lines += [f"== {name}", *part(have), ""]
    if "record" in found:
        lines += ["== record", *_record(found["record"]), ""]
    if "alerts" in found:
        lines += ["== alerts", *_alerts(found["alerts"]), ""]
    if "incident" in found:
        lines += ["== incident", *_incident(found["incident"]), ""]
    if "roster" in found:
        lines += ["== roster", *_roster(found["roster"]), ""]
    return "\n".join(lines)


def _roster(row: dict[str, Any]) -> list[str]:
    lines = []
    for name, one in row["town"].items():
        took = ", ".join(
            f"{run['seconds']} s ({run['cpu_seconds']} s of processor, seed {run['seed']})"
            for run in one["runs"]
        )
        met = all(run["met"] for run in one["runs"])
        lines.append(
            f"{name:>10}: proven optimal in {took}; aim {one['aim_seconds']:.0f} s: {'met' if met else 'MISSED'}"
        )
    for number, one in row.get("nrp", {}).items():
        best = f" (best known {one['best_known']}, bound {one['bound']})" if one["value"] is not None else ""
        lines.append(f"{number:>10}: {one['value']}{best} after {one['seconds']} s")
    return lines


def _loaded(size: str, row: dict[str, Any]) -> list[str]:
    backlog = row["backlog"]
    head = (
        f"{size:>8} cases: {row['per_second']:8.1f}/s   CPU {row['cpu_ms_per_unit']:7.2f} ms a unit "
        f"({', '.join(f'{k} {v}' for k, v in row['cpu_ms_by_process'].items())})   "
        f"p95 client {row['client_p95_ms']} ms, server {row['server_p95_ms']} ms   "
        f"backlog {backlog['before']} → {backlog['after']}{_course(backlog)}   faults {row['faults']}"
    )
    return [head, *(f"          fault: {fault}" for fault in row["first_faults"])]


def _course(backlog: dict[str, int]) -> str:
    if "most" not in backlog:
        return ""
    return f" (mean {backlog['first_third']} → {backlog['last_third']}, most {backlog['most']})"


def _requests(have: Sizes) -> list[str]:
    """Server p95 of each kind of request at each size."""
    names = sorted({name for row in have.values() for name in row["requests"]})
    lines = [f"          {'server p95, ms':30}" + "".join(f"{size:>10}" for size in have)]
    for name in names:
        cells = [row["requests"].get(name, {}).get("server_p95_ms") for row in have.values()]
        lines.append(
            f"          {name:30}" + "".join(f"{'-' if cell is None else cell:>10}" for cell in cells)
        )
    return lines


def _ends(have: Sizes) -> tuple[dict[str, Any], dict[str, Any]]:
    rows = list(have.values())
    return rows[0], rows[-1]


def _figures(have: Sizes) -> list[str]:
    lines = []
    for size, row in have.items():
        counted, act, export, again = (row[key] for key in ("counted", "per_act", "export", "recount"))
        lines += [
            f"{size:>8} cases: p95 of all pages {row['pages']['server_p95_ms']} ms at the server, "
            f"{row['pages']['client_p95_ms']} ms at the client   faults {row['pages']['faults']}",
            *(f"          fault: {fault}" for fault in row["pages"]["first_faults"]),
            f"          counted {counted['cases']} cases at {counted['per_second']}/s into {counted['sums']} sums; "
            + (
                f"recount: {again['wrong']} cases and {again['sums_wrong']} sums differ, {again['seconds']} s"
                if again
                else "not counted a second time"
            ),
            f"          an act {act['act_cpu_ms']} ms, its reactions {act['reactions_cpu_ms']} ms, "
            f"its count {act['count_cpu_ms']} ms of processor (count to act: {act['ratio']})",
            f"          export: {export['rows']} rows, {export['megabytes']} MB in {export['seconds']} s; memory "
            f"{export['memory_before_mb']} → {export['memory_peak_mb']} MB (+{export['memory_grown_mb']})",
        ]
    pages = {size: row["pages"] for size, row in have.items()}
    small, large = _ends(have)
    first, last = small["pages"]["server_p95_ms"], large["pages"]["server_p95_ms"]
    ratio = last / first if first else 0.0
    aim = "aim: at most 300 ms, and 1.5 times the smallest"
    return [*lines, *_requests(pages), f"          largest to smallest, p95: {ratio:.2f}   ({aim})"]


def _open_data(have: Sizes) -> list[str]:
    lines = []
    for size, row in have.items():
        made, few, many = row["made"], row["few"], row["many"]
        lines += [
            f"{size:>8} cases: {made['editions']} editions, each in {made['seconds_each']} s and at most "
            f"{made['python_peak_mb']} MB of Python's; the process {made['memory_before_mb']} → "
            f"{made['memory_peak_mb']} MB (+{made['memory_grown_mb']}); the largest file {made['largest_file_kb']} kB",
            *(
                f"          all of {one['files']} as one CSV: {one['megabytes']} MB in {one['seconds']} s; memory "
                f"{one['memory_before_mb']} → {one['memory_peak_mb']} MB (+{one['memory_grown_mb']})"
                for one in (few, many)
            ),
        ]
    small, large = _ends(have)
    before, after = small["made"]["python_peak_mb"], large["made"]["python_peak_mb"]
    return [
        *lines,
        f"          an edition at the largest against the smallest: {before} and {after} MB (aim: the same)",
    ]


def _lifecycle(have: Sizes) -> list[str]:
    lines = [line for size, row in have.items() for line in _loaded(size, row)]
    small, large = _ends(have)
    change = 100 * (large["per_second"] / small["per_second"] - 1) if small["per_second"] else 0.0
    aim = "aim: at least 100/s at the largest, at most 10 % below the smallest"
    return [*lines, *_requests(have), f"          largest against smallest: {change:+.1f} %   ({aim})"]


def _lists(have: Sizes) -> list[str]:
    lines = [line for size, row in have.items() for line in _loaded(size, row)]
    small, large = _ends(have)
    ratio = large["server_p95_ms"] / small["server_p95_ms"] if small["server_p95_ms"] else 0.0
    aim = "aim: at most 1.5, and 15 ms"
    return [
        *lines,
        *_requests(have),
        f"          p95 of the largest over the smallest: {ratio:.2f}   ({aim})",
    ]


def _intake(have: Sizes) -> list[str]:
    lines = []
    for size, row in have.items():
        lines += _loaded(size, row["ours"])
        lines.append(
            f"          pgbench, the same rows: {row['pgbench']}   ratio {row['ratio']}   (aim: at least 0.5)"
        )
    return lines


def _late(have: Sizes) -> list[str]:
    lines = [f"{size:>8} cases: {row}" for size, row in have.items()]
    small, large = _ends(have)
    wall = large["wall_ms_per_late"] / small["wall_ms_per_late"]
    cpu = large["cpu_ms_per_late"] / small["cpu_ms_per_late"]
    return [*lines, f"          ten times the open ones: wall {wall:.2f}, CPU {cpu:.2f}   (aim: at most 1.2)"]


def _record(row: dict[str, Any]) -> list[str]:
    lines = []
    for name, how in (("append", "fsync on"), ("append_2ms", "fsync on, each commit 2 ms later")):
        for writers, one in row[name].items():
            lines.append(
                f"          append, {writers} processes, {how}: {one['acts_per_second']}/s   CPU {one['cpu_ms_per_act']} ms "
                f"an act {one['cpu_ms_by_process']}   waiting {one['waiting_at_the_end']}, drained in {one['drained_in_s']} s"
            )
    lines.append("          (aim: at least 1,000/s with 4 processes)")
    lines += [
        f"          act to published checkpoint, 200 ms cadence: {row['to_checkpoint']}   (aim: p99 at most 300 ms)",
        f"          the same, each commit 2 ms later: {row['to_checkpoint_2ms']}",
        f"          sequencer alone: {row['sequencer']}   (aim: at least 10,000/s)",
        f"          the same, each commit 2 ms later: {row['sequencer_2ms']}",
        f"          proofs: {row['proofs']}   (aim: p99 at most 5 ms)",
        f"          bytes: {row['bytes']}",
    ]
    lines += [f"          intake, {name}: {one}" for name, one in row["intake"].items()]
    return [*lines, "          (aim: the record costs intake at most 15 %)"]


def _alerts(row: dict[str, Any]) -> list[str]:
    lines = [
        f"          the same POSTs without a database: {row['bare']}",
        f"          pgbench, the same rows, one by one: {row['pgbench']}",
    ]
    for name in ("few_open", "many_open"):
        one = row[name]
        head = f"          {one.get('open', 0)} alarms open: "
        lines.append(f"{head}alarm to the gateway: {one['to_gateway']}   (aim: p99 at most 1000 ms)")
        lines.append(f"{head}due at once: {one['messages']}   (aim: 10,000 within 10 s)")
    return lines


def _incident(row: dict[str, Any]) -> list[str]:
    return [
        f"          timeline: {row['timeline']}   (aim: ratio at most 1.5)",
        f"          board: {row['board']}   (aim: p99 of the last watcher at most 1000 ms)",
        f"          activation: {row['activation']}   (aim: p99 at most 2000 ms)",
    ]
