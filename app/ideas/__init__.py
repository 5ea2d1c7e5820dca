"""An idea and its whole flow, its team, answers, versions and files; hands on a submitted version."""
