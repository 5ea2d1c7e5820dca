"""Which passwords are refused, and how the others are kept."""

import time
import unicodedata
from statistics import median

import argon2
import pytest

from app.core import passwords

GOOD = "tám con vịt đỏ"


def refused_as(password, **about):
    with pytest.raises(passwords.PasswordRefused) as refused:
        passwords.check_password(password, **about)
    return refused.value.code


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "khoai lang chạy bộ", "Xe9!kq#Lm2", "x" * 4 + "ự bé" * 31]
)
def test_a_long_own_sentence_is_welcome(password):
    passwords.check_password(password, personal=["lan@example.vn", "Nguyễn Thị Lan"])


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("tám con vị", "ok"),  # ten characters
        ("tám con v", "short"),
        ("ạ" * 9, "short"),
        ("câu dài " * 17, "long"),
        ("0123456789", "common"),
        ("0912345678", "common"),  # a phone number
        ("aaaaaaaaaaaa", "common"),
        ("abcabcabcabc", "common"),
        ("qwertyuiop", "common"),
        ("matkhau12345", "common"),
        ("Mật khẩu 123", "common"),
        ("donghai2026", "common"),
        ("Đông Hải 2026!", "common"),
        ("haiphong@123", "common"),
        ("P@ssw0rd2026", "common"),
        ("Adm1n@2026!!", "common"),
        ("có ký tự \0 lạ", "unreadable"),
    ],
)
def test_what_strangers_try_first_is_refused(password, why):
    if why == "ok":
        passwords.check_password(password)
    else:
        assert refused_as(password) == why


def test_own_name_and_mailbox_make_no_password():
    about = {"personal": ["lan.nguyen@example.vn", "Trần Hữu Phước"]}

    assert refused_as("lan.nguyen1999", **about) == "personal"
    assert refused_as("Trần Hữu Phước 1", **about) == "personal"


def test_length_counts_characters_after_composition():
    nine = unicodedata.normalize("NFD", "ạ ế ộ ự ẵ")

    assert len(nine) > 10
    assert refused_as(nine) == "short"


def test_the_right_password_opens_however_the_keyboard_composes():
    stored = passwords.hash_password(GOOD)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify_password(stored, unicodedata.normalize("NFD", GOOD)) is True
    assert passwords.verify_password(stored, GOOD + " ") is False
    assert passwords.verify_password(stored, GOOD.upper()) is False


def test_nothing_is_cut_off_a_long_password():
    stored = passwords.hash_password("a b" * 42 + "x")

    assert passwords.verify_password(stored, "a b" * 42 + "y") is False


def test_unknown_accounts_and_broken_hashes_open_for_nobody():
    assert passwords.verify_password(None, GOOD) is False
    assert passwords.verify_password("", GOOD) is False
    assert passwords.verify_password("not a hash", GOOD) is False
    assert passwords.verify_password(passwords.hash_password(GOOD), "\ud800") is False


def test_an_unknown_account_takes_as_long_as_a_known_one():
    stored = passwords.hash_password(GOOD)
    passwords.verify_password(None, "warm up")

    known, unknown = ([_seconds(which) for _ in range(7)] for which in (stored, None))

    assert 0.5 < median(known) / median(unknown) < 2


def _seconds(stored):
    began = time.perf_counter()
    passwords.verify_password(stored, "wrong password")
    return time.perf_counter() - began


def test_hashes_of_older_settings_are_renewed():
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)

    assert passwords.needs_rehash(older) is True
    assert passwords.needs_rehash(passwords.hash_password(GOOD)) is False
