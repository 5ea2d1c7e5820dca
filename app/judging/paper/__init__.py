"""Paper score sheets: printed, typed by one person, again by another who does not see it, confirmed by the judge."""
