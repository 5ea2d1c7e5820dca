"""A full panel: every judge reads every idea without a conflict; how many sheets are enough follows from the panel."""

from __future__ import annotations

from app.accounts.models import User
from app.campaigns.rules import Method
from app.core.db import db, transaction
from app.judging import queries
from app.judging.conflicts import declare_conflict
from app.judging.frozen import freeze_rules
from app.judging.models import ScoreSheet
from app.judging.plan import plan_of
from app.judging.rounds import assign_judges
from tests.judging.contest import contest


def test_every_judge_gets_every_idea_but_those_of_a_conflict(app, moderator):
    made = contest(ideas=3, judges=5, dealt=False, k=2, full_panel=True)
    person: User = made.judges[0]
    with transaction():
        declare_conflict(person, person, made.round.campaign, reason="Học trò cũ", idea=made.entries[0].idea)

    with transaction():
        assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint)

    dealt = {(sheet.judge_id, sheet.entry_id) for sheet in db.session.query(ScoreSheet)}
    everything = {(judge.id, entry.id) for judge in made.judges for entry in made.entries}
    assert dealt == everything - {(person.id, made.entries[0].id)}


def test_an_idea_is_ranked_with_two_thirds_of_the_panel(app):
    made = contest(ideas=1, judges=7, k=2, full_panel=True, method=Method.VALID)

    assert queries.sheets_wanted(made.round) == 7
    assert queries.ranking_input(made.round).min_sheets == 5


def test_staff_read_that_the_whole_panel_judges(app, browser, moderator):
    made = contest(ideas=1, judges=5, dealt=False, full_panel=True)

    assert "cả hội đồng chấm mọi bài" in browser.as_(moderator).get(f"/quan-tri/vong-cham/{made.round.id}")
    page = browser.as_(moderator).get(f"/quan-tri/vong-cham/{made.round.id}/phan-cong")
    assert "Cả hội đồng chấm mọi bài, trừ bài có quan hệ liên quan." in page


def test_a_later_version_of_the_rules_does_not_draw_lots_anew(app, moderator, administrator):
    made = contest(ideas=4, judges=6, dealt=False, k=2)
    with transaction():
        freeze_rules(moderator, made.round)
    before = plan_of(made.round).fingerprint
    for cut in range(10, 16):
        with transaction():
            made.round.cut_top = cut
            freeze_rules(administrator, made.round, "Ban Tổ chức đổi số bài đi tiếp")

    assert plan_of(made.round).fingerprint == before
