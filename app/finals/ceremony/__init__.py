"""The ceremony: the script that is read aloud, and the awards on the projector."""
