"""Secrets for links that work once."""

import base64
import hashlib

from app.core.tokens import hash_token, new_token


def test_a_token_has_256_bits_and_only_its_hash_needs_keeping():
    raw, stored = new_token()

    assert len(base64.urlsafe_b64decode(raw + "=")) == 32
    assert stored == hashlib.sha256(raw.encode()).hexdigest() == hash_token(raw)
    assert raw not in stored


def test_tokens_do_not_repeat():
    assert len({new_token()[0] for _ in range(1000)}) == 1000


def test_a_broken_token_from_an_address_is_hashed_like_any_other():
    assert len(hash_token("\udcff")) == 64
