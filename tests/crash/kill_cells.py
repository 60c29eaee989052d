"""The instants of an escalation at which something is killed, and what is: whose statement tells that it is reached."""

from __future__ import annotations

from collections.abc import Callable

VICTIMS = ("web", "worker", "gateway", "database")


def _says(*parts: str) -> Callable[[], Callable[[str], bool]]:
    return lambda: lambda sql: all(part in sql for part in parts)


def _commit_after(*parts: str) -> Callable[[], Callable[[str], bool]]:
    """The COMMIT that follows a statement. Statements of others in between can only make it spring too early."""

    def made() -> Callable[[str], bool]:
        seen = [False]

        def matches(sql: str) -> bool:
            if all(part in sql for part in parts):
                seen[0] = True
            return seen[0] and sql.startswith("COMMIT")

        return matches

    return made


#: Where a step is caught: whose statement, what it looks like, before it reaches the database or once it is answered.
STEPS: dict[str, tuple[str, Callable[[], Callable[[str], bool]], bool]] = {
    "raise": ("web", _says('INSERT INTO "alerts_alert"'), False),
    "raised, answer under way": ("web", _commit_after('INSERT INTO "alerts_alert"'), True),
    "first step": ("web", _says('INSERT INTO "alerts_delivery"'), False),
    "claim": ("worker", _says('FROM "alerts_contact"', "FOR NO KEY UPDATE"), False),
    "mark": ("worker", _says("WITH held AS"), False),
    "marked": ("worker", _commit_after("WITH held AS"), True),
    "hand over": ("gateway", _says(), False),
    "settle": ("worker", _says("UPDATE alerts_attempt a"), False),
    "settled": ("worker", _commit_after("UPDATE alerts_attempt a"), True),
    "answer": ("web", _says('UPDATE "alerts_asked"'), False),
    "answered": ("web", _commit_after('UPDATE "alerts_asked"'), True),
    "next step": ("worker", _says('INSERT INTO "alerts_asked"'), False),
    "next step taken": ("worker", _commit_after('INSERT INTO "alerts_asked"'), True),
}
CELLS = [(step, victim) for step in STEPS for victim in VICTIMS]
