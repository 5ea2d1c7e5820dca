"""Anchor ideas that everybody marks first; they never count."""
