"""Campaigns as planned: topics, entry form, rubrics, rounds, prizes, rules text; hands on an open campaign."""
