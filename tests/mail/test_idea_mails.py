"""Mails to authors, judges, winners and units: to whom, with which words, once each."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import worker
from app.accounts import links
from app.accounts.models import RoleGrant
from app.accounts.rules import LinkPurpose
from app.core.clock import now
from app.core.db import db, transaction
from app.ideas.models import Author
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.models import Measure, Outcome, Update
from app.initiatives.rules import InitiativeState
from app.initiatives.service import publish_and_forward
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import SheetState
from app.mail import preview
from app.mail.models import Mail
from app.moderation.models import Decision
from app.moderation.rules import Outcome as Verdict
from app.permissions import Role
from app.results.models import Award, Publication, Ranking
from tests.factories import (
    CampaignFactory,
    IdeaFactory,
    InitiativeFactory,
    RoundFactory,
    UnitFactory,
    UserFactory,
)

REASON = "Nêu rõ ai sẽ thu gom hộp pin và bao lâu một lần."


def join_team(idea, state=AuthorState.ACCEPTED, **values):
    """One more member."""
    person = UserFactory()
    author = Author(
        idea_id=idea.id,
        user_id=person.id if state is AuthorState.ACCEPTED else None,
        email=person.email,
        full_name=person.full_name,
        share_percent=30,
        state=state,
        invited_at=now(),
        **values,
    )
    db.session.add(author)
    db.session.commit()
    return author


def decision(idea, outcome, moderator):
    row = Decision(
        idea_id=idea.id,
        version_number=1,
        moderator_id=moderator.id,
        outcome=outcome,
        reason=REASON,
        made_at=now(),
    )
    db.session.add(row)
    db.session.commit()
    return row


def addresses(mails):
    return sorted(mail.to_address for mail in mails)


def test_every_accepted_author_gets_the_receipt_with_the_hash(mails_after):
    idea = IdeaFactory(state=IdeaState.SUBMITTED)
    member = join_team(idea)
    join_team(idea, AuthorState.INVITED)

    mails = mails_after("idea.submitted", idea, version=1)

    assert addresses(mails) == sorted([idea.authors[0].email, member.email])
    assert {mail.template for mail in mails} == {"submitted_receipt"}
    assert "0" * 64 in mails[0].body
    assert f"http://localhost/cua-toi/{idea.public_id}" in mails[0].body


def test_an_invited_member_gets_a_link_of_their_own(mails_after):
    idea = IdeaFactory(title="Hộp gom pin cũ")
    author = join_team(idea, AuthorState.INVITED)

    (mail,) = mails_after("author.invited", author)

    raw = mail.body.split("/dong-tac-gia/")[1].split()[0]
    assert mail.subject.endswith("mời bạn cùng làm ý tưởng “Hộp gom pin cũ”")
    assert links.find(raw, LinkPurpose.COAUTHOR).data == {"author_id": author.id}


def test_a_member_whose_share_was_changed_is_asked_to_sign_in(mails_after):
    idea = IdeaFactory()
    author = join_team(idea, share_agreed=False)

    (mail,) = mails_after("author.invited", author)

    assert mail.template == "share_changed"
    assert f"/cua-toi/{idea.public_id}/loi-moi" in mail.body
    assert not mail.holds_link


def test_an_invitation_answered_meanwhile_is_not_sent(mails_after):
    author = join_team(IdeaFactory())

    assert mails_after("author.invited", author) == []


@pytest.mark.parametrize(
    ("outcome", "template"),
    [
        (Verdict.RETURNED, "idea_returned"),
        (Verdict.REJECTED, "idea_rejected"),
        (Verdict.REOPENED, "idea_reopened"),
    ],
)
def test_authors_read_the_moderators_reason(mails_after, moderator, outcome, template):
    idea = IdeaFactory(state=IdeaState.RETURNED)
    made = decision(idea, outcome, moderator)

    (mail,) = mails_after(f"idea.{outcome}", idea, moderator, decision_id=made.id)

    assert mail.template == template
    assert REASON in mail.body


def test_an_approved_idea_of_a_blind_campaign_says_that_names_are_hidden(mails_after, moderator):
    idea = IdeaFactory(state=IdeaState.APPROVED)

    (mail,) = mails_after("idea.approved", idea, moderator)

    assert mail.subject == f"Ý tưởng {idea.code} hợp lệ"
    assert "chấm giấu tên" in mail.body


def test_a_moved_deadline_is_told_once_to_everybody_with_a_draft(mails_after, administrator):
    campaign = CampaignFactory()
    author = UserFactory()
    IdeaFactory(campaign=campaign, owner=author)
    IdeaFactory(campaign=campaign, owner=author)
    IdeaFactory(campaign=campaign, state=IdeaState.APPROVED)

    (mail,) = mails_after(
        "campaign.deadline_moved",
        campaign,
        administrator,
        before="2026-12-06T23:59+07:00",
        after="2026-12-13T23:59+07:00",
        reason="Bão số 9.",
    )

    assert mail.to_address == author.email
    assert "từ 23:59 Chủ nhật, 06/12/2026 thành 23:59 Chủ nhật, 13/12/2026" in mail.body
    assert "Lý do: Bão số 9." in mail.body


def sheet(round_, judge, state=SheetState.OPEN, idea=None):
    idea = idea or IdeaFactory(campaign=round_.campaign, state=IdeaState.APPROVED)
    entry = Entry(
        round_id=round_.id,
        idea_id=idea.id,
        version_id=idea.versions[0].id,
        judging_code=f"B{idea.id}",
        entered_at=now(),
    )
    db.session.add(entry)
    db.session.flush()
    row = ScoreSheet(
        public_id=f"p{entry.id}",
        entry_id=entry.id,
        judge_id=judge.id,
        position=1,
        state=state,
        assigned_at=now(),
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_a_judge_reads_how_many_sheets_wait(mails_after, judge, moderator):
    round_ = RoundFactory()
    sheet(round_, judge)
    sheet(round_, judge)
    sheet(round_, judge, SheetState.RECUSED)
    other = UserFactory(role=Role.JUDGE)
    sheet(round_, other)

    (mail,) = mails_after("judges.assigned", round_, moderator, judge_ids=[judge.id])

    assert mail.to_address == judge.email
    assert mail.subject.startswith("Ông/bà có 2 bài cần chấm trước ")
    assert "http://localhost/cham-diem" in mail.body


def publication(campaign, round_, awarded, moderator):
    ranking = Ranking(
        round_id=round_.id, method_used="mean", figures={}, content_hash="0" * 64, computed_at=now()
    )
    db.session.add(ranking)
    db.session.flush()
    row = Publication(
        campaign_id=campaign.id,
        round_id=round_.id,
        ranking_id=ranking.id,
        proposed_by_id=moderator.id,
        proposed_at=now(),
        awards=[Award(prize_id=prize.id, idea_id=idea.id) for idea, prize in awarded],
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def published(judge, moderator):
    """Two winners by the same author, one team without an award."""
    campaign = CampaignFactory()
    round_ = RoundFactory(campaign=campaign)
    author = UserFactory()
    first, second = (IdeaFactory(campaign=campaign, owner=author, state=IdeaState.APPROVED) for _ in range(2))
    third = IdeaFactory(campaign=campaign, state=IdeaState.APPROVED)
    for idea in (first, second, third):
        sheet(round_, judge, SheetState.SUBMITTED, idea)
    row = publication(
        campaign, round_, [(first, campaign.prizes[0]), (second, campaign.prizes[1])], moderator
    )
    return row, first, second, third


def test_winners_and_the_other_teams_are_told_when_results_are_published(mails_after, published, leader):
    row, first, _second, third = published

    mails = mails_after("results.published", row, leader)

    assert [(mail.template, mail.to_address) for mail in mails] == [
        ("award_won", first.authors[0].email),
        ("award_won", first.authors[0].email),
        ("results_published", third.authors[0].email),
    ]
    assert [mail.subject for mail in mails[:2]] == [
        "Chúc mừng bạn đoạt Giải Nhất",
        "Chúc mừng bạn đoạt Giải Nhì",
    ]


def test_the_preview_shows_word_for_word_what_publishing_sends(published, leader):
    """All but the codes in the ward's queue, which are given only then."""
    row = published[0]
    shown = [(mail.to_address, mail.subject, mail.body) for mail in preview.results(row)]

    with transaction():
        publish_and_forward(leader, row, version=row.version)
    worker.run_once()

    db.session.rollback()
    sent = db.session.execute(sa.select(Mail.to_address, Mail.subject, Mail.body)).all()
    assert len(shown) == 5
    assert sorted(shown) == sorted(
        (address, *(re.sub(r"SK-\d{4}-\d{4}", "SK-…", text) for text in texts)) for address, *texts in sent
    )


def followed(**values):
    """An initiative that came from an idea, with a unit that leads it."""
    idea = IdeaFactory(state=IdeaState.APPROVED)
    unit = UnitFactory(short_name="Phòng KT")
    contact = UserFactory(role=None, unit_id=unit.id)
    db.session.add(RoleGrant(user_id=contact.id, role=Role.UNIT_CONTACT, given_at=now()))
    db.session.commit()
    values = {
        "title": "Hộp gom pin",
        "source_idea_id": idea.id,
        "lead_unit": unit,
        "code": "SK-2026-0007",
        **values,
    }
    return InitiativeFactory(**values), idea, contact


def test_authors_are_told_that_their_idea_is_in_the_queue(mails_after, officer):
    initiative, idea, _contact = followed()

    (mail,) = mails_after("initiative.received", initiative, officer)

    assert mail.to_address == idea.authors[0].email
    assert mail.subject == "Ý tưởng của bạn đã chuyển sang phường, mã SK-2026-0007"
    assert "http://localhost/sang-kien/SK-2026-0007" in mail.body


def test_a_proposal_that_came_from_no_idea_tells_no_author(mails_after, officer):
    assert mails_after("initiative.received", InitiativeFactory(), officer) == []


def test_assigning_tells_the_units_contact_and_the_authors(mails_after, officer):
    initiative, idea, contact = followed(due_on=date(2027, 1, 31), product="Mười hai hộp")

    mails = mails_after("initiative.assigned", initiative, officer)

    assert {mail.template: mail.to_address for mail in mails} == {
        "initiative_assigned": contact.email,
        "initiative_begun": idea.authors[0].email,
    }
    assert "Phòng KT chủ trì thực hiện" in mails[0].body
    assert "Thời hạn: 31/01/2027" in mails[0].body


@pytest.mark.parametrize(("is_public", "told"), [(True, 1), (False, 0)])
def test_only_public_updates_are_mailed(mails_after, officer, is_public, told):
    initiative, _idea, _contact = followed(state=InitiativeState.IN_PROGRESS)
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

    mails = mails_after("initiative.updated", initiative, officer, update_id=update.id)

    assert len(mails) == told
    assert all("Đã đặt năm hộp." in mail.body and "40%" in mail.subject for mail in mails)


def test_authors_read_what_came_of_it_in_figures(mails_after, officer):
    initiative, _idea, _contact = followed(
        state=InitiativeState.COMPLETED,
        outcome=Outcome(
            summary="Người dân bỏ pin đúng chỗ.",
            closed_on=date(2026, 11, 1),
            measures=[
                Measure(name="Thời gian chờ", before=68, after=23, unit="phút"),
                Measure(name="Pin cũ", after=312, unit="kg"),
            ],
        ),
    )

    (mail,) = mails_after("initiative.completed", initiative, officer)

    assert "Thời gian chờ: trước 68 phút, nay 23 phút\nPin cũ: 312 kg" in mail.body
    assert "Người dân bỏ pin đúng chỗ." in mail.body


def test_a_declined_initiative_gives_its_reason_to_the_authors(mails_after, officer):
    initiative, idea, _contact = followed(
        state=InitiativeState.DECLINED, decline_reason="Đã có chương trình của thành phố."
    )

    (mail,) = mails_after("initiative.declined", initiative, officer)

    assert mail.to_address == idea.authors[0].email
    assert "Đã có chương trình của thành phố." in mail.body


def test_a_unit_whose_proposal_is_declined_is_told(mails_after, officer):
    unit = UnitFactory()
    contact = UserFactory(role=Role.UNIT_CONTACT, unit_id=unit.id)
    initiative = InitiativeFactory(
        state=InitiativeState.DECLINED, decline_reason="Trùng việc đang làm.", source_unit_id=unit.id
    )

    (mail,) = mails_after("initiative.declined", initiative, officer)

    assert mail.to_address == contact.email


def test_the_deadline_in_a_returned_mail_is_the_later_one(mails_after, moderator):
    due = now() + timedelta(days=40)
    idea = IdeaFactory(state=IdeaState.RETURNED, return_due_at=due)
    made = decision(idea, Verdict.RETURNED, moderator)

    (mail,) = mails_after("idea.returned", idea, moderator, decision_id=made.id)

    from app.core.formats import deadline

    assert deadline(due) in mail.body


def test_the_receipt_says_until_when_the_idea_can_be_changed_only_while_it_can(mails_after):
    open_still = IdeaFactory(state=IdeaState.SUBMITTED)
    closed = IdeaFactory(
        state=IdeaState.SUBMITTED,
        campaign=CampaignFactory(opens_at=now() - timedelta(days=9), closes_at=now() - timedelta(hours=1)),
    )

    (early,) = mails_after("idea.submitted", open_still, version=1)
    (late,) = mails_after("idea.submitted", closed, version=1)

    assert "bạn vẫn sửa và gửi lại được" in early.body
    assert "bạn vẫn sửa và gửi lại được" not in late.body
