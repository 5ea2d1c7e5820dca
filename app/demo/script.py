"""The demo's past as a script: each step at its own moment, played in order through the real commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.core import clock


class Script:
    """Steps with their moments; `play` sets the one clock to each and does it."""

    def __init__(self) -> None:
        self._steps: list[tuple[datetime, int, Callable[[], object]]] = []

    def at(self, moment: datetime, do: Callable[[], object]) -> None:
        self._steps.append((moment, len(self._steps), do))

    def play(self) -> None:
        for moment, _number, do in sorted(self._steps, key=lambda step: step[:2]):
            with clock.set_to(moment), clock.receiving(moment):
                do()
