"""What a page carries along and sends back, signed: a form may hold it, nobody may change it."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app


def signed(text: str, purpose: str) -> str:
    """The text and its signature, for this purpose only."""
    return f"{text}:{_mac(text, purpose)}"


def unsigned(value: str, purpose: str) -> str | None:
    """The text, if we signed it for this purpose; None for anything else."""
    text, _colon, mac = value.rpartition(":")
    return text if hmac.compare_digest(mac.encode(), _mac(text, purpose).encode()) else None


def _mac(text: str, purpose: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()
