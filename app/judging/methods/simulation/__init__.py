"""Thousands of contests whose truth is known: what each method gives, and what it costs."""
