"""Scores of a contest by each method. The last two are here to show why they are left out, and used nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from scipy.stats import kendalltau

from app.campaigns.rules import Method
from app.judging.methods.preview import preview
from app.judging.methods.scoring import DEVIATION, kept
from app.judging.methods.simulation.contest import Contest, Floats

Estimator = Callable[[Contest], Floats]


def mean(contest: Contest) -> Floats:
    return _in_order(contest, adjusted=False)


def adjusted(contest: Contest) -> Floats:
    """Leniency taken out: the quick twin of the exact ranking, which a test holds equal to it."""
    return _in_order(contest, adjusted=True)


def trimmed(contest: Contest) -> Floats:
    return _robust(contest, Method.TRIMMED)


def valid(contest: Contest) -> Floats:
    return _robust(contest, Method.VALID)


def z_score(contest: Contest) -> Floats:
    """Each judge's sheets brought to the same mean and spread: a judge of few or of even ideas is stretched."""
    points = contest.points.astype(np.float64)
    whole_mean, whole_spread = points.mean(), points.std()
    for judge in range(contest.judges):
        own = contest.judge == judge
        spread = points[own].std() if own.any() else 0.0
        points[own] = whole_mean + whole_spread * (points[own] - points[own].mean()) / (spread or 1.0)
    return _means(contest, points)


def least_squares(contest: Contest) -> Floats:
    """Leniency estimated as if every judge's were fixed: nothing is shrunk, so noise is taken out as leniency."""
    present = np.zeros((contest.ideas, contest.judges))
    present[contest.idea, contest.judge] = 1
    sheets = np.maximum(present.sum(axis=1), 1)
    matrix = np.diag(present.sum(axis=0)) - present.T @ (present / sheets[:, None])
    points = contest.points.astype(np.float64)
    rest = points - _means(contest, points)[contest.idea]
    excess = np.bincount(contest.judge, rest, minlength=contest.judges)
    leniency = np.linalg.pinv(matrix) @ excess
    return _means(contest, points - leniency[contest.judge])


def agreement(contest: Contest, scores: Floats) -> float:
    """Kendall's tau between the scores and the true worth: 1 the same order, 0 none."""
    return float(kendalltau(contest.worth, scores).statistic)


def finds_the_best(contest: Contest, scores: Floats) -> float:
    """1 when the truly best idea wins; a shared first place is won by lot."""
    first = np.flatnonzero(scores == scores.max())
    return float(np.isin(contest.worth.argmax(), first) / len(first))


def _in_order(contest: Contest, *, adjusted: bool) -> Floats:
    scores = preview(contest.totals, adjusted=adjusted)
    return np.array([scores[name] for name in sorted(scores)])


def _robust(contest: Contest, method: Method) -> Floats:
    by_idea = [contest.points[contest.idea == idea].tolist() for idea in range(contest.ideas)]
    heard = [kept(method, points, Fraction(DEVIATION)) for points in by_idea]
    return np.array([sum(points) / len(points) for points in heard])


def _means(contest: Contest, points: Floats) -> Floats:
    sheets = np.bincount(contest.idea, minlength=contest.ideas)
    means: Floats = np.bincount(contest.idea, points, minlength=contest.ideas) / np.maximum(sheets, 1)
    return means
