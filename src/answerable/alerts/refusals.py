"""What cannot be done with an alarm. Pure; `alarm_words.py` says each as a sentence."""

from __future__ import annotations

from answerable.core.refusals import Refusal


class CannotAnswer(Refusal):
    """Codes: `over` (resolved, or its time has passed), `had` (by somebody else), `not_asked`, `said_nothing`,
    `called_already`, `ends_with_matter`.

    Facts: `at`, an instant, and `staff`, the id of who had it or ended it (None: the system).
    """


class CannotKeepRule(Refusal):
    """A rule that cannot work. Facts: `faults`, each a `rule_checks.RuleFault`."""


class CannotCall(Refusal):
    """A roll call that cannot be made. Codes: `nobody_on_duty`, `minutes`, `days`, `called_already`."""
