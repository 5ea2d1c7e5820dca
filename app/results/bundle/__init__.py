"""The file from which anybody can recompute a publication: its contents, and when it is made."""
