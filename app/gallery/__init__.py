"""The public face: home, list and search, an idea's page."""
