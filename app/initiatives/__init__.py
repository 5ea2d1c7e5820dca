"""The ward's tracking queue: initiatives, updates, outcomes; hands on what became of an idea."""
