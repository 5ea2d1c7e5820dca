"""The bands of a rubric: a form of their own, for ranks like “sáng kiến loại A”."""
