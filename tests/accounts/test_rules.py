from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import rules
from app.core.errors import Invalid

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("born", "day", "needed"),
    [
        (date(2010, 11, 25), TODAY, True),  # 16 tomorrow
        (date(2010, 11, 24), TODAY, False),  # 16 today
        (date(2010, 11, 23), TODAY, False),
        (date(2012, 2, 29), date(2028, 2, 28), True),  # leap day: 16 on the day itself
        (date(2012, 2, 29), date(2028, 2, 29), False),
        (date(2011, 3, 1), date(2027, 2, 28), True),
        (None, TODAY, False),  # staff, invited without a birth date
    ],
)
def test_a_guardian_is_needed_until_the_sixteenth_birthday(born, day, needed):
    assert rules.needs_guardian(born, day) is needed


@given(st.dates(date(1920, 1, 1), date(2019, 12, 31)))
def test_a_birth_date_typed_in_three_fields_is_that_day(born):
    typed = (str(born.day), f"{born.month:02d}", f" {born.year} ")

    assert rules.born_on(*typed, TODAY) == born


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("", "8", "2008"), "Nhập đủ ngày, tháng và năm sinh."),
        (("17", "", "2008"), "Nhập đủ ngày, tháng và năm sinh."),
        (("31", "2", "2008"), "Không có ngày này. Xem lại ngày và tháng."),
        (("29", "2", "2009"), "Không có ngày này. Xem lại ngày và tháng."),
        (("17", "13", "2008"), "Không có ngày này. Xem lại ngày và tháng."),
        (("mười bảy", "8", "2008"), "Viết ngày sinh bằng số, năm đủ bốn chữ số, ví dụ 17 – 8 – 2008."),
        (("17", "8", "08"), "Viết ngày sinh bằng số, năm đủ bốn chữ số, ví dụ 17 – 8 – 2008."),
        (("-1", "8", "2008"), "Viết ngày sinh bằng số, năm đủ bốn chữ số, ví dụ 17 – 8 – 2008."),
        (("17", "8", "٢٠٠٨"), "Viết ngày sinh bằng số, năm đủ bốn chữ số, ví dụ 17 – 8 – 2008."),
        (("25", "11", "2026"), "Xem lại năm sinh."),
        (("25", "11", "2024"), "Xem lại năm sinh."),
        (("1", "1", "1850"), "Xem lại năm sinh."),
    ],
)
def test_what_is_no_birth_date_is_refused_with_what_to_mend(app, typed, message):
    with pytest.raises(Invalid) as refused:
        rules.born_on(*typed, TODAY)

    assert (refused.value.field, str(refused.value.message)) == ("day", message)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mai@Example.VN", "mai@example.vn"),
        ("  mai@example.vn ", "mai@example.vn"),
        ("mai.hoang+thi@truong.edu.vn", "mai.hoang+thi@truong.edu.vn"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, kept):
    assert rules.mail_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mai",
        "mai@",
        "@example.vn",
        "mai@example",
        "mai hoang@example.vn",
        "mai@a.vn, b@b.vn",
        "mai@x.vn\nBcc: a@b.vn",
        "<mai@example.vn>",
        "mai@@example.vn",
        "mai@.vn",
        "m" * 250 + "@x.vn",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid):
        rules.mail_address(typed)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mai@example.vn", "MAI@example.vn", True),
        ("mai+me@example.vn", "mai@example.vn", True),
        ("mai@example.vn", "mai@example.com", False),
        ("me@example.vn", "mai@example.vn", False),
        ("hoang.mai@gmail.com", "hoangmai+an@gmail.com", True),
        ("hoang.mai@gmail.com", "hoangmai@googlemail.com", True),
        ("hoang.mai@example.vn", "hoangmai@example.vn", False),
    ],
)
def test_a_label_after_plus_or_a_dot_at_gmail_is_still_the_same_mailbox(one, other, same):
    assert rules.same_mailbox(one, other) is same


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Lê   Thị  Đào ", "Lê Thị Đào"), ("Ðào", "Đào"), ("K’Brin", "K’Brin")]
)
def test_a_name_is_kept_with_single_spaces_and_vietnamese_letters(typed, kept):
    assert rules.person_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "12345", "—", "A" * 121])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(Invalid):
        rules.person_name(typed)


def test_a_hidden_address_shows_only_its_first_letter():
    assert rules.hidden_address("chau.le@example.vn") == "c***@example.vn"
