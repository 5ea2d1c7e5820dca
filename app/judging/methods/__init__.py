"""The mathematics of judging, without database or pages: scoring, ranking, uncertainty, assignment.

What files, pages, simulation and the published bundle agree on. Start at `ranking.py` and `assignment.py`.
"""
