"""Whose data each column of this room is, and what for (rights: the column register).

Sums of the office's work, and what the office says about them: nothing here is anybody's who brought a matter.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, STAFF, Register

COLUMNS: Register = {
    "Publishing": {
        "authority_id": (OFFICE, "of which body"),
        "first_month": (OFFICE, "from which month on"),
        "counted_on": (OFFICE, "on which day of the next month a month is counted"),
        "released_after_days": (OFFICE, "after how many days it goes out by itself"),
        "licence": (OFFICE, "under which licence"),
        "licence_url": (OFFICE, "where the licence is read"),
        "version": (NOBODY, "to notice that somebody else changed it"),
    },
    "Edition": {
        "id": (NOBODY, "to name the row, and the matter of its acts"),
        "authority_id": (OFFICE, "of which body"),
        "period": (OFFICE, "which month or year"),
        "number": (OFFICE, "which edition of it"),
        "state": (OFFICE, "whether it is published"),
        "why": (OFFICE, "why there is another edition"),
        "counted": (OFFICE, "the sums of each row, of which the year is made; served to nobody"),
        "content": (OFFICE, "the tables that everybody may have"),
        "sha256": (NOBODY, "the digest of the tables"),
        "prepared_at": (OFFICE, "when it was counted"),
        "releases_at": (OFFICE, "when it goes out by itself"),
        "held_why": (OFFICE, "why it was held back for some days"),
        "released_at": (OFFICE, "when it went out"),
        "released_by_id": (STAFF, "who let it out; nobody: by itself"),
        "released_post_id": (OFFICE, "under which post"),
    },
    "Layout": {
        "id": (NOBODY, "to name the row"),
        "authority_id": (OFFICE, "of which body"),
        "period": (OFFICE, "which month or year is counted"),
        "why": (OFFICE, "why there is to be another edition"),
        "asked_at": (OFFICE, "since when it waits"),
        "asked_by_id": (STAFF, "who asked for it; nobody: it was due"),
        "asked_post_id": (OFFICE, "under which post"),
        "begun_at": (OFFICE, "when the worker began"),
        "tries": (OFFICE, "how often it was begun"),
        "done": (OFFICE, "how far it is"),
        "steps": (OFFICE, "how far it goes"),
        "refused": (OFFICE, "why it was not made"),
        "ended_at": (OFFICE, "when that was said"),
    },
    "EditionFile": {
        "id": (NOBODY, "to name the row"),
        "edition_id": (OFFICE, "of which edition"),
        "name": (OFFICE, "the file's name"),
        "media_type": (NOBODY, "which kind of file"),
        "content": (OFFICE, "the file as it is served"),
        "sha256": (NOBODY, "the digest of the file"),
    },
    "Report": {
        "id": (NOBODY, "to name the row, and the matter of its acts"),
        "authority_id": (OFFICE, "of which body"),
        "year": (OFFICE, "of which year"),
        "number": (OFFICE, "which version of it"),
        "edition_id": (OFFICE, "from which figures"),
        "state": (OFFICE, "whether it is published"),
        "pack": (OFFICE, "under which procedure"),
        "texts": (OFFICE, "what the office writes in it"),
        "drafted_at": (OFFICE, "when it was drafted"),
        "drafted_by_id": (STAFF, "who drafted it"),
        "approved_at": (OFFICE, "when it was approved"),
        "approved_by_id": (STAFF, "who approved it"),
        "approved_post_id": (OFFICE, "under which post"),
        "published_at": (OFFICE, "when it was published"),
        "pdf_zh": (OFFICE, "the paper in Chinese"),
        "pdf_en": (OFFICE, "the paper in English"),
        "version": (NOBODY, "to notice that somebody else changed it"),
    },
}
