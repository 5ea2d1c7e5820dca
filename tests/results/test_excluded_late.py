"""An idea that is taken out while others decide on it: the council, a vote, a final on a stage. It gets nothing."""

from __future__ import annotations

import pytest

from app.audit.verification import verify
from app.core.db import db, transaction
from app.finals import service as finals
from app.finals.planning import plan_final
from app.judging import panel
from app.judging.models import Entry, PanelMember
from app.judging.rules import Exclusion
from app.results.council.rules import CaseKind
from app.results.exclusion import exclude
from app.results.freezing import ranking_of
from app.results.models import Publication
from tests.audit.story import seal, story
from tests.finals.stage import Stage
from tests.judging.contest import Contest
from tests.results.bundles import Session, finish, holds, rows, then_round

pytestmark = pytest.mark.postgres

WHY = "Chép nguyên văn một bài đã đăng báo."
TIED = {"ideas": 4, "judges": 3, "k": 3, "until": "submitted", "gives_awards": False, "cut_top": 2}


def second_and_third_alike(idea, _judge):
    return (("38", "50"), ("30", "40"), ("30", "40"), ("20", "30"))[idea]


def take_out(told, entry: Entry) -> None:
    with transaction():
        exclude(told.moderator, entry, excluded_as=Exclusion.DISQUALIFIED, reason=WHY)


def entries_of(told) -> list[Entry]:
    return db.session.query(Entry).filter_by(round_id=told.round.id).order_by(Entry.idea_id).all()


def publication_of_round(told):
    publication = db.session.query(Publication).filter_by(round_id=told.round.id).one()
    return publication.awards


def moved_on(told) -> set[int]:
    return {entry.idea_id for entry in entries_of(told)}


@pytest.mark.parametrize("when", ["before the vote", "after the vote"])
def test_one_of_two_equals_that_is_taken_out_does_not_go_on(app, tmp_path, when):
    told = story(marks=second_and_third_alike, **TIED)
    second = entries_of(told)[1]
    session = Session(told)
    if when == "before the vote":
        take_out(told, second)
        assert not [case for case in session.sitting.cases if case.kind is CaseKind.CUT_TIE]
    else:
        session.vote(CaseKind.CUT_TIE, [0, 0, 0])
        take_out(told, second)
    session.close()

    after = then_round(told)

    assert second.idea_id not in moved_on(after)
    assert {row.unranked for row in ranking_of(told.round).rows if row.entry_id == second.id} == {
        "disqualified"
    }
    assert verify().findings == []
    folder = holds(finish(after), tmp_path)
    out = [row for row in rows(folder, "xep_hang.csv") if row["bai"] == second.judging_code]
    assert [(row["hang"], row["vao_vong_sau"]) for row in out] == [("", "")]


def test_a_prize_that_was_voted_to_an_idea_taken_out_since_is_voted_on_again(app, tmp_path):
    marks = (("38", "50"), ("38", "50"), ("38", "50"), ("20", "30"))
    told = story(
        marks=lambda idea, _judge: marks[idea],
        **{**TIED, "gives_awards": True, "cut_top": None},
    )
    session = Session(told)
    won = session.vote(CaseKind.PRIZE_TIE, [0, 0, 0]).entries[0].entry
    take_out(told, won)
    waiting = [case for case in session.sitting.cases if not case.is_settled]
    session.settle_by_vote()
    session.close()

    folder = holds(finish(told), tmp_path)

    assert all(won.id not in {line.entry_id for line in case.entries} for case in waiting)
    (out,) = [row for row in rows(folder, "xep_hang.csv") if row["bai"] == won.judging_code]
    assert (out["hang"], out["khong_xep"]) == ("", "disqualified")
    assert won.idea_id not in {award.idea_id for award in publication_of_round(told)}
    assert verify().findings == []


def test_an_idea_taken_out_between_its_turn_on_the_stage_and_the_totals_has_no_rank(app, tmp_path):
    told = story(until="submitted", judges=3, k=3)
    chair = told.judges[0]
    member = db.session.query(PanelMember).filter_by(judge_id=chair.id).one()
    with transaction():
        panel.appoint(told.moderator, member, is_chair=True, is_secretary=False)
        final = plan_final(chair, told.round, minutes=7, question_minutes=5)
    first = entries_of(told)[0]
    stage = Stage(Contest(told.round, told.judges, entries_of(told), told.sheets), chair, final)
    stage.to_closed()
    take_out(told, first)
    stage.do(finals.open_totals, shown=True)
    seal()

    folder = holds(finish(told), tmp_path)

    out = [row for row in rows(folder, "xep_hang.csv") if row["bai"] == first.judging_code]
    assert [(row["hang"], row["khong_xep"]) for row in out] == [("", "disqualified")]
    assert verify().findings == []
