"""What a column register says: whose data a column is, and what for. Pure.

Each room has a `columns.py` with COLUMNS, from model to column (as named in the database) to its entry. A column
that no register names fails tests/rights/test_column_register.py.
"""

from __future__ import annotations

#: Somebody who brings a matter, or speaks for one who does.
PERSON = "person"
#: Somebody whose conduct a matter is about; kept only to keep them away from it.
ACCUSED = "accused"
#: A member of staff.
STAFF = "staff"
#: The public body itself: its units, posts, duties, words.
OFFICE = "office"
#: Nobody: machinery.
NOBODY = "nobody"

WHOSE = frozenset({PERSON, ACCUSED, STAFF, OFFICE, NOBODY})

Register = dict[str, dict[str, tuple[str, str]]]
