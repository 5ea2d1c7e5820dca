"""What the hall looks at: the projector, and the judges' phones."""
