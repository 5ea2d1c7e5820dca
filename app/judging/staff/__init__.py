"""The organisers' side of judging: rounds, panels, conflicts, assignment, locking."""
