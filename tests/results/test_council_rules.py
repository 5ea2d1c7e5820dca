"""What a vote says, which ties need one, and how votes part equal ranks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.results.council.rules import CaseKind, Draft, VoteOutcome, outcome, refined, ties, two_thirds

C, S, L = VoteOutcome.CHOSEN, VoteOutcome.SHARED, VoteOutcome.LEFT


@pytest.mark.parametrize(
    ("votes", "places", "voters", "said", "why"),
    [
        ({1: 4, 2: 3}, 1, 7, {1: C, 2: L}, "more than half"),
        ({1: 3, 2: 3}, 1, 6, {1: S, 2: S}, "equal: both"),
        ({1: 3, 2: 2}, 1, 7, {1: S, 2: S}, "3 of 7 is no majority"),
        ({1: 5, 2: 4, 3: 1}, 2, 5, {1: C, 2: C, 3: L}, "two places, two majorities"),
        ({1: 5, 2: 3, 3: 2}, 2, 5, {1: C, 2: C, 3: L}, "the second by a majority too"),
        ({1: 5, 2: 3, 3: 3}, 2, 5, {1: C, 2: S, 3: S}, "equal on both sides of the line"),
        ({1: 5, 2: 2, 3: 2}, 2, 5, {1: C, 2: S, 3: S}, "one place left, no majority"),
        ({1: 0, 2: 0}, 1, 3, {1: S, 2: S}, "only blank votes"),
    ],
)
def test_what_a_vote_says(votes, places, voters, said, why):
    assert outcome(votes, places, voters) == said, why


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 9), min_size=2), st.integers(1, 5))
def test_nobody_with_fewer_votes_is_ahead_of_somebody_with_more(votes, places):
    places = min(places, len(votes) - 1)

    said = outcome(votes, places, 9)

    place = {C: 0, S: 1, L: 2}
    for one in votes:
        for other in votes:
            if votes[one] > votes[other]:
                assert place[said[one]] <= place[said[other]]
    chosen = [entry for entry in said if said[entry] is C]
    assert len(chosen) <= places
    assert len(chosen) == places or S in said.values()  # every place is taken, or shared


def test_a_tie_across_two_prizes_needs_a_vote_and_one_within_a_prize_does_not():
    first, second = 71, 72

    assert ties([(1, 1), (2, 1), (3, 3)], [first, second, second]) == [
        Draft(CaseKind.PRIZE_TIE, (1, 2), 1, first)
    ]
    assert ties([(1, 1), (2, 2), (3, 2)], [first, second, second]) == []


def test_a_tie_between_the_last_prize_and_none_needs_a_vote():
    assert ties([(1, 1), (2, 2), (3, 2)], [71, 72]) == [Draft(CaseKind.PRIZE_TIE, (2, 3), 1, 72)]
    assert ties([(1, 1), (2, 2), (3, 3), (4, 3)], [71, 72]) == []


def test_what_a_vote_leaves_may_need_another():
    ranks = [(1, 1), (2, 1), (3, 1)]

    parted, shared = refined(ranks, [{1: L, 2: C, 3: L}])

    assert parted == [(2, 1), (1, 2), (3, 2)]
    assert ties(parted, [71, 72], shared) == [Draft(CaseKind.PRIZE_TIE, (1, 3), 1, 72)]


def test_who_shares_is_not_voted_on_again():
    ranks = [(1, 1), (2, 1), (3, 3)]

    parted, shared = refined(ranks, [{1: S, 2: S}])

    assert (parted, shared) == (ranks, {1, 2})
    assert ties(parted, [71, 72], shared) == []


def test_a_vote_counts_no_more_once_its_ideas_have_parted():
    assert refined([(1, 1), (2, 2)], [{1: L, 2: C}]) == ([(1, 1), (2, 2)], set())


@pytest.mark.parametrize(
    ("part", "whole", "enough"), [(2, 3, True), (4, 7, False), (5, 7, True), (0, 0, False)]
)
def test_two_thirds(part, whole, enough):
    assert two_thirds(part, whole) is enough
