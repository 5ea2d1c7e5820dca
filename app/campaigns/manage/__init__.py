"""The administrators' side of campaigns: planning, mending, moving the deadline."""
