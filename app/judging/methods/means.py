"""The plain mean of each criterion: for minimums, tie-breaks and bands under every method, and to be read."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from app.judging.methods.scoring import Rubric, half_up
from app.judging.methods.sheets import Sheet
from app.judging.methods.standing import Standing


def means_of(
    rubrics: Mapping[str, Rubric], counted: Sequence[Sheet], ranked: Collection[str]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Of the criteria that count, and of those that only inform."""
    heard = [sheet for sheet in counted if sheet.idea in ranked]
    return _scored(rubrics, heard), _informing(rubrics, heard)


def _scored(rubrics: Mapping[str, Rubric], counted: Sequence[Sheet]) -> dict[str, dict[str, int]]:
    """The plain mean of each criterion, in hundredths; for minimums and tie-breaks under every method."""
    sums: dict[str, dict[str, int]] = {}
    sheets = Counter(sheet.idea for sheet in counted)
    for sheet in counted:
        scored = rubrics[sheet.idea].scored
        own = sums.setdefault(sheet.idea, dict.fromkeys((criterion.id for criterion in scored), 0))
        for name in own:
            own[name] += sheet.marks[name]
    return {
        idea: {name: (2 * whole + sheets[idea]) // (2 * sheets[idea]) for name, whole in own.items()}
        for idea, own in sums.items()
    }


def _informing(rubrics: Mapping[str, Rubric], counted: Sequence[Sheet]) -> dict[str, dict[str, int]]:
    """The means of what only informs, in hundredths, of the sheets that say something about it."""
    given: dict[tuple[str, str], list[int]] = {}
    for sheet in counted:
        for criterion in rubrics[sheet.idea].criteria:
            if criterion.inform_only and criterion.id in sheet.marks:
                given.setdefault((sheet.idea, criterion.id), []).append(sheet.marks[criterion.id])
    means: dict[str, dict[str, int]] = {}
    for (idea, name), marks in given.items():
        means.setdefault(idea, {})[name] = half_up(Fraction(sum(marks), len(marks)))
    return means


def below_minimum(rubrics: Mapping[str, Rubric], rows: Sequence[Standing]) -> dict[str, tuple[str, ...]]:
    short: dict[str, tuple[str, ...]] = {}
    for row in rows:
        scored = rubrics[row.idea].scored
        names = tuple(c.id for c in scored if c.minimum is not None and row.criteria[c.id] < c.minimum)
        if names:
            short[row.idea] = names
    return short
