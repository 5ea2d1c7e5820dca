"""What a ranking is made of: the ideas of a round, and what judges gave them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.judging.methods.scoring import Rubric


class IdeaStatus(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class SheetStatus(StrEnum):
    SUBMITTED = "submitted"  # the only one that counts
    DRAFT = "draft"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An idea in the round; `rubric` where its topic has a variant of the round's own."""

    id: str
    status: IdeaStatus = IdeaStatus.ACTIVE
    rubric: Rubric | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one judge gave one idea: a mark in hundredths for each criterion."""

    idea: str
    judge: str
    marks: Mapping[str, int]
    status: SheetStatus = SheetStatus.SUBMITTED
