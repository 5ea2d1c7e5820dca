"""Who did what, when: history of every object, the audit page, the seals."""
