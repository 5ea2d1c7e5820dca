"""Rounds and rubrics as organisers write them: forms, rules, commands; judging opens and freezes them."""
