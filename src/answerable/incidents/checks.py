"""What `answerable check` asks of incidents: would the plans in use carry a night?"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.incidents.plans import linting


def check_plans() -> Iterator[Fault]:
    """Each plan in use has its roles filled, reachable and practised, well enough for tonight."""
    yield from linting.check_plans(clock.now())
