"""What each event says to whom: one function a template."""
