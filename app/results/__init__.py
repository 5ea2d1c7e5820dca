"""Frozen rankings, awards and publications; hands on published winners."""
