"""The organisers' page of the assignment: what would change, and the button that stores it."""
