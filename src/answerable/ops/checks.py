"""What `answerable check` runs. Each room brings its own: a function in `<room>/checks.py` named `check_…`,
without arguments, that yields Faults.

A check that fails itself is a fault too: nothing may pass because it could not be looked at.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import Error, connection
from django.utils.translation import gettext as _

from answerable.core.checks import Fault

__all__ = ["Fault", "run_all"]

Check = Callable[[], Iterator[Fault]]


def found() -> Iterator[tuple[str, Check]]:
    """Every check of every room, by name."""
    for config in apps.get_app_configs():
        name = f"{config.name}.checks"
        if not config.name.startswith("answerable.") or config.name == "answerable.ops":
            continue
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        for attribute, value in sorted(vars(module).items()):
            if attribute.startswith("check_") and callable(value):
                yield f"{config.label}.{attribute}", value


def run_all() -> list[Fault]:
    """Everything that is wrong; empty when all is well. Without a database only that is said."""
    from answerable.ops import own_checks

    faults = list(own_checks.check_database())
    if faults:
        return faults
    own: list[tuple[str, Check]] = [
        (f"ops.{one.__name__}", one) for one in (own_checks.check_worker, own_checks.check_mail)
    ]
    for name, check in [*own, *found()]:
        try:
            faults += check()
        except Exception as error:
            if isinstance(error, Error):
                connection.close()
            faults.append(
                Fault(
                    "check_failed",
                    _("The check %(name)s could not be carried out (%(error)s).")
                    % {"name": name, "error": type(error).__name__},
                    _("Tell whoever maintains this installation; the log has the details."),
                )
            )
    return faults
