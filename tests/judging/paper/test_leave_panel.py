"""A judge leaves the panel after a paper of theirs was begun: what was typed stays on record."""

from __future__ import annotations

from app.core.clock import now
from app.core.db import db, transaction
from app.judging.models import PanelMember, ScoreSheet
from app.judging.panel import remove_panel_member
from app.judging.paper.models import PaperSheet
from app.judging.rules import SheetState
from tests.judging.contest import contest, row


def test_a_judge_whose_paper_was_begun_can_leave_the_panel(app, moderator):
    dealt = contest(ideas=1, judges=1)
    sheet = dealt.sheets[0]
    db.session.add(PaperSheet(sheet_id=sheet.id, begun_at=now()))
    db.session.commit()
    member = db.session.query(PanelMember).one()

    with transaction():
        remove_panel_member(moderator, dealt.round, member)

    assert row(ScoreSheet, sheet.id).state is SheetState.VOID
    assert db.session.query(PaperSheet).count() == 1
