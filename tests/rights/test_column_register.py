"""Every column of every installed model says whose data it is and what for; nothing else may be stored."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from answerable.config import columns as of_packages
from answerable.core.register import ACCUSED, PERSON, WHOSE

# What no table may hold, whatever it is called for: parts of column names, and why not.
KEPT_OUT = re.compile(
    r"(^|_)(ip|ip_?addr(ess)?|user_agent|device|fingerprint|gps|geo|track\w*|visit\w*|check_?in\w*|face\w*|voice\w*|"
    r"plate|embedding|religio\w*|belief|ethnic\w*|nation\w*|party_member|politic\w*|health|disab\w*|veteran|"
    r"service_record|trade|occupation|employer|landlord|relative|spouse|birth\w*|gender|id_card|national_id|"
    r"risk|score|complain\w*_count|times_complained|black\w*list|watch\w*list)(_|$)"
)


def every_model() -> Iterator[tuple[str, str, type[models.Model]]]:
    for model in apps.get_models(include_auto_created=True):
        yield model._meta.app_label, model.__name__, model


def columns_of(model: type[models.Model]) -> set[str]:
    return {field.column for field in model._meta.concrete_fields if field.column}


def registered_columns() -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    found = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("answerable."):
            continue
        try:
            module = importlib.import_module(f"{config.name}.columns")
        except ModuleNotFoundError:
            continue
        for model, entries in module.COLUMNS.items():
            found[config.label, model] = entries
    for name, entries in of_packages.COLUMNS.items():
        label, model = name.split(".")
        found[label, model] = entries
    return found


def test_every_column_says_whose_it_is_and_what_for():
    register = registered_columns()
    faults = []
    for label, name, model in every_model():
        entries = register.get((label, name), {})
        faults += [
            f"{label}.{name}.{column} is in no columns.py" for column in columns_of(model) - set(entries)
        ]
        faults += [
            f"{label}.{name}.{column} is registered, but there is none"
            for column in set(entries) - columns_of(model)
        ]
    known = {(label, name) for label, name, _model in every_model()}
    faults += [f"{label}.{name} is registered, but there is none" for label, name in set(register) - known]
    assert not faults, "\n".join(sorted(faults))


def test_every_entry_is_said_in_full():
    for (label, name), entries in registered_columns().items():
        for column, (whose, what_for) in entries.items():
            assert whose in WHOSE, (label, name, column)
            assert len(what_for.split()) >= 1, (label, name, column)


def test_no_column_holds_what_nobody_may_keep():
    found = [
        f"{label}.{name}.{column}"
        for label, name, model in every_model()
        for column in columns_of(model)
        if KEPT_OUT.search(column)
    ]
    assert found == []
    kinds = (models.GenericIPAddressField,)
    assert not [m for _l, _n, m in every_model() for f in m._meta.concrete_fields if isinstance(f, kinds)]


def test_a_person_stands_in_no_table_of_staff_or_office():
    """Data of persons is where erasure finds it: by the case's id, or apart from every case under a token."""
    # An incident's own: found by the incident, and destroyed with what was gathered for it (art. 85).
    # A message that waits in a mailbox is no case yet: sealed under its own key, and destroyed in time.
    # A round's photograph is of a place; who is in it by chance is blurred, or the picture destroyed in ninety days.
    # What comes from another system is no case until somebody says so: sealed likewise, and destroyed in time.
    apart = {("cases", "IntakeDraft"), ("incidents", "Photo"), ("mailbox", "Mail"), ("rounds", "RoundPhoto")}
    apart |= {("imports", "Import")}
    for (label, name), entries in registered_columns().items():
        if not any(whose in (PERSON, ACCUSED) for whose, _what in entries.values()):
            continue
        keys = {"case_id", "matter", "owner", "code"} & set(entries)
        assert keys or (label, name) in apart, f"{label}.{name} holds a person's data without a case"


def test_the_register_notices_a_new_column():
    """The test above can fail: a column taken out of the register is named."""
    register = registered_columns()
    taken = dict(register["cases", "Case"])
    del taken["rating"]
    assert columns_of(apps.get_model("cases", "Case")) - set(taken) == {"rating"}
