"""A link of one’s own to the evening, on a card or in a mail."""
