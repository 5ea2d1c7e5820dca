"""Changed words are marked; nothing of the text is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.differences import MOST_WORDS, differences


@pytest.mark.parametrize(
    ("text", "other", "pieces"),
    [
        ("", "", []),
        ("", "Chợ", []),
        ("Chợ phiên", "Chợ phiên", [("Chợ phiên", False)]),
        ("Chợ phiên", "", [("Chợ phiên", True)]),
        (
            "Chọn 12 sạp tự nguyện",
            "Chọn 8 sạp tự nguyện",
            [("Chọn ", False), ("12", True), (" sạp tự nguyện", False)],
        ),
        ("một  hai", "một hai", [("một", False), ("  ", True), ("hai", False)]),
    ],
)
def test_words_that_the_other_text_lacks_are_marked(text, other, pieces):
    assert differences(text, other) == pieces


@given(st.text(), st.text())
def test_pieces_joined_are_the_text_again(text, other):
    assert "".join(piece for piece, _changed in differences(text, other)) == text


def test_very_long_texts_are_marked_whole_instead_of_compared_for_minutes():
    text = "từ " * MOST_WORDS

    assert differences(text, text + "nữa") == [(text, True)]
