"""What can be wrong with a file, and where: table, row, column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from answerable.core.sentences import N_
from answerable.orgs.sheets.names import head_shown, table_shown

SENTENCES = {
    "empty_file": N_(
        "There is no table of the organisation in this file. A workbook has one sheet for each table, a CSV file bears "
        "its table's name. They are called: %(known)s"
    ),
    "only_heads": N_(
        "Only heads stand in this file, and no row below them. Write one row for each entry, and choose the file again. "
        "Tables without a row: %(known)s"
    ),
    "not_readable": N_("This file cannot be read as a workbook (XLSX), as CSV or as a ZIP of CSV files."),
    "too_big": N_("This file is too big: %(limit)s MB at most."),
    "too_many_rows": N_("There are more than %(limit)s rows in this table. Import it in several files."),
    "too_far": N_(
        "Something stands in the cell %(cell)s. A table reaches to column %(columns)s and row %(last)s at most; "
        "delete what lies beyond."
    ),
    "too_many_faults": N_("There is more wrong; these are the first %(limit)s."),
    "unknown_table": N_("No table has this name. They are called: %(known)s"),
    "unknown_column": N_("“%(head)s” is not a column of this table. They are called: %(known)s"),
    "twice_column": N_("The column stands there twice."),
    "no_column": N_("This column is missing; without it no row can be told from another."),
    "merged": N_("The cells %(cells)s are merged. Split them: each row needs its own values."),
    "formula": N_("This cell holds a formula. Paste its value instead."),
    "error_cell": N_("This cell holds an error of the spreadsheet (%(value)s)."),
    "must": N_("This may not be empty."),
    "too_long": N_("This has %(found)s characters; %(limit)s fit here."),
    "bad_code": N_("“%(value)s” is no code: letters a–z, digits, - and _ only."),
    "bad_flag": N_("“%(value)s” is neither yes nor no."),
    "bad_day": N_("“%(value)s” is no day. Write it as 2026-03-09."),
    "bad_instant": N_("“%(value)s” is no time. Write it as 2026-03-09 or 2026-03-09 08:30."),
    "far_day": N_("“%(value)s” lies outside the years %(first)s to %(last)s."),
    "bad_number": N_("“%(value)s” is no number from %(low)s to %(high)s."),
    "bad_choice": N_("“%(value)s” is not one of: %(known)s"),
    "bad_phone": N_("“%(value)s” is no telephone number."),
    "in_future": N_("This lies in the future."),
    "bad_email": N_("“%(value)s” is no e-mail address."),
    "bad_web": N_("“%(value)s” is no web address. It begins with https://"),
    "bad_zone": N_("“%(value)s” is no time zone. Write it as Asia/Shanghai."),
    "bad_country": N_(
        "“%(value)s” is no country whose holidays are known. Write it as CN, or leave it empty."
    ),
    "bad_pack": N_("“%(value)s” is no procedure pack. There are: %(known)s"),
    "no_name": N_("It needs a name in at least one language."),
    "twice": N_("Row %(first)s is about the same entry. Keep one of the two."),
    "taken": N_("“%(value)s” is there already."),
    "alike": N_(
        "“%(value)s” and “%(other)s” differ in capitals alone: neither could sign in any more. Choose another name."
    ),
    "unknown": N_("“%(value)s” is neither in this file nor in the organisation."),
    "cycle": N_("“%(value)s” would stand above itself."),
    "too_deep": N_("This would stand more than %(limit)s levels deep."),
    "above_closed": N_("“%(value)s” is closed, and something open would stand below it."),
    "closes_later": N_("%(value)s has not come yet. Closing takes effect at once: enter it on that day."),
    "below_open": N_("“%(value)s” in it is still open. Close that first, or in the same file."),
    "two_heads": N_("This unit would have two heads: row or post “%(other)s” is one already."),
    "no_body": N_("There is no body yet that this could belong to: add the sheet of bodies to the file."),
    "own_conduct": N_(
        "“%(value)s” is this body itself. Accusations that touch everybody in it go to another one: name that."
    ),
    "works_here": N_(
        "Somebody holds a post in “%(value)s”, so it works in this installation. End their appointments first."
    ),
    "head_role": N_("The head of a unit answers for its matters and signs: the role is leader."),
    "leader_role": N_("“%(value)s” does not sign: a post with the role leader answers in the map."),
    "lesser_role": N_(
        "Matters may lie with this post that the new role could not act on. Make another post with that role, and close "
        "this one: what lies with it is handed on then."
    ),
    "two_holders": N_("Two people would hold this post at the same time, from %(since)s."),
    "ends_first": N_("It ends before it begins."),
    "half_point": N_("A point needs both latitude and longitude."),
    "sorts_people": N_(
        "“%(value)s” would sort people by %(what)s, which Answerable does not do. Name the matter."
    ),
    "not_yours": N_("You do not administer %(value)s."),
    "yourself": N_("You would take your own sign-in away."),
}


@dataclass(frozen=True)
class SheetFault:
    """One thing to put right. `row` counts as spreadsheets do, the heads being row 1; 0 for the whole table."""

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self) -> str:
        facts = dict(self.facts)
        if isinstance(facts.get("what"), str):
            facts["what"] = gettext(str(facts["what"]))
        if self.code in ("unknown_table", "unknown_column", "empty_file", "only_heads"):
            names = str(facts["known"]).split(", ")
            if self.code == "unknown_column":
                facts["known"] = ", ".join(head_shown(name, self.sheet) for name in names)
            else:
                facts["known"] = ", ".join(map(table_shown, names))
        return gettext(SENTENCES[self.code]) % facts

    @property
    def sheet_shown(self) -> str:
        return table_shown(self.sheet)

    @property
    def column_shown(self) -> str:
        return head_shown(self.column, self.sheet)

    def place(self) -> str:
        """Where it is, for a list: `units, 12, parent`."""
        return ", ".join(str(part) for part in (self.sheet_shown, self.row or "", self.column_shown) if part)
