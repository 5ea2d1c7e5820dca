"""One stored form, one folded form, one alphabetical order."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import text

NFD = unicodedata.normalize("NFD", "Cải tiến ở Đông Hải")


def test_text_is_stored_composed_with_the_vietnamese_letter():
    assert text.nfc(NFD) == "Cải tiến ở Đông Hải"
    assert text.nfc("\u00d0ông H\u1ea3i, \u00f0ê, \u0189à") == "Đông Hải, đê, Đà"


def test_line_ends_become_one_kind():
    assert text.nfc("a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "ok \udfff"])
def test_signs_that_no_keyboard_makes_are_refused(bad):
    with pytest.raises(text.BadText) as refused:
        text.nfc(bad)

    assert isinstance(refused.value, ValueError)
    assert "ký tự" in str(refused.value.args[0])


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ĐÔNG HẢI", "dong hai"),
        ("\u00d0ông  Hải", "dong hai"),
        (NFD, "cai tien o dong hai"),
        ("hoà / hòa", "hoa hoa"),
        ('Ươm mầm: "xanh" – 100%', "uom mam xanh 100"),
        ("cải\u00adcách", "caicach"),  # a soft hyphen is not a space
        ("𝐘́ tưởng m²", "y tuong m2"),  # letters from a font generator
        ("", ""),
    ],
)
def test_folding_forgets_marks_capitals_and_signs(typed, folded):
    assert text.fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(typed):
    once = text.fold(typed)

    assert text.fold(once) == once
    assert all(sign == " " or sign.isalnum() for sign in once)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Dọn rác ở chợ", 4),
        ("<p>Dọn <strong>r</strong>ác</p><p>ở&nbsp;chợ</p>", 4),
        ("<ul><li>một</li><li>hai</li></ul>", 2),
        ("1 < 2 và 3 > 2", 7),
        ("", 0),
    ],
)
def test_words_are_syllables_and_tags_do_not_count(written, words):
    assert text.count_words(written) == words


def test_words_sort_by_the_vietnamese_alphabet():
    expected = [
        "ca",
        "cà",
        "cả",
        "cã",
        "cá",
        "cạ",
        "căn",
        "cân",
        "dê",
        "đa",
        "Đặng",
        "Đỗ",
        "em",
        "êm",
        "ô",
        "ơ",
        "u",
        "ư",
    ]
    shuffled = random.Random(1).sample(expected, len(expected))

    assert sorted(shuffled, key=text.collation_key) == expected


def test_place_of_the_tone_mark_does_not_change_the_order():
    assert sorted(["Thuý", "Thủy", "Thùy"], key=text.collation_key) == ["Thùy", "Thủy", "Thuý"]


def test_numbers_in_names_of_places_sort_by_value():
    groups = ["Tổ 10", "Tổ 2", "Tổ 1", "Tổ dân phố"]

    assert sorted(groups, key=text.collation_key) == ["Tổ 1", "Tổ 2", "Tổ 10", "Tổ dân phố"]


def test_people_sort_by_given_name_then_family_name():
    people = ["Trần Văn An", "Đỗ Thị Bình", "Nguyễn An", "Lê Đức Ân", "Nguyễn Văn An"]

    assert sorted(people, key=text.name_key) == [
        "Nguyễn An", "Nguyễn Văn An", "Trần Văn An", "Lê Đức Ân", "Đỗ Thị Bình",
    ]  # fmt: skip


@given(st.lists(st.text()))
def test_any_texts_can_be_sorted(texts):
    readable = [one for one in texts if "\0" not in one]

    in_code_order = sorted(readable)

    assert sorted(readable, key=text.collation_key) == sorted(in_code_order, key=text.collation_key)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Cuộc thi Ý tưởng sáng tạo trẻ 2026!", "cuoc-thi-y-tuong-sang-tao-tre-2026"),
        ("Đèn đường / năng lượng", "den-duong-nang-luong"),
        ("日本", ""),
        ("../../etc", "etc"),
    ],
)
def test_addresses_are_made_of_plain_letters(title, slug):
    assert text.slugify(title) == slug


def test_long_addresses_are_cut_at_a_word():
    assert text.slugify("một hai ba bốn", max_length=10) == "mot-hai-ba"
    assert text.slugify("m" * 50, max_length=10) == "m" * 10


def test_excerpt_says_when_something_is_left_out():
    assert text.excerpt("một hai ba", 3) == "một hai ba"
    assert text.excerpt("một hai  ba bốn", 3) == "một hai ba …"


@pytest.mark.parametrize(("name", "letters"), [("Nguyễn Thị Đào", "NĐ"), ("đào", "Đ"), ("", "")])
def test_initials_are_family_and_given_name(name, letters):
    assert text.initials(name) == letters


@pytest.mark.parametrize(
    ("pasted", "encoding"),
    [
        ("§oµn thanh niªn Céng s¶n Hå ChÝ Minh", "TCVN3"),
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "TCVN3"),
        ("Ý tưởng của em: dän r¸c ë chî vµ tr­êng häc", "TCVN3"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "VNI"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "VNI"),
        ("Cộng hoà xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc", None),
        ("Thuý, Thủy, khoẻ, hóa, đường, nghiêng, quyển, giếng, ngoằn ngoèo", None),
        ("Café São Paulo, El Niño, naïve, Müller, für Elise", None),
        ("plain words", None),
        ("", None),
    ],
)
def test_text_from_old_fonts_is_noticed(pasted, encoding):
    assert text.looks_like_old_encoding(pasted) == encoding
