"""Sending an idea: what it needs, what it freezes, what it gives back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Consent, Guardianship, RoleGrant
from app.accounts.rules import CONSENT_TEXT_VERSION, GuardianState, Purpose
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.core.events import Event
from app.core.faults import InjectedFault
from app.ideas import queries, service
from app.ideas.completeness import completeness_of
from app.ideas.models import Author, Version
from app.ideas.rules import AuthorState, IdeaState, Incomplete, Late, content_hash
from app.permissions import Role
from tests.factories import CampaignFactory, IdeaFactory, UserFactory
from tests.ideas.typed import pledged, typed


def versions_of(idea):
    return db.session.scalars(
        sa.select(Version).where(Version.idea_id == idea.id).order_by(Version.number)
    ).all()


def kinds_of_events():
    return db.session.scalars(sa.select(Event.kind).order_by(Event.id)).all()


def send(mine, idea, status=302, **changes):
    return mine.post(f"/cua-toi/{idea.public_id}/nop", pledged(idea, **changes), status=status)


def submit(person, idea, key="k"):
    with transaction():
        return service.submit_idea(person, queries.by_id(idea.id), once_key=key, version=idea.version)


def test_sending_gives_a_code_a_frozen_version_and_an_event(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = send(browser.as_(youth), idea)

    assert page.location == f"/cua-toi/{idea.public_id}"
    assert page.queries <= 30
    year = clock.local(now()).year
    assert (idea.state, idea.code, idea.version_number) == (IdeaState.SUBMITTED, f"YT-{year}-0001", 1)
    sent = versions_of(idea)
    assert [(v.number, v.title, v.summary, v.sent_by_id) for v in sent] == [
        (1, idea.title, idea.summary, youth.id)
    ]
    assert sent[0].sections == [
        {"key": "giai_phap", "label": "Nội dung giải pháp", "html": idea.answers[0].html}
    ]
    assert sent[0].team == [{"author_id": idea.authors[0].id, "share_percent": 100, "is_leader": True}]
    assert kinds_of_events() == ["idea.submitted"]


def test_receipt_shows_code_time_and_fingerprint(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    send(mine, idea)

    page = mine.get(f"/cua-toi/{idea.public_id}/phien-ban/1")

    assert idea.code in page
    fingerprint = versions_of(idea)[0].content_hash
    assert fingerprint == content_hash(service.content_of(queries.whole(idea)))
    assert fingerprint in page.text.replace(" ", "")


def test_sending_twice_with_one_page_gives_one_version(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    sent = pledged(idea)

    pages = [mine.post(f"/cua-toi/{idea.public_id}/nop", sent, status=302) for _ in range(2)]

    assert pages[0].location == pages[1].location
    assert [v.number for v in versions_of(idea)] == [1]
    assert kinds_of_events() == ["idea.submitted"]


def test_sending_without_the_pledge_is_refused_beside_it(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = send(browser.as_(youth), idea, 422, pledge="")

    assert "cam kết" in page.errors()["pledge"]
    assert versions_of(idea) == []


def test_incomplete_idea_is_not_sent_and_says_what_is_missing(browser, youth):
    idea = IdeaFactory(owner=youth, title="", answer="<p>một hai</p>")
    idea.answers[0].words = 2
    db.session.commit()

    page = send(browser.as_(youth), idea, 422)

    assert "Ghi tên ý tưởng" in page
    assert "ít nhất 5 chữ (đang có 2)" in page
    assert f"/cua-toi/{idea.public_id}/sua#title" in page.links()
    assert (idea.state, idea.code, versions_of(idea)) == (IdeaState.DRAFT, None, [])
    assert kinds_of_events() == []


def test_late_idea_stays_a_draft_with_both_times_told(browser, youth):
    idea = IdeaFactory(owner=youth)
    words = idea.answers[0].html
    deadline = idea.campaign.closes_at

    with clock.set_to(deadline + timedelta(seconds=3)):
        page = send(browser.as_(youth), idea, 409)

    late = clock.local(deadline + timedelta(seconds=3)).strftime("%H:%M:%S %d/%m/%Y")
    assert late in page
    assert clock.local(deadline).strftime("%H:%M") in page
    assert (idea.state, idea.code, idea.answers[0].html) == (IdeaState.DRAFT, None, words)


def test_what_came_in_on_the_last_moment_counts_however_long_it_took(browser, youth):
    idea = IdeaFactory(owner=youth)
    deadline = idea.campaign.closes_at

    with clock.receiving(deadline), clock.set_to(deadline + timedelta(seconds=20)):
        submit(youth, idea)

    assert idea.submitted_at == deadline


def test_one_moment_after_the_last_does_not_count(app, youth):
    idea = IdeaFactory(owner=youth)

    with clock.receiving(idea.campaign.closes_at + timedelta(milliseconds=1)), pytest.raises(Late):
        submit(youth, idea)


def test_returned_idea_comes_back_after_the_general_deadline(app, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.RETURNED)
    idea.return_due_at = idea.campaign.closes_at + timedelta(days=3)
    db.session.commit()

    with clock.receiving(idea.campaign.closes_at + timedelta(days=2)):
        submit(youth, idea)

    assert (idea.state, idea.version_number) == (IdeaState.SUBMITTED, 2)


def test_sending_again_makes_version_2_and_leaves_version_1_as_it_was(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    send(mine, idea)
    first_title, code = idea.title, idea.code
    mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, title="Hộp gom pin, bản hai"), status=302)

    send(mine, idea, once_key="khoa-2")

    assert [(v.number, v.title) for v in versions_of(idea)] == [(1, first_title), (2, "Hộp gom pin, bản hai")]
    assert (idea.code, idea.title, idea.pending) == (code, "Hộp gom pin, bản hai", None)
    assert idea.search_title == "hop gom pin ban hai"


def test_sending_the_same_again_is_no_new_version(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    send(mine, idea)

    send(mine, idea, 409, once_key="khoa-2")

    assert [v.number for v in versions_of(idea)] == [1]


def test_text_changed_since_it_was_read_is_read_again_first(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    seen = pledged(idea)
    mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, title="Đồng đội vừa sửa"), status=302)

    page = mine.post(f"/cua-toi/{idea.public_id}/nop", seen, status=302)

    assert page.location == f"/cua-toi/{idea.public_id}/xem-truoc"
    assert versions_of(idea) == []


@pytest.mark.parametrize("state", [IdeaState.APPROVED, IdeaState.REJECTED, IdeaState.WITHDRAWN])
def test_decided_idea_is_not_sent_again(browser, youth, state):
    idea = IdeaFactory(owner=youth, state=state)

    send(browser.as_(youth), idea, 409)

    assert [v.number for v in versions_of(idea)] == [1]


def test_codes_follow_one_another_and_each_campaign_has_its_own_series(app, youth):
    school = CampaignFactory(code_prefix="GD")
    campaign = CampaignFactory()
    ideas = [
        IdeaFactory(owner=youth, campaign=campaign),
        IdeaFactory(owner=youth, campaign=school),
        IdeaFactory(owner=youth, campaign=campaign),
    ]

    for number, idea in enumerate(ideas):
        submit(youth, idea, key=f"k{number}")

    year = clock.local(now()).year
    assert [idea.code for idea in ideas] == [f"YT-{year}-0001", f"GD-{year}-0001", f"YT-{year}-0002"]


def test_year_of_a_code_is_the_vietnamese_one(app, youth):
    idea = IdeaFactory(owner=youth)
    idea.campaign.closes_at = now() + timedelta(days=400)
    db.session.commit()
    new_year_in_vietnam = clock.at_local(date(2027, 1, 1), clock.time(0, 30))  # still 31 December in UTC

    with clock.set_to(new_year_in_vietnam):
        submit(youth, idea)

    assert idea.code == "YT-2027-0001"


def missing_of(idea, person):
    """What the page would say is missing, in words."""
    return " ".join(str(one.text) for one in completeness_of(queries.whole(idea), person).missing)


def born(years, days=0):
    """Somebody who is that old today, or will be in `days` days."""
    day = clock.today() + timedelta(days=days)
    return (
        day.replace(year=day.year - years, day=min(day.day, 28))
        if (day.month, day.day) == (2, 29)
        else (day.replace(year=day.year - years))
    )


def test_who_turns_sixteen_today_needs_no_guardian(app):
    young = UserFactory(birth_date=born(16))
    idea = IdeaFactory(owner=young)

    submit(young, idea)

    assert idea.state is IdeaState.SUBMITTED


def test_who_turns_sixteen_tomorrow_does(app):
    young = UserFactory(birth_date=born(16, days=1))
    idea = IdeaFactory(owner=young)

    with pytest.raises(Incomplete) as refused:
        submit(young, idea)

    assert "giám hộ" in " ".join(str(one.text) for one in refused.value.missing)


def test_child_sends_once_the_guardian_has_agreed(app):
    child = UserFactory(birth_date=born(13))
    idea = IdeaFactory(owner=child)
    db.session.add(
        Guardianship(
            child_id=child.id,
            guardian_name="Nguyễn Thị Bến",
            guardian_email="me@example.vn",
            state=GuardianState.CONFIRMED,
            asked_at=now(),
        )
    )
    db.session.add(
        Consent(
            user_id=child.id,
            purpose=Purpose.CONTEST,
            by_guardian=True,
            given=True,
            text_version=CONSENT_TEXT_VERSION,
            means="thử",
            at=now(),
        )
    )
    db.session.commit()

    submit(child, idea)

    assert idea.state is IdeaState.SUBMITTED


@pytest.mark.parametrize(
    ("years", "days", "accepted"), [(12, 0, True), (12, 1, False), (36, 1, True), (36, 0, False)]
)
def test_age_is_counted_on_the_vietnamese_day(app, years, days, accepted):
    person = UserFactory(birth_date=born(years, days))
    idea = IdeaFactory(owner=person)

    told = missing_of(idea, person)

    assert ("độ tuổi" not in told) is accepted


def test_withdrawn_consent_stops_the_sending(app, youth):
    idea = IdeaFactory(owner=youth)
    for consent in youth.consents:
        consent.withdrawn_at = now()
    db.session.commit()

    with pytest.raises(Incomplete) as refused:
        submit(youth, idea)

    assert [one.field for one in refused.value.missing] == ["account"]


def test_sixth_idea_of_a_person_is_refused(app, youth):
    campaign = CampaignFactory(ideas_max=2)
    for number in range(2):
        submit(youth, IdeaFactory(owner=youth, campaign=campaign), key=f"k{number}")
    idea = IdeaFactory(owner=youth, campaign=campaign)

    with pytest.raises(Incomplete) as refused:
        submit(youth, idea, key="k9")

    assert "đã gửi đủ 2 ý tưởng" in str(refused.value.missing[0].text)


def test_organiser_who_became_one_later_sends_nothing(app, youth):
    idea = IdeaFactory(owner=youth)
    youth.grants.append(RoleGrant(role=Role.JUDGE, campaign_id=idea.campaign_id, given_at=now()))
    db.session.commit()

    with pytest.raises(Incomplete):
        submit(youth, idea)


def test_judge_of_another_campaign_may_take_part(app, youth):
    idea = IdeaFactory(owner=youth)
    other = CampaignFactory()
    youth.grants.append(RoleGrant(role=Role.JUDGE, campaign_id=other.id, given_at=now()))
    db.session.commit()

    submit(youth, idea)

    assert idea.state is IdeaState.SUBMITTED


def test_team_waits_for_everybody(app, youth):
    idea = IdeaFactory(owner=youth)
    idea.authors[0].share_percent = 60
    db.session.add(
        Author(
            idea_id=idea.id,
            email="ban@example.vn",
            full_name="Trần Bình",
            share_percent=40,
            state=AuthorState.INVITED,
            invited_at=now(),
        )
    )
    db.session.commit()

    with pytest.raises(Incomplete) as refused:
        submit(youth, idea)

    assert [str(one.text) for one in refused.value.missing] == ["Chờ Trần Bình xác nhận vào đội"]


def test_stranger_sends_nothing(browser, youth):
    idea = IdeaFactory()

    send(browser.as_(youth), idea, 404)

    assert versions_of(idea) == []


def test_leader_withdraws_with_words_typed_by_hand(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    mine = browser.as_(youth)

    page = mine.post(
        f"/cua-toi/{idea.public_id}/rut", {"version": idea.version, "phrase": "rút bài"}, status=302
    )

    assert page.location == "/cua-toi"
    assert idea.state is IdeaState.WITHDRAWN
    assert kinds_of_events() == ["idea.withdrawn"]


def test_withdrawing_without_the_words_is_refused(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)

    page = browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/rut", {"version": idea.version, "phrase": "ok"}, status=422
    )

    assert page.errors()["phrase"]
    assert idea.state is IdeaState.SUBMITTED


def test_idea_under_judging_stays(app, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.APPROVED, judging_started_at=now())

    with pytest.raises(WrongState), transaction():
        service.withdraw_idea(youth, idea, version=idea.version, phrase="RÚT BÀI")


def test_member_who_does_not_lead_withdraws_nothing(app, youth):
    idea = IdeaFactory(state=IdeaState.SUBMITTED)
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

    db.session.expire_all()
    with pytest.raises(WrongState), transaction():
        service.withdraw_idea(youth, queries.by_id(idea.id), version=idea.version, phrase="RÚT BÀI")


def test_campaign_that_was_closed_early_takes_nothing(app, youth):
    idea = IdeaFactory(owner=youth)
    idea.campaign.state = CampaignState.CLOSED
    db.session.commit()

    with pytest.raises(WrongState):
        submit(youth, idea)

    assert idea.state is IdeaState.DRAFT


def test_page_offers_no_second_sending_of_the_same(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    send(mine, idea)

    for page in ("xem-truoc", "nop"):
        assert "chưa có gì thay đổi" in mine.get(f"/cua-toi/{idea.public_id}/{page}")
    assert f"/cua-toi/{idea.public_id}/nop" not in mine.get(f"/cua-toi/{idea.public_id}/xem-truoc").links()


@pytest.mark.parametrize("page", ["xem-truoc", "nop", "sua", "tep"])
def test_pages_of_writing_lead_to_the_idea_once_it_is_decided(browser, youth, page):
    idea = IdeaFactory(owner=youth, state=IdeaState.APPROVED)

    assert (
        browser.as_(youth).get(f"/cua-toi/{idea.public_id}/{page}", status=302).location
        == f"/cua-toi/{idea.public_id}"
    )


def test_draft_is_put_away_without_typing_words(browser, youth):
    idea = IdeaFactory(owner=youth)

    browser.as_(youth).post(f"/cua-toi/{idea.public_id}/rut", {"version": idea.version}, status=302)

    assert idea.state is IdeaState.WITHDRAWN


def test_process_that_dies_after_the_code_is_taken_leaves_no_trace_and_no_gap(app, youth, monkeypatch):
    idea = IdeaFactory(owner=youth)
    monkeypatch.setenv("FAULT_POINTS", "submit.after_code=raise")
    with pytest.raises(InjectedFault):
        submit(youth, idea)
    db.session.expire_all()
    assert (idea.state, idea.code, versions_of(idea), kinds_of_events()) == (IdeaState.DRAFT, None, [], [])
    monkeypatch.delenv("FAULT_POINTS")

    submit(youth, idea)

    assert idea.code.endswith("-0001")


def test_answer_lost_after_the_commit_is_found_again_by_the_same_key(app, youth, monkeypatch):
    idea = IdeaFactory(owner=youth)
    seen = idea.version
    monkeypatch.setenv("FAULT_POINTS", "commit.after=raise")
    with pytest.raises(InjectedFault):
        submit(youth, idea)
    monkeypatch.delenv("FAULT_POINTS")
    db.session.expire_all()

    with transaction():
        again = service.submit_idea(youth, queries.by_id(idea.id), once_key="k", version=seen)

    assert again.number == 1
    assert [v.number for v in versions_of(idea)] == [1]


def test_text_from_an_old_font_is_noticed_before_sending(browser, youth):
    idea = IdeaFactory(owner=youth, summary="§Æt hép gom pin cò ë b¶n phµ vµ nhµ v¨n hãa")

    assert "phông chữ cũ" in browser.as_(youth).get(f"/cua-toi/{idea.public_id}/xem-truoc")
