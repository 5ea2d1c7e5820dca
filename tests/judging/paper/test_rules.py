"""Where a paper sheet can go, and whose turn it is."""

from __future__ import annotations

import pytest

from app.core.errors import WrongState
from app.judging.paper.rules import PAPER_FLOW, PaperAction, PaperState, Reading, differing, require_typist

S, A = PaperState, PaperAction

ALLOWED = {
    (S.WAITING, A.TYPE): S.TYPED,
    (S.TYPED, A.AGREE): S.CHECKED,
    (S.TYPED, A.DIFFER): S.DIFFERS,
    (S.DIFFERS, A.AGREE): S.CHECKED,
    (S.DIFFERS, A.DIFFER): S.DIFFERS,
    (S.CHECKED, A.CONFIRM): S.CONFIRMED,
    (S.CHECKED, A.REFUSE): S.WAITING,
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_the_flow_of_a_paper_sheet(state, action):
    if (state, action) in ALLOWED:
        assert PAPER_FLOW.after(state, action) is ALLOWED[state, action]
    else:
        with pytest.raises(WrongState):
            PAPER_FLOW.after(state, action)


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        (Reading({"moi": 2200, "hieu_qua": 3050}, "Rõ ràng."), []),
        (Reading({"moi": 2200, "hieu_qua": 3050}, " Rõ  ràng.\n"), []),
        (Reading({"moi": 1200, "hieu_qua": 3050}, "Rõ ràng."), ["moi"]),
        (Reading({"moi": 1200, "hieu_qua": 3000}, "Rõ rang."), ["moi", "hieu_qua", "chung"]),
    ],
)
def test_every_difference_is_named(other, differs):
    assert differing(Reading({"moi": 2200, "hieu_qua": 3050}, "Rõ ràng."), other) == differs


@pytest.mark.parametrize(
    ("state", "person", "typists", "may"),
    [
        (S.WAITING, 1, [], True),
        (S.TYPED, 1, [1], False),
        (S.TYPED, 2, [1], True),
        (S.DIFFERS, 1, [1, 2], True),
        (S.DIFFERS, 3, [1, 2], False),
        (S.CHECKED, 3, [1, 2], False),
        (S.CONFIRMED, 3, [1, 2], False),
    ],
)
def test_whose_turn_it_is(state, person, typists, may):
    if may:
        require_typist(state, person, typists)
    else:
        with pytest.raises(WrongState):
            require_typist(state, person, typists)
