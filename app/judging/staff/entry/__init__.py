"""One idea of a round: whether it takes part, and why not."""
