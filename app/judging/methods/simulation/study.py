"""A table that a simulation prints, and whether what it promises holds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Study:
    """Rows of text under a title. A row that breaks its promise is marked and named in `broken`."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def add(self, *cells: object, holds: bool | None = None) -> None:
        """`holds`: None where nothing was promised."""
        row = tuple(figure(cell) for cell in cells)
        if holds is not None:
            row = (*row, "✓" if holds else "✗")
        if holds is False:
            self.broken.append(f"{self.title}: {row[0]}")
        self.rows.append(row)

    def __str__(self) -> str:
        """As Markdown: to read in a terminal, and to keep in docs."""
        width = max(len(self.head), *(len(row) for row in self.rows))
        head = (*self.head, *[""] * (width - len(self.head)))
        lines = [head, ("---",) * width, *((*row, *[""] * (width - len(row))) for row in self.rows)]
        return "\n".join([f"### {self.title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def figure(value: object) -> str:
    """Shares as .746; everything else as it is."""
    if isinstance(value, float):
        text = f"{value:.3f}"
        return text.replace("0.", ".", 1) if abs(value) < 1 else text
    return str(value)
