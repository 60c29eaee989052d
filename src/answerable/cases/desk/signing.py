"""What the reader may do with a case, and whether a review of it is theirs, or anybody's here, to sign."""

from __future__ import annotations

from functools import cached_property

from answerable.cases.desk.clocks import Clocks
from answerable.cases.reviewing import has_no_reviewer, signers_of
from answerable.cases.rules import CannotDecide, Doing
from answerable.core.sentences import sentence


class Signing(Clocks):
    """The part of a case's page that asks who may sign; nobody reviews what they signed (docs/adr/0091)."""

    def can(self, doing: Doing) -> bool:
        return self.desk.reader.can(doing, self.case)

    @cached_property
    def has_no_reviewer(self) -> bool:
        """Whether the review lies here where nobody may decide it."""
        return has_no_reviewer(self.case, self.desk.now)

    @cached_property
    def is_own_review(self) -> bool:
        """Whether the reader has signed what is reviewed here, and so leaves this decision to somebody else."""
        return self.case.stage != "handle" and self.desk.reader.staff.pk in signers_of(self.case)

    @property
    def may_sign(self) -> bool:
        return self.can(Doing.SIGN) and not self.is_own_review

    @property
    def own_review_words(self) -> str:
        return sentence(CannotDecide("own_decision")) if self.is_own_review else ""
