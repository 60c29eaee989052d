"""How often one source may do what; generous, since a whole village may sit behind one address.

No limit is set on all sources together, except on guessing return codes: nobody may use up the way in for everybody.
"""

from __future__ import annotations

from answerable.cases.throttle import throttle

#: purpose: (times for one source, seconds, times for all sources or 0)
LIMITS = {
    "portal form": (300, 3600, 0),
    "portal send": (120, 3600, 0),
    "portal file": (300, 3600, 0),
    "portal return code": (30, 600, 1000),
}

over = throttle(LIMITS, "portal/wait.html")
