"""The demo campaigns: loaded into an empty database, with dates relative to the day of loading."""
