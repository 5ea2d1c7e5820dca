"""Secrets for links that work once: the link carries the secret, the table only its fingerprint."""

import hashlib
import secrets


def new_token() -> tuple[str, str]:
    """256 random bits for the link, and the hash to store."""
    raw = secrets.token_urlsafe(32)
    return raw, hash_token(raw)


def hash_token(raw: str) -> str:
    """SHA-256 in hex. Enough without salt, because the secret is random and long."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
