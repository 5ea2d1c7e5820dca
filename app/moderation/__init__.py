"""Decisions on submitted versions; hands on an approved idea."""
