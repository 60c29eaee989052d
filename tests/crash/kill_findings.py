"""What came of a run of the kill matrix, and what must not: plain SQL, apart from our code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.crash.kill_cells import STEPS, VICTIMS


@dataclass
class Kill:
    step: str
    victim: str
    at: float


@dataclass
class Found:
    """What came of a run."""

    kills: list[Kill]
    alarms: int = 0
    answers: int = 0
    messages: int = 0
    tries: int = 0
    came: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    doubled_unmarked: list[str] = field(default_factory=list)
    marked: int = 0
    #: Of the cell that struck next after the try began.
    marked_at: Counter[tuple[str, str]] = field(default_factory=Counter)

    def table(self) -> str:
        """Steps by victims: kills, and after the sign ± how many tries of unknown outcome they left."""
        count = Counter((kill.step, kill.victim) for kill in self.kills)
        lines = ["| step | " + " | ".join(VICTIMS) + " |", "|---" * (len(VICTIMS) + 1) + "|"]
        for step in STEPS:
            cells = [f"{count[step, victim]} (±{self.marked_at[step, victim]})" for victim in VICTIMS]
            lines.append(f"| {step} | " + " | ".join(cells) + " |")
        return "\n".join(lines)

    def sums(self) -> dict[str, Any]:
        return {
            "kills": len(self.kills),
            "alarms": self.alarms,
            "answers acknowledged": self.answers,
            "messages": self.messages,
            "tries": self.tries,
            "came to the gateway": self.came,
            "lost": len(self.lost),
            "marked as possible duplicates": self.marked,
            "came twice": self.doubled,
            "came twice, unmarked": len(self.doubled_unmarked),
        }


#: What still moves, or is about to.
MOVES = """
SELECT (SELECT count(*) FROM alerts_delivery WHERE state IN ('queued', 'sending'))
    + (SELECT count(*) FROM alerts_alert WHERE next_at IS NOT NULL)
"""
LOST = {
    "an alarm that asked nobody": """
        SELECT a.id FROM alerts_alert a WHERE NOT EXISTS (SELECT FROM alerts_asked k WHERE k.alert_id = a.id)""",
    "somebody asked, and no message made": """
        SELECT k.id FROM alerts_asked k WHERE NOT EXISTS (SELECT FROM alerts_delivery d WHERE d.asked_id = k.id)""",
    "a message never tried": """
        SELECT d.id FROM alerts_delivery d WHERE d.state <> 'dropped' AND NOT EXISTS (
            SELECT FROM alerts_attempt t WHERE t.delivery_id IN (d.id, d.carried_by_id))""",
    "a message dropped though nobody answered": """
        SELECT d.id FROM alerts_delivery d JOIN alerts_asked k ON k.id = d.asked_id JOIN alerts_alert a
        ON a.id = k.alert_id WHERE d.state = 'dropped' AND a.state <> 'acknowledged'""",
    "a message that came to no end": """
        SELECT id FROM alerts_delivery WHERE state IN ('queued', 'sending')""",
    "nobody answered, and the next one was not asked": """
        SELECT a.id FROM alerts_alert a WHERE a.state <> 'acknowledged' AND (
            SELECT count(DISTINCT k.step) FROM alerts_asked k WHERE k.alert_id = a.id) < 2""",
    "raised without its act": """
        SELECT a.id FROM alerts_alert a WHERE NOT EXISTS (
            SELECT FROM record_act r WHERE r.matter_id = a.id AND r.kind = 'alert.raised')""",
}
