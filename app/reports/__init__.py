"""Figures of a period, on screen and as documents ready to send."""
