"""What judges wrote to the authors: chair and secretary read it and let a team read it, edited where it must be."""
