"""A judge's own pages: progress, rules and relations, one sheet after another. All are one blueprint."""

from app.judging.views import confirming, progress, saving, sheet
from app.judging.views.blueprint import bp

__all__ = ["bp", "confirming", "progress", "saving", "sheet"]
