"""The projector's secret link, for a computer that nobody signs in to."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app

from app.finals.models import LiveFinal


def projector_key(final: LiveFinal) -> str:
    """The secret of the projector's link: follows from the site's key and its number, so no table holds it."""
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.new(
        secret.encode(), f"man-chieu/{final.id}/{final.link_number}".encode(), hashlib.sha256
    ).hexdigest()[:32]
