"""The same value gives the same bytes, whoever writes them down."""

from __future__ import annotations

import pytest

from app.core.canonical import _encoded, canonical, commitment, leaf_hash, private_hash


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"moi": 2550}, '{"moi":2550}'),
        ("Hiệu quả", '"Hiệu quả"'),
        ("Hie\u0323\u0302u qua\u0309", '"Hiệu quả"'),
        ({"a\u0301": 1}, '{"á":1}'),
        ((1, 2), "[1,2]"),
        ('"\\\n', '"\\"\\\\\\n"'),
        (10**30, "1" + "0" * 30),
    ],
)
def test_one_form(value, text):
    assert canonical(value) == text.encode()
    assert _encoded(value) == text.encode()


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, b"x", {1, 2}, float("nan")])
def test_what_machines_may_write_differently_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_each_kind_of_hash_is_its_own():
    salt = "ab" * 32

    assert leaf_hash(salt, ["r", "GK1", "An"]) != private_hash(salt, ["r", "GK1", "An"])
    assert commitment(salt, "r", "GK1", "An") != private_hash(salt, ["r", "GK1", "An"])
    assert commitment(salt, "r", "GK1", "An") != commitment(salt, "rG", "K1", "An")
