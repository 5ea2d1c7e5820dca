"""Bands ("Xếp loại A, B, C"): which one an idea reaches with its printed score and its criterion means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from app.judging.methods.scoring import Points


@dataclass(frozen=True, slots=True)
class Band:
    """A band and what it asks for: so many points at least, and so many on average in some criteria."""

    name: str
    floor: Points
    floors: Mapping[str, Points] = field(default_factory=dict)  # criterion → least mean


def reaches(band: Band, score: Decimal, means: Mapping[str, Decimal]) -> bool:
    """Are all floors met by the figures as printed? A criterion without a mean meets none."""
    if Fraction(score) < Fraction(band.floor):
        return False
    return all(
        name in means and Fraction(means[name]) >= Fraction(least) for name, least in band.floors.items()
    )


def band_of(bands: Sequence[Band], score: Decimal, means: Mapping[str, Decimal]) -> str:
    """The first band whose floors are all met, in the order of the rules; "" if there is none (judging.md 6)."""
    return next((band.name for band in bands if reaches(band, score, means)), "")
