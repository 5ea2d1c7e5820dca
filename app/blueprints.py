"""Every address of the site, feature by feature, in the order of an idea's way."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

# each has its pages in app/<path>/views.py, as the blueprint `bp`
FEATURES = (
    "accounts",
    "accounts.own",
    "accounts.guardians",
    "accounts.people",
    "campaigns",
    "campaigns.manage",
    "campaigns.setup",
    "campaigns.setup.bands",
    "mine",
    "ideas",
    "ideas.team",
    "ideas.attachments",
    "files",
    "moderation",
    "gallery",
    "judging.staff",
    "judging.staff.seat",
    "judging.staff.entry",
    "judging.staff.assignment",
    "judging.secretary",
    "judging.evening.staff",
    "judging.evening.entrance",
    "judging.evening.calibration",
    "judging.desk",
    "judging",
    "judging.paper",
    "results.council",
    "results.council.cases",
    "results.comments",
    "results.sheets",
    "results",
    "results.appeals",
    "finals",
    "finals.hall",
    "finals.ceremony",
    "initiatives",
    "reports",
    "mail",
    "audit",
    "audit.public",
    "operations",
)


def init_app(app: Flask) -> None:
    for feature in FEATURES:
        views = import_module(f"app.{feature}.views")  # here, not above: views need a configured app
        app.register_blueprint(views.bp)
