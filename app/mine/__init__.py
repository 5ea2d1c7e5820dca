"""What an author sees of their own ideas, with all that later features say about them."""
