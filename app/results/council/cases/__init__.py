"""One case of the council: sheets side by side, notes, a decision or a vote; and an own sheet amended."""
