"""How far a rank can be trusted: the interval it lies in about nine times in ten, and one figure for the round.

Everything is in closed form, so nothing depends on a seed; floats never touch a score or a rank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.judging.methods.severity import Estimate
from app.judging.methods.totals import Totals

Floats = NDArray[np.float64]

Z = 1.28  # measured: the interval holds the true rank about 92 times in 100
ROUNDING = 1e-12  # of a variance: less is no variance but the rounding of floats
BLOCK = 256  # ideas compared with all others at a time: bounds the memory


@dataclass(frozen=True, eq=False)
class Precision:
    """The errors of the scores of some ideas, in the order given."""

    shares: Floats  # idea × judge: the part of the idea's score each judge gave
    noise: Floats  # of each idea: error variance of its mean
    leniency: Floats  # judge × judge: what remains unknown of the judges' leniency
    error_variance: float
    judge_variance: float

    @classmethod
    def of(cls, totals: Totals, found: Estimate, ideas: Sequence[str], *, adjusted: bool) -> Self | None:
        """None when the sheets are too few to say anything."""
        if found.error_variance is None or found.judge_variance is None:
            return None
        place = {idea: number for number, idea in enumerate(totals.ideas)}
        shares = _shares(totals)
        error, judge = float(found.error_variance), float(found.judge_variance)
        if not adjusted:
            leniency = judge * np.eye(len(totals.judges))
        elif found.lam is None:
            leniency = np.zeros((len(totals.judges),) * 2)
        else:
            present = (shares > 0).astype(np.float64)
            system = (
                np.diag(present.sum(axis=0))
                - present.T @ shares
                + float(found.lam) * np.eye(len(totals.judges))
            )
            # + 1: what all judges share cancels in any comparison, and λ = 0 can be solved
            leniency = error * np.asarray(np.linalg.inv(system + 1), dtype=np.float64)
        rows = [place[idea] for idea in ideas]
        counts = np.array([len(totals.sheets[row]) for row in rows], dtype=np.float64)
        return cls(shares[rows], error / counts, leniency, error, judge)

    @cached_property
    def _spread(self) -> Floats:
        spread: Floats = self.shares @ self.leniency
        return spread

    @cached_property
    def _own(self) -> Floats:
        """Error variance of each idea's score."""
        own: Floats = self.noise + np.einsum("ij,ij->i", self._spread, self.shares)
        return own

    def differences(self, row: slice) -> Floats:
        """Variance of the difference between each idea of `row` and every idea; shared judges cancel."""
        cross = self.shares[row] @ self._spread.T
        variance: Floats = np.maximum(0.0, self._own[row, None] + self._own[None, :] - 2 * cross)
        return variance

    def intervals(self, scores: Floats) -> list[tuple[int, int]]:
        """For each idea the ranks it may truly have: [1 + surely better, all − surely worse]."""
        count = len(scores)
        found: list[tuple[int, int]] = []
        for start in range(0, count, BLOCK):
            block = slice(start, start + BLOCK)
            ahead = scores[None, :] - scores[block, None]
            sure = ahead * ahead > Z * Z * self.differences(block)
            better = np.count_nonzero(sure & (ahead > 0), axis=1)
            worse = np.count_nonzero(sure & (ahead < 0), axis=1)
            found += [(1 + int(b), count - int(w)) for b, w in zip(better, worse, strict=True)]
        return found

    def alike(self, scores: Floats, row: int) -> list[int]:
        """The ideas that the sheets cannot tell apart from this one."""
        ahead = scores - scores[row]
        near = ahead * ahead <= Z * Z * self.differences(slice(row, row + 1))[0]
        return [other for other in np.flatnonzero(near).tolist() if other != row]

    def signal(self, scores: Floats) -> tuple[float, float]:
        """Variance of what the ideas are truly worth, and of the error around it, for comparing them."""
        count = len(scores)
        common = self.shares.sum(axis=0)
        shared = self.noise.sum() + common @ self.leniency @ common
        whole = float(self._own.sum())
        error = max(0.0, whole - float(shared) / count) / (count - 1)
        if error <= ROUNDING * whole:  # shared judges cancelled and left the last bits of a float
            error = 0.0
        spread = float(np.var(scores - scores[0], ddof=1))  # exactly 0 where all scores are equal
        return max(0.0, spread - error), error

    def reliability(self, scores: Floats) -> float | None:
        """The part of the spread of published scores that the ideas themselves account for, 0 to 1."""
        if len(scores) < 2:
            return None
        truth, error = self.signal(scores)
        return truth / (truth + error) if truth + error > 0 else None

    def single_sheet(self, scores: Floats) -> float | None:
        """The same for one sheet of one judge (ICC(2,1) when every judge scored every idea)."""
        if len(scores) < 2:
            return None
        truth, _ = self.signal(scores)
        whole = truth + self.judge_variance + self.error_variance
        return truth / whole if whole > 0 else None


def _shares(totals: Totals) -> Floats:
    shares = np.zeros((len(totals.ideas), len(totals.judges)))
    for idea, row in enumerate(totals.sheets):
        shares[idea, [judge for judge, _ in row]] = 1 / len(row)
    return shares
