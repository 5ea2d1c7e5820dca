"""A leaderboard while judging still runs, marked "tạm tính": quick floats that decide nothing."""

import numpy as np
from numpy.typing import NDArray

from app.judging.methods.totals import Totals


def preview(totals: Totals, *, adjusted: bool) -> dict[str, float]:
    """The score of each idea with a sheet, best first; leniency taken out if the method says so."""
    idea = np.array([number for number, row in enumerate(totals.sheets) for _ in row], dtype=np.int64)
    judge = np.array([judge for row in totals.sheets for judge, _ in row], dtype=np.int64)
    points = np.array([total / totals.unit for row in totals.sheets for _, total in row], dtype=np.float64)
    if adjusted and len(points):
        points -= _leniency(idea, judge, points)[judge]
    count = np.bincount(idea, minlength=len(totals.ideas))
    scores = np.bincount(idea, points, minlength=len(totals.ideas)) / np.maximum(count, 1)
    best = sorted(range(len(scores)), key=lambda number: (-scores[number], totals.ideas[number]))
    return {totals.ideas[number]: float(scores[number]) for number in best}


def _leniency(
    idea: NDArray[np.int64], judge: NDArray[np.int64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """As `severity.estimate`, in floats, for judges who are all connected."""
    ideas, judges = int(idea.max()) + 1, int(judge.max()) + 1
    size = np.bincount(idea)
    present = np.zeros((ideas, judges))
    present[idea, judge] = 1
    matrix = np.diag(present.sum(axis=0)) - present.T @ (present / size[:, None])
    rest = points - (np.bincount(idea, points) / size)[idea]
    excess = np.bincount(judge, rest, minlength=judges)
    free = np.linalg.solve(matrix + 1, excess)
    df = len(points) - ideas - judges + 1
    if df < 1:
        return np.zeros(judges)
    error = (rest @ rest - excess @ free) / df
    between = (excess @ free - (judges - 1) * error) / np.trace(matrix)
    if between <= 0:
        return np.zeros(judges)
    answer: NDArray[np.float64] = np.linalg.solve(matrix + error / between * np.eye(judges) + 1, excess)
    return answer
