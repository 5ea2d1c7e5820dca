"""Nobody acts on their own matter, nor sees how it stands before everybody does: organisers and the chair included."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.accounts.models import Guardianship, User
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.finals import lots, planning
from app.finals import service as finals
from app.ideas.models import Author
from app.ideas.rules import AuthorState
from app.judging import panel, rounds, service
from app.judging.conflicts import declare_conflict, lift_conflict
from app.judging.models import Entry, PanelMember
from app.judging.paper import service as paper
from app.judging.plan import plan_of
from app.judging.rules import Exclusion
from app.judging.secretary.service import appoint_secretary
from app.judging.stakes import stakes_of
from app.permissions import Role
from app.results import exclusion
from app.results import service as results
from app.results.appeals import service as appeals
from app.results.appeals.rules import AppealState
from app.results.council import service as council
from app.results.freezing import ranking_of
from app.results.rules import suggested
from tests.factories import (
    AppealFactory,
    PanelMemberFactory,
    RankingFactory,
    RoundFactory,
    UnitFactory,
    UserFactory,
)
from tests.finals.stage import stage
from tests.judging.contest import contest, declared, in_the_chair
from tests.results.podium import podium, proposed, published
from tests.results.session import locked, sitting

WHY = "Là học trò lớp tôi chủ nhiệm năm ngoái."
REFUSED = "quan hệ liên quan"


def author_of(idea) -> User:
    return db.session.get_one(User, idea.created_by_id)


# --- who has a stake ---------------------------------------------------------------------------------------------------


def on_the_team(person, idea):
    idea.authors[0].user_id = person.id


def of_the_same_unit(person, idea):
    person.unit_id = author_of(idea).unit_id = UnitFactory().id


def guardian_of_an_author(person, idea):
    db.session.add(
        Guardianship(
            child_id=idea.created_by_id,
            guardian_name="Mẹ",
            guardian_email="me@example.vn",
            relation="mother",
            guardian_user_id=person.id,
            asked_at=now(),
        )
    )


RELATIONS = [on_the_team, of_the_same_unit, guardian_of_an_author, declared]


@pytest.mark.parametrize("relate", RELATIONS)
def test_a_stake_is_had_in_the_idea_that_one_has_a_relation_to(app, moderator, relate):
    made = contest()
    idea = made.entries[0].idea
    relate(moderator, idea)
    db.session.commit()

    assert stakes_of(moderator, made.round.campaign_id) == {idea.id}


def test_who_is_only_invited_has_none_or_anybody_could_give_them_one(app, moderator):
    made = contest()
    db.session.add(
        Author(
            idea_id=made.entries[0].idea_id,
            user_id=moderator.id,
            email=moderator.email,
            full_name=moderator.full_name,
            state=AuthorState.INVITED,
            invited_at=now(),
        )
    )
    db.session.commit()

    assert stakes_of(moderator, made.round.campaign_id) == set()


# --- commands: each is refused about one's own idea, and done by somebody else ------------------------------------------


class Case:
    """A command about the first idea of a round, and who would give it."""

    def __init__(self, idea, actor, do):
        self.idea, self.actor, self.do = idea, actor, do


def staff(role=Role.MODERATOR) -> User:
    return UserFactory(role=role)


def setting_a_conflict():
    made = contest(submitted=True)
    idea, judge = made.entries[0].idea, made.judges[0]
    return Case(
        idea,
        staff(),
        lambda actor: declare_conflict(actor, judge, made.round.campaign, reason=WHY, idea=idea),
    )


def setting_a_conflict_with_a_person():
    made = contest(submitted=True)
    idea, judge = made.entries[0].idea, made.judges[0]
    about = {"person_id": author_of(idea).id}
    return Case(
        idea,
        staff(),
        lambda actor: declare_conflict(actor, judge, made.round.campaign, reason=WHY, **about),
    )


def lifting_a_conflict():
    made = contest(dealt=False)
    idea = made.entries[0].idea
    with transaction():
        held = declare_conflict(staff(), made.judges[0], made.round.campaign, reason=WHY, idea=idea)
    return Case(idea, staff(), lambda actor: lift_conflict(actor, made.round.campaign, held, reason=WHY))


def reopening_a_sheet():
    made = contest(submitted=True)
    return Case(
        made.entries[0].idea, staff(), lambda actor: service.reopen_sheet(actor, made.sheets[0], reason=WHY)
    )


def voiding_a_sheet():
    made = contest(submitted=True)
    return Case(
        made.entries[0].idea, staff(), lambda actor: service.void_sheet(actor, made.sheets[0], reason=WHY)
    )


def typing_a_paper_sheet():
    made = contest()
    marks = {"moi": "30", "hieu_qua": "40"}
    return Case(
        made.entries[0].idea,
        staff(),
        lambda actor: paper.type_marks(actor, made.sheets[0], typed=marks, comment="", version=1),
    )


def excluding_an_idea():
    made = contest(submitted=True)
    how = {"excluded_as": Exclusion.DISQUALIFIED, "reason": WHY}
    return Case(made.entries[0].idea, staff(), lambda actor: exclusion.exclude(actor, made.entries[0], **how))


def taking_an_idea_back_in():
    case = excluding_an_idea()
    with transaction():
        case.do(case.actor)
    entry = db.session.scalars(sa.select(Entry).where(Entry.idea_id == case.idea.id)).one()
    return Case(case.idea, staff(), lambda actor: exclusion.readmit(actor, entry, reason=WHY))


def counting_votes():
    made = contest()
    entry = made.entries[0]
    return Case(entry.idea, staff(), lambda actor: rounds.set_votes(actor, made.round, {entry.id: 900}))


def taking_a_judge_off():
    made = contest(submitted=True)
    seat = db.session.query(PanelMember).filter_by(judge_id=made.judges[0].id).one()
    return Case(
        made.entries[0].idea, staff(), lambda actor: panel.remove_panel_member(actor, made.round, seat)
    )


def choosing_who_goes_on():
    made = contest(ideas=3, submitted=True, cut_top=1)
    RankingFactory(round=made.round)
    to = RoundFactory(campaign=made.round.campaign, position=1)
    idea = made.entries[0].idea
    return Case(idea, staff(), lambda actor: results.advance_round(actor, made.round, to, voted=[idea.id]))


def proposing_awards():
    won = podium()
    choices = suggested(
        results.ranked_ideas(ranking_of(won.made.round)), results.prize_offers(won.made.round)
    )
    return Case(won.ideas[0], staff(), lambda actor: results.propose_awards(actor, won.made.round, choices))


def withdrawing_a_proposal():
    won = podium()
    found = proposed(won, staff())
    return Case(
        won.ideas[0],
        staff(),
        lambda actor: results.withdraw_proposal(actor, found, version=found.version),
    )


def publishing():
    won = podium()
    found = proposed(won, staff())
    return Case(
        won.ideas[0],
        staff(Role.LEADER),
        lambda actor: results.publish(actor, found, version=found.version),
    )


def releasing_a_comment():
    won = podium()
    return Case(
        won.ideas[0],
        in_the_chair(won.made),
        lambda actor: results.release_comment(actor, won.made.sheets[0], text="Hỏi thêm bà con."),
    )


def appeal_about(state):
    won = podium()
    return won, AppealFactory(
        publication=published(won, staff(), staff(Role.LEADER)), idea=won.ideas[0], state=state
    )


def taking_up_an_appeal():
    won, filed = appeal_about(AppealState.RECEIVED)
    return Case(won.ideas[0], staff(), lambda actor: appeals.take_up(actor, filed, version=filed.version))


def answering_an_appeal():
    won, filed = appeal_about(AppealState.TAKEN_UP)
    answer = "Ban Tổ chức đã xem lại từng phiếu của bài và kết luận như sau."
    return Case(
        won.ideas[0],
        staff(),
        lambda actor: appeals.answer_appeal(actor, filed, upheld=True, answer=answer, version=filed.version),
    )


def voiding_after_an_appeal():
    won, filed = appeal_about(AppealState.UPHELD)
    sheet = won.made.sheets[0]
    return Case(won.ideas[0], staff(), lambda actor: appeals.void_sheet(actor, filed, sheet, reason=WHY))


def reopening_after_an_appeal():
    won, filed = appeal_about(AppealState.UPHELD)
    sheet = won.made.sheets[0]
    return Case(won.ideas[0], staff(), lambda actor: appeals.reopen_sheet(actor, filed, sheet, reason=WHY))


def ranking_again():
    won, filed = appeal_about(AppealState.UPHELD)
    with transaction():
        appeals.void_sheet(staff(), filed, won.made.sheets[0], reason=WHY)
    return Case(won.ideas[0], staff(), lambda actor: appeals.rank_again(actor, filed, won.made.round))


def voiding_all_sheets_of_a_judge_in_a_final():
    evening = stage()
    judge = evening.made.judges[1]
    return Case(
        evening.made.entries[0].idea,
        staff(Role.ADMINISTRATOR),
        lambda actor: finals.void_judge(
            actor, evening.final, judge_id=judge.id, reason=WHY, version=evening.final.version
        ),
    )


def ordering_a_final_without_lots():
    evening = stage()
    evening.do(lots.open_draw)
    codes = [entry.judging_code for entry in evening.made.entries]
    return Case(
        evening.made.entries[0].idea,
        staff(Role.ADMINISTRATOR),
        lambda actor: lots.set_order(
            actor, evening.final, order=codes, reason=WHY, version=evening.final.version
        ),
    )


def final_with_lots_drawn():
    evening = stage()
    evening.do(lots.open_draw)
    evening.do(lots.draw_lots, number="73129")
    return evening


def planning_a_final_anew_when_lots_were_drawn():
    evening = final_with_lots_drawn()
    minutes = {"minutes": 5, "question_minutes": 3}
    return Case(
        evening.made.entries[0].idea,
        staff(Role.ADMINISTRATOR),
        lambda actor: planning.replan_final(
            actor, evening.final, reason=WHY, version=evening.final.version, **minutes
        ),
    )


def cancelling_a_final_when_lots_were_drawn():
    evening = final_with_lots_drawn()
    return Case(
        evening.made.entries[0].idea,
        staff(Role.ADMINISTRATOR),
        lambda actor: planning.cancel_final(actor, evening.final, reason=WHY, version=evening.final.version),
    )


def moving_a_dealt_sheet():
    made = contest(ideas=6, judges=4, k=2, dealt=False)
    deal = {"sure": True, "accept_imbalance": True}
    with transaction():
        seen = plan_of(made.round, accept_imbalance=True).fingerprint
        rounds.assign_judges(staff(), made.round, seen=seen, **deal)
    PanelMemberFactory(round=made.round, judge=staff(Role.JUDGE))
    db.session.commit()
    moved = next(iter(plan_of(made.round, accept_imbalance=True).withdrawn))
    idea = next(entry.idea for entry in made.entries if entry.id == moved[0])
    return Case(
        idea,
        staff(),
        lambda actor: rounds.assign_judges(
            actor, made.round, seen=plan_of(made.round, accept_imbalance=True).fingerprint, **deal
        ),
    )


def a_council_with_a_case():
    held = sitting([(40, 0, 20), (30, 30, 30), (20, 20, 20), (20, 20, 20)], cut_top=2)
    case = held.council.cases[0]
    return held, case, case.entries[0].entry.idea


def noting_a_case():
    held, case, idea = a_council_with_a_case()
    return Case(
        idea, held.chair, lambda actor: council.note_case(actor, case, note="Đã bàn.", version=case.version)
    )


def secretary_of(round_) -> User:
    """One who marks nothing."""
    person = staff(Role.OFFICER)
    with transaction():
        appoint_secretary(staff(), round_, person)
    return person


def noting_a_case_as_a_secretary_who_marks_nothing():
    held, case, idea = a_council_with_a_case()
    return Case(
        idea,
        secretary_of(held.made.round),
        lambda actor: council.note_case(actor, case, note="Đã bàn.", version=case.version),
    )


def releasing_a_comment_as_a_secretary_who_marks_nothing():
    held = locked([(30, 30, 30), (20, 20, 20)])
    return Case(
        held.made.entries[0].idea,
        secretary_of(held.made.round),
        lambda actor: results.release_comment(actor, held.made.sheets[0], text="Hỏi thêm bà con."),
    )


COMMANDS = [
    setting_a_conflict,
    setting_a_conflict_with_a_person,
    lifting_a_conflict,
    reopening_a_sheet,
    voiding_a_sheet,
    typing_a_paper_sheet,
    excluding_an_idea,
    taking_an_idea_back_in,
    counting_votes,
    taking_a_judge_off,
    choosing_who_goes_on,
    proposing_awards,
    withdrawing_a_proposal,
    publishing,
    releasing_a_comment,
    taking_up_an_appeal,
    answering_an_appeal,
    voiding_after_an_appeal,
    reopening_after_an_appeal,
    ranking_again,
    voiding_all_sheets_of_a_judge_in_a_final,
    ordering_a_final_without_lots,
    planning_a_final_anew_when_lots_were_drawn,
    cancelling_a_final_when_lots_were_drawn,
    moving_a_dealt_sheet,
    noting_a_case,
    noting_a_case_as_a_secretary_who_marks_nothing,
    releasing_a_comment_as_a_secretary_who_marks_nothing,
]


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_does_it_about_an_idea_that_they_have_a_relation_to(app, command):
    case = command()
    of_the_same_unit(case.actor, case.idea)
    db.session.commit()

    with pytest.raises(WrongState, match=REFUSED), transaction():
        case.do(case.actor)


@pytest.mark.parametrize("command", COMMANDS)
def test_others_do_it(app, command):
    case = command()

    with transaction():
        case.do(case.actor)


@pytest.mark.parametrize(
    "command", [setting_a_conflict, voiding_a_sheet, counting_votes, answering_an_appeal, publishing]
)
def test_who_takes_part_does_it_about_no_rival_either(app, command):
    case = command()
    rival = next(idea for idea in db.session.scalars(sa.select(type(case.idea))) if idea.id != case.idea.id)
    on_the_team(case.actor, rival)
    db.session.commit()

    with pytest.raises(WrongState, match=REFUSED), transaction():
        case.do(case.actor)


def test_without_the_rule_it_would_be_done(app, monkeypatch):
    """The tests above can fail."""
    case = voiding_a_sheet()
    of_the_same_unit(case.actor, case.idea)
    db.session.commit()
    monkeypatch.setattr("app.judging.stakes.has_stake", lambda *_: False)

    with transaction():
        case.do(case.actor)


# --- pages: of one's own idea neither the row nor what it follows from ---------------------------------------------------


@pytest.fixture
def related(app, moderator):
    """An open round; the moderator's unit sent in its first idea."""
    made = contest(ideas=3, submitted=False)
    made.sheet(made.judges[0], made.entries[1]).state = made.sheets[0].state
    declared(made.judges[0], made.entries[0].idea)
    of_the_same_unit(moderator, made.entries[0].idea)
    db.session.commit()
    return made


def pages_of(made):
    seat = db.session.query(PanelMember).filter_by(judge_id=made.judges[0].id).one()
    return [
        f"/quan-tri/vong-cham/{made.round.id}",
        f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{seat.id}",
        f"/ban-giam-khao/{made.round.id}",
        f"/quan-tri/phieu-giay/vong/{made.round.id}",
        f"/quan-tri/phieu-giay/vong/{made.round.id}/in",
    ]


def test_organisers_follow_every_idea_but_the_one_they_have_a_relation_to(browser, related, moderator):
    own, other = related.entries[0], related.entries[1]
    page, stranger = browser.as_(moderator), browser.as_(staff())

    for address in pages_of(related):
        mine, theirs = page.get(address).html, stranger.get(address).html
        assert own.judging_code in theirs, address
        assert own.judging_code not in mine, address
        assert own.idea.code not in mine, address
        assert other.judging_code in mine, address


def test_counts_leave_it_out_too(browser, related, moderator):
    mine = browser.as_(moderator).get(f"/ban-giam-khao/{related.round.id}")
    theirs = browser.as_(staff()).get(f"/ban-giam-khao/{related.round.id}")

    assert "0/4" in mine
    assert "0/6" in theirs


def test_its_paper_sheet_and_its_page_are_not_theirs_to_read(browser, related, moderator):
    sheet = related.sheets[0]

    for address in (
        f"/quan-tri/phieu-giay/{sheet.public_id}",
        f"/quan-tri/vong-cham/{related.round.id}/bai/{sheet.entry_id}",
    ):
        browser.as_(moderator).get(address, status=404)
        browser.as_(staff()).get(address)


@pytest.fixture
def ranked(app):
    """Awards are proposed; whoever asks has the unit of the team that stands third."""
    won = podium()
    return won, proposed(won, staff())


def standing_pages(won, found):
    return [
        f"/quan-tri/ket-qua/{won.made.round.id}",
        f"/quan-tri/giai-thuong/{won.made.round.id}",
        f"/quan-tri/cong-bo/{found.id}",
    ]


def test_a_ranking_is_shown_to_nobody_with_a_stake_in_it_before_it_is_public(browser, ranked, moderator):
    won, found = ranked
    of_the_same_unit(moderator, won.ideas[2])
    db.session.commit()

    for address in standing_pages(won, found):
        mine = browser.as_(moderator).get(address)
        assert won.ideas[0].title in browser.as_(staff()).get(address), address
        assert not [idea for idea in won.ideas if idea.title in mine or idea.code in mine], address
        assert "Bạn xem được khi kết quả công bố" in mine

    with transaction():
        results.publish(staff(Role.LEADER), found, version=found.version)

    assert won.ideas[0].title in browser.as_(moderator).get(f"/quan-tri/ket-qua/{won.made.round.id}")


def test_the_minutes_wait_for_publication_too(browser, moderator):
    held = sitting([(30, 30, 30), (20, 20, 20), (10, 10, 10)])
    for case in held.council.cases:
        with transaction():
            council.decide_case(
                held.chair, case, note="", decision="Giữ nguyên.", reason=WHY, version=case.version
            )
    held.close()
    of_the_same_unit(moderator, held.made.entries[0].idea)
    db.session.commit()

    for address in (f"{held.address}/bien-ban", f"{held.address}/bien-ban.docx"):
        mine = browser.as_(moderator).get(address)
        assert "Bạn xem được khi kết quả công bố" in mine
        assert held.chair.full_name not in mine
    assert held.chair.full_name in browser.as_(staff()).get(f"{held.address}/bien-ban")


def test_totals_of_a_final_are_shown_to_them_only_when_the_hall_reads_them(browser, administrator):
    evening = stage().to_closed()
    evening.do(finals.open_totals, shown=False)
    of_the_same_unit(administrator, evening.made.entries[0].idea)
    db.session.commit()
    page = browser.as_(administrator)

    held_back = page.get(evening.address)
    evening.do(finals.show_totals)
    on_screen = page.get(evening.address)

    assert "79,11" not in held_back
    assert "79,11" in browser.as_(staff(Role.ADMINISTRATOR)).get(evening.address)
    assert "79,11" in on_screen


def test_the_script_of_the_ceremony_is_not_read_by_who_may_win(browser, administrator):
    evening = stage().to_reveal()
    of_the_same_unit(administrator, evening.made.entries[0].idea)
    db.session.commit()

    mine = browser.as_(administrator).get(f"{evening.address}/kich-ban")

    assert evening.made.entries[0].idea.title not in mine
    assert "Bạn xem được khi kết quả công bố" in mine


def test_a_chair_with_a_relation_finds_no_gap_where_that_idea_would_stand(browser):
    held = sitting([(39, 39, 39), (30, 30, 30), (20, 20, 20), (11, 11, 11)], cut_top=2)
    own = held.made.entries[1]
    declared(held.chair, own.idea)
    db.session.commit()

    page = browser.as_(held.chair).get(f"{held.address}/so-lieu")
    ranks = [
        cell.findtext("b")
        for cell in page.tree.iter("td")
        if cell.get("data-l") == "Hạng" and cell.find("b") is not None
    ]

    assert ranks == ["1", "2", "3"]
    assert own.idea_version.title not in page
    assert "is-cut" not in page.html


def test_a_member_with_a_relation_reads_no_comment_on_that_idea(browser):
    won = podium()
    chair = in_the_chair(won.made)
    for sheet in won.made.sheets:
        sheet.comment = f"Lời của phiếu {sheet.id}."
    declared(chair, won.ideas[0])
    db.session.commit()
    address = f"/hoi-dong/{won.made.round.id}/nhan-xet"

    page = browser.as_(chair).get(address)
    sheet = won.made.sheet(won.made.judges[1], won.made.entries[0])
    browser.as_(chair).post(address, {"sheet": sheet.id, "text": "Cho hiện"}, status=409)

    assert won.made.entries[0].judging_code not in page
    assert won.made.entries[1].judging_code in page
    assert sheet.released_comment == ""


def test_a_secretary_who_marks_nothing_reads_no_sheet_on_an_idea_of_their_child(browser):
    held, case, idea = a_council_with_a_case()
    person = secretary_of(held.made.round)
    guardian_of_an_author(person, idea)
    db.session.commit()
    own = case.entries[0].entry.judging_code

    page = browser.as_(person).get(f"{held.address}/viec/{case.id}")
    figures = browser.as_(person).get(f"{held.address}/so-lieu")
    with pytest.raises(WrongState, match=REFUSED), transaction():
        council.note_case(person, case, note="Đã bàn.", version=case.version)

    assert f"Các phiếu của {own}" in browser.as_(held.chair).get(f"{held.address}/viec/{case.id}")
    assert f"Các phiếu của {own}" not in page
    assert idea.title not in figures
    browser.as_(person).get(f"{held.address}/bai/{own}", status=404)


def test_a_moved_assignment_is_shown_without_it(browser, moderator):
    made = moving_a_dealt_sheet()
    of_the_same_unit(moderator, made.idea)
    db.session.commit()
    entry = db.session.scalars(sa.select(Entry).where(Entry.idea_id == made.idea.id)).one()
    address = f"/quan-tri/vong-cham/{entry.round_id}/phan-cong?chap-nhan=1"

    mine, theirs = browser.as_(moderator).get(address), browser.as_(staff()).get(address)

    assert entry.judging_code in theirs
    assert entry.judging_code not in mine
