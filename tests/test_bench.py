"""`./run bench --quick` runs from end to end. What it measures is never asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import NAMES
from bench.meter import percentile

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.timeout(300)
def test_the_benchmarks_run_and_report_every_measure(tmp_path):
    output = tmp_path / "bench.json"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSWERABLE_")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench",
            *(name for name in NAMES if name != "incident"),  # that one starts two more processes
            "--quick",
            "--sizes",
            "120",
            "--seconds",
            "0.3",
            "--json",
            str(output),
        ],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": f"{ROOT / 'src'}", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(output.read_text())
    assert set(found["sizes"]) == {"120"}
    for row in found["sizes"].values():
        for name in ("lists", "lifecycle"):
            assert not row[name]["faults"], row[name]["first_faults"]
            assert row[name]["requests"]
    assert found["sizes"]["120"]["intake"]["pgbench"]["per_second"] > 0
    assert all(row["late"]["lifted"] > 0 for row in found["sizes"].values())
    for row in found["sizes"].values():
        assert not row["figures"]["pages"]["faults"], row["figures"]["pages"]["first_faults"]
        assert row["figures"]["counted"]["left"] == row["figures"]["recount"]["wrong"] == 0
        assert row["figures"]["export"]["rows"] > 0
        assert row["open-data"]["many"]["megabytes"] > row["open-data"]["few"]["megabytes"]
    record = found["record"]
    assert set(record["append"]) == {"1", "2", "4"}
    assert record["to_checkpoint"]["acts"] > 0
    assert record["sequencer"]["acts"] == 4000
    assert record["proofs"]["leaves"] >= 20_000
    assert record["intake"]["whole"]["per_second"] > 0
    for name in ("few_open", "many_open"):
        assert (
            found["alerts"][name]["to_gateway"]["arrived"]
            == found["alerts"][name]["to_gateway"]["alarms"]
            == 10
        )
        assert found["alerts"][name]["messages"]["messages"] == 200
    assert report.table(found) in done.stdout


def test_a_percentile_is_a_value_that_was_seen():
    assert percentile([], 0.95) == 0.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile(range(100), 0.95) == 95
