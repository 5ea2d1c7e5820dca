"""Stored files, handed to whoever may read the thing they belong to."""
