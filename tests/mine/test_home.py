"""“Ý tưởng của tôi”: where each idea stands and what happens next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.clock import now
from app.core.db import db, transaction
from app.ideas.models import Author
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.rules import InitiativeState
from app.moderation import service as moderation
from app.moderation.models import Decision
from app.moderation.rules import Outcome
from app.permissions import Role
from tests.factories import CampaignFactory, IdeaFactory, InitiativeFactory, UserFactory

REASON = "Ghi rõ ai giặt túi, mấy ngày một lần."


def decided(idea, moderator, outcome, reason=REASON):
    db.session.add(
        Decision(
            idea_id=idea.id,
            version_number=1,
            moderator_id=moderator.id,
            outcome=outcome,
            reason=reason,
            made_at=now(),
        )
    )
    db.session.commit()


def headings(page):
    return [" ".join("".join(e.itertext()).split()) for e in page.tree.iter("h2")]


def test_person_without_ideas_is_invited_to_begin(browser, youth):
    page = browser.as_(youth).get("/cua-toi")

    assert "chưa có ý tưởng nào" in page
    assert "/nop-y-tuong" in page.links()


def test_what_needs_me_comes_first(browser, youth):
    campaign = CampaignFactory()
    for state, title in [
        (IdeaState.WITHDRAWN, "Đã rút ra"),
        (IdeaState.APPROVED, "Đã hợp lệ"),
        (IdeaState.SUBMITTED, "Đã gửi đi"),
        (IdeaState.RETURNED, "Cần sửa lại"),
        (IdeaState.DRAFT, "Còn viết dở"),
    ]:
        IdeaFactory(owner=youth, campaign=campaign, state=state, title=title)

    page = browser.as_(youth).get("/cua-toi", queries=12)

    assert headings(page)[:5] == ["Cần sửa lại", "Còn viết dở", "Đã gửi đi", "Đã hợp lệ", "Đã rút ra"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (IdeaState.DRAFT, "Viết tiếp rồi gửi trước"),
        (IdeaState.SUBMITTED, "trả lời trong 5 ngày làm việc"),
        (IdeaState.RETURNED, "Bổ sung rồi gửi lại trước"),
        (IdeaState.APPROVED, "đang chờ giám khảo chấm"),
        (IdeaState.REJECTED, "không vào vòng chấm"),
        (IdeaState.WITHDRAWN, "Bài đã rút"),
    ],
)
def test_every_state_says_what_happens_next(browser, youth, state, words):
    idea = IdeaFactory(owner=youth, state=state)
    mine = browser.as_(youth)

    assert words in mine.get("/cua-toi")
    assert words in mine.get(f"/cua-toi/{idea.public_id}")


def test_draft_after_the_deadline_is_kept_and_says_so(browser, youth):
    idea = IdeaFactory(owner=youth)

    with clock.set_to(idea.campaign.closes_at + timedelta(minutes=1)):
        page = browser.as_(youth).get("/cua-toi")

    assert "Đã hết hạn nộp" in page


def test_returned_idea_shows_the_moderators_words_and_not_their_name(browser, youth, moderator):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    with transaction():
        moderation.return_idea(moderator, idea, reason=REASON, version=1)
    mine = browser.as_(youth)

    for page in (mine.get("/cua-toi"), mine.get(f"/cua-toi/{idea.public_id}")):
        assert REASON in page
        assert moderator.full_name not in page


def test_ideas_of_others_are_not_mine(browser, youth):
    theirs = IdeaFactory(state=IdeaState.APPROVED)

    assert theirs.title not in browser.as_(youth).get("/cua-toi")


def test_idea_of_a_team_is_in_each_members_list(browser, youth):
    idea = IdeaFactory(title="Của cả đội")
    db.session.add(
        Author(
            idea_id=idea.id,
            user_id=youth.id,
            email=youth.email,
            full_name=youth.full_name,
            state=AuthorState.ACCEPTED,
            invited_at=now(),
        )
    )
    db.session.commit()

    assert "Của cả đội" in browser.as_(youth).get("/cua-toi")


def test_list_is_paged_and_costs_the_same_with_many(browser, youth):
    campaign = CampaignFactory()
    for _ in range(12):
        IdeaFactory(owner=youth, campaign=campaign, state=IdeaState.SUBMITTED)
    mine = browser.as_(youth)

    first = mine.get("/cua-toi", queries=12)
    second = mine.get("/cua-toi?trang=2", queries=12)

    assert "/cua-toi?trang=2" in first.links()
    assert first.text.count("YT-2026-") >= 10
    assert "YT-2026-" in second.text


def test_put_away_draft_is_gone_from_the_list(browser, youth):
    idea = IdeaFactory(owner=youth, title="Bỏ đi")
    mine = browser.as_(youth)
    mine.post(f"/cua-toi/{idea.public_id}/rut", {"version": idea.version, "phrase": "RÚT BÀI"}, status=302)

    page = mine.get("/cua-toi?")

    assert idea.public_id not in page.html


def test_idea_that_the_ward_took_up_leads_to_where_it_stands(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.APPROVED)
    initiative = InitiativeFactory(source_idea_id=idea.id, state=InitiativeState.TRIAL)

    page = browser.as_(youth).get(f"/cua-toi/{idea.public_id}")

    assert f"/sang-kien/{initiative.code}" in page.links()
    assert "Áp dụng thử" in page


def test_page_of_an_idea_shows_what_was_sent_with_answers_and_history(browser, youth, moderator):
    idea = IdeaFactory(owner=youth, state=IdeaState.REJECTED)
    decided(idea, moderator, Outcome.REJECTED)

    page = browser.as_(youth).get(f"/cua-toi/{idea.public_id}", queries=25)

    assert page.h1 == idea.title
    assert "gom pin cũ ở mười hai nhà văn hóa" in page.text.lower() or "hộp gom pin cũ" in page.text
    assert REASON in page
    assert f"/cua-toi/{idea.public_id}/phien-ban/1" in page.links()


def test_version_that_was_never_sent_is_not_found(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)

    browser.as_(youth).get(f"/cua-toi/{idea.public_id}/phien-ban/2", status=404)


def test_staff_without_ideas_still_have_the_page(browser):
    browser.as_(UserFactory(role=Role.JUDGE)).get("/cua-toi")
