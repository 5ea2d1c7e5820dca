"""After an upheld appeal both publications can be recomputed by anybody, and the record holds."""

from __future__ import annotations

import pytest

from app.core.db import db, transaction
from app.initiatives.service import publish_and_forward
from app.judging import service as judging
from app.permissions import Role
from app.results import service as results
from app.results.appeals import service
from app.results.freezing import ranking_of
from app.results.rules import suggested
from tests.audit.story import change, found, seal, story
from tests.factories import UserFactory
from tests.results.bundles import run, unpacked

pytestmark = pytest.mark.postgres

OBJECTION = "Chúng em thấy một phiếu cho bài của mình ghi nhầm ô điểm, xin được xem lại."
ANSWER = "Đã đối chiếu với bản giám khảo ký: một ô ghi nhầm, phiếu được mở lại để sửa."
WHY = "Giám khảo ghi nhầm ô điểm, theo biên bản."


def test_the_new_results_and_the_old_ones_are_both_recomputed(app, tmp_path):
    told = story()
    before = unpacked(told, tmp_path / "before")
    sheet = told.sheets[-1]
    appeal = upheld(told, sheet.entry.idea)

    with transaction():
        service.reopen_sheet(told.leader, appeal, sheet, reason=WHY)
    judge = next(person for person in told.judges if person.id == sheet.judge_id)
    with transaction():
        judging.mark_criterion(
            judge, sheet, sheet.criteria[0], points="40", comment=None, version=sheet.version
        )
        judging.submit_sheet(judge, sheet, version=sheet.version)
    told = told._replace(publication=published_again(told, appeal))

    assert run(before)[0] == 0
    code, said = run(unpacked(told, tmp_path / "after"))
    assert (code, "KHỚP" in said) == (0, True), said
    assert found() == []

    change("UPDATE appeals SET answer = 'Khác hẳn điều đã trả lời.'")
    assert found() == [("table", "other value", "appeals", "answer")]


def upheld(told, idea):
    author = idea.leader.user
    with transaction():
        appeal = service.file_appeal(author, idea, told.publication, reason=OBJECTION)
    with transaction():
        service.take_up(told.leader, appeal, version=appeal.version)
    with transaction():
        service.answer_appeal(told.leader, appeal, upheld=True, answer=ANSWER, version=appeal.version)
    return appeal


def published_again(told, appeal):
    with transaction():
        service.rank_again(told.leader, appeal, told.round)
    with transaction():
        ranked = results.ranked_ideas(ranking_of(told.round))
        choices = suggested(ranked, results.prize_offers(told.round))
        publication = results.propose_awards(told.moderator, told.round, choices)
    with transaction():
        publish_and_forward(UserFactory(role=Role.ADMINISTRATOR), publication, version=publication.version)
    seal()
    db.session.expire_all()
    return publication
