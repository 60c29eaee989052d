"""Settings for the type checker, which loads them without an installation: stand-ins for what must be set."""

import os

for _name, _value in {
    "DATABASE_URL": "postgresql://nobody@/none",
    "SECRET_KEY": "only-for-the-type-checker-" + "0" * 32,
    "BASE_URL": "http://localhost",
    "DATA_DIR": "/nonexistent",
    "KEY_FILE": "/nonexistent/key-file",
}.items():
    os.environ.setdefault(f"ANSWERABLE_{_name}", _value)

from answerable.config.settings import *  # noqa: E402, F403
