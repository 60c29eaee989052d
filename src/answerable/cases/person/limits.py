"""How often one source may try codes, and the bound on all tries together.

A secret has 61 random bits; these limits are there so that nobody even begins. A family behind one address, or a
counter's own computer, stays far below them.
"""

from __future__ import annotations

from answerable.cases.throttle import throttle

#: purpose: (times for one source, seconds, times for all sources or 0)
LIMITS = {
    "person follow": (30, 600, 3000),
    "person lost": (6, 3600, 300),
    "person send": (120, 3600, 0),
    "person file": (60, 3600, 0),
    "person download": (12, 3600, 0),
}

over = throttle(LIMITS, "person/wait.html")
