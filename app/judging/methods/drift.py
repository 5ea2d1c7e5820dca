"""Whether judges grew milder or harsher over the evening. Floats, only shown: nothing follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.judging.methods.flags import corrected
from app.judging.methods.severity import Estimate
from app.judging.methods.totals import Totals

PARTS = 3
LEAST_SHEETS = 6  # of one judge: two a third


@dataclass(frozen=True, slots=True)
class Third:
    """One third of an evening: how far its sheets lie above the other judges', in points."""

    sheets: int
    residual: float  # mean; leniency and the worth of the ideas are taken out

    @classmethod
    def of(cls, residuals: Sequence[float]) -> "Third":
        return cls(len(residuals), sum(residuals) / len(residuals) if residuals else 0.0)


@dataclass(frozen=True, slots=True)
class Drift:
    """First, middle and last third, of everybody together and of each judge with enough sheets."""

    overall: tuple[Third, ...]
    judges: Mapping[str, tuple[Third, ...]]

    @property
    def change(self) -> float:
        """Points by which the last third lies above the first."""
        return self.overall[-1].residual - self.overall[0].residual


def drift(totals: Totals, found: Estimate, order: Mapping[str, Sequence[str]]) -> Drift:
    """`order`: each judge's ideas as they were scored, first to last. Ideas with a single sheet say nothing."""
    residuals: dict[tuple[str, str], float] = {}
    for idea, sheets in corrected(totals, found).items():
        if len(sheets) > 1:
            mean = sum(sheets.values()) / len(sheets)
            residuals.update({(idea, totals.judges[judge]): value - mean for judge, value in sheets.items()})
    together: list[list[float]] = [[] for _ in range(PARTS)]
    judges: dict[str, tuple[Third, ...]] = {}
    for judge in totals.judges:
        told = [residuals[idea, judge] for idea in order.get(judge, ()) if (idea, judge) in residuals]
        parts = [told[part * len(told) // PARTS : (part + 1) * len(told) // PARTS] for part in range(PARTS)]
        for whole, own in zip(together, parts, strict=True):
            whole.extend(own)
        if len(told) >= LEAST_SHEETS:
            judges[judge] = tuple(Third.of(part) for part in parts)
    return Drift(tuple(Third.of(part) for part in together), judges)
