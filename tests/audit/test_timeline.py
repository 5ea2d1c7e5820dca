"""Timelines: what happened in words, whose names are shown to whom, always the same few queries."""

from __future__ import annotations

import pytest

from app.audit import queries, words
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import record
from app.ideas.models import Author
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.models import Update
from app.initiatives.rules import InitiativeState
from app.moderation.models import Decision
from app.moderation.rules import Outcome
from tests.browser_client import counted_queries
from tests.factories import CampaignFactory, IdeaFactory, InitiativeFactory, UserFactory


def happened(kind, thing, actor=None, **data):
    with transaction():
        record(kind, thing, actor, **data)


def lines(entries):
    return [(str(entry.text), entry.detail, str(entry.actor)) for entry in entries]


def test_an_idea_tells_its_story_newest_first(app, moderator):
    idea = IdeaFactory(state=IdeaState.RETURNED)
    author = db.session.get_one(type(moderator), idea.created_by_id)
    decision = Decision(
        idea_id=idea.id,
        version_number=1,
        moderator_id=moderator.id,
        outcome=Outcome.RETURNED,
        reason="Thiếu kinh phí.",
        made_at=now(),
    )
    db.session.add(decision)
    db.session.commit()
    happened("idea.submitted", idea, author, version=1)
    happened("idea.returned", idea, moderator, decision_id=decision.id)

    assert lines(queries.timeline("ideas", idea.id)) == [
        ("Trả lại để bổ sung", "Thiếu kinh phí.", moderator.full_name),
        ("Gửi ý tưởng", "Phiên bản 1", author.full_name),
    ]


def test_the_story_of_an_idea_holds_its_team_and_what_it_became(app, officer):
    idea = IdeaFactory(state=IdeaState.APPROVED)
    happened("author.answered", idea.authors[0], None, accepted=True)
    happened("initiative.received", InitiativeFactory(source_idea_id=idea.id), officer)
    happened("initiative.received", InitiativeFactory(), officer)

    found = [str(entry.text) for entry in queries.timeline("ideas", idea.id)]

    assert found == ["Tiếp nhận vào hàng đợi của phường", "Đồng tác giả trả lời"]


def test_everybody_reads_public_steps_only_and_no_names(app, moderator):
    idea = IdeaFactory(state=IdeaState.APPROVED)
    happened("idea.submitted", idea, moderator, version=1)
    happened("idea.returned", idea, moderator, decision_id=1)
    happened("idea.approved", idea, moderator)

    assert lines(queries.timeline("ideas", idea.id, public=True)) == [
        ("Xác nhận hợp lệ", "", ""),
        ("Gửi ý tưởng", "Phiên bản 1", ""),
    ]


@pytest.mark.parametrize(("is_public", "shown"), [(True, ["Đã đặt năm hộp."]), (False, [])])
def test_an_update_kept_inside_is_no_public_step(app, officer, is_public, shown):
    initiative = InitiativeFactory(state=InitiativeState.IN_PROGRESS)
    update = Update(
        initiative_id=initiative.id,
        at=now(),
        author_id=officer.id,
        state=InitiativeState.IN_PROGRESS,
        percent=40,
        text="Đã đặt năm hộp.",
        is_public=is_public,
    )
    db.session.add(update)
    db.session.commit()
    happened("initiative.updated", initiative, officer, update_id=update.id)

    public = queries.timeline("initiatives", initiative.id, public=True)

    assert [entry.detail for entry in public] == shown
    assert [entry.detail for entry in queries.timeline("initiatives", initiative.id)] == ["Đã đặt năm hộp."]


def test_the_system_and_people_whose_name_was_erased_have_stand_ins(app, officer):
    initiative = InitiativeFactory()
    happened("initiative.received", initiative, None)
    happened("initiative.updated", initiative, officer)
    officer.full_name = ""
    db.session.commit()

    assert [str(entry.actor) for entry in queries.timeline("initiatives", initiative.id)] == [
        "Người dùng đã xóa",
        "Hệ thống",
    ]


def test_a_long_story_costs_as_many_queries_as_a_short_one(app):
    idea = IdeaFactory(state=IdeaState.SUBMITTED)
    for _ in range(2):
        happened("idea.submitted", idea, UserFactory(), version=1)
    with counted_queries() as few:
        queries.timeline("ideas", idea.id)
    for _ in range(20):
        happened("idea.submitted", idea, UserFactory(), version=1)

    with counted_queries() as many:
        queries.timeline("ideas", idea.id)

    assert many["statements"] == few["statements"]


def test_a_kind_without_words_is_shown_by_its_name_not_hidden(app, officer):
    initiative = InitiativeFactory()
    happened("initiative.something_new", initiative, officer)

    assert [entry.text for entry in queries.timeline("initiatives", initiative.id)] == [
        "initiative.something_new"
    ]


def test_every_kind_that_the_code_records_has_words():
    import re
    from pathlib import Path

    folder = Path(words.__file__).parent.parent
    code = "".join(path.read_text() for path in folder.rglob("*.py"))

    recorded = set(re.findall(r'\brecord\(\s*"([a-z_]+\.[a-z_]+)"', code))

    assert sorted(recorded - words.KINDS.keys()) == []


def test_a_draft_that_was_invited_to_shows_on_the_idea_not_elsewhere(app):
    idea, other = IdeaFactory(), IdeaFactory()
    author = Author(
        idea_id=idea.id,
        email="x@example.vn",
        full_name="Trần Văn Bình",
        share_percent=20,
        state=AuthorState.INVITED,
        invited_at=now(),
    )
    db.session.add(author)
    db.session.commit()
    happened("author.invited", author)

    assert len(queries.timeline("ideas", idea.id)) == 1
    assert queries.timeline("ideas", other.id) == []


def test_everybody_reads_how_a_deadline_was_moved_and_why(app, administrator):
    campaign = CampaignFactory()
    happened(
        "campaign.deadline_moved",
        campaign,
        administrator,
        before="2026-12-06T23:59+07:00",
        after="2026-12-13T23:59+07:00",
        reason="Bão số 9.",
    )

    assert lines(queries.timeline("campaigns", campaign.id, public=True)) == [
        ("Đổi hạn nộp", "Từ 23:59 Chủ nhật, 06/12/2026 thành 23:59 Chủ nhật, 13/12/2026. Bão số 9.", "")
    ]
