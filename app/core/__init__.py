"""What every package uses and no package owns: not a word of the domain."""
