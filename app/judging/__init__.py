"""Panels, assignments, score sheets; hands on locked sheets."""
