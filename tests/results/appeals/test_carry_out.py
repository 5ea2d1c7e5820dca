"""What an upheld appeal allows: locked sheets are corrected, ranked again, published again; the old results stay."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import NotAllowed, NotFound, Refused, WrongState
from app.core.events import Event
from app.initiatives.models import Initiative, Update
from app.initiatives.service import publish_and_forward
from app.judging import service as judging
from app.judging.models import ScoreSheet
from app.judging.rules import SheetState
from app.mail.models import Mail
from app.permissions import Role
from app.results import service as results
from app.results.appeals import service
from app.results.appeals.models import Appeal
from app.results.appeals.rules import AppealState
from app.results.freezing import content_hash, ranking_of
from app.results.models import Publication, Ranking
from app.results.rules import PublicationState
from app.worker import run_once
from tests.factories import AppealFactory, UserFactory
from tests.judging.contest import contest, row, together
from tests.results.podium import podium, proposed, published

WHY = "Giám khảo ghi nhầm ô điểm, theo biên bản."
S, P = AppealState, PublicationState


@pytest.fixture
def stage(app, moderator, leader):
    return podium()


@pytest.fixture
def first(stage, moderator, leader):
    return published(stage, moderator, leader)


@pytest.fixture
def upheld(first, stage):
    return AppealFactory(publication=first, idea=stage.ideas[3], state=S.UPHELD)


def own_sheets(stage, place=3):
    return [s for s in stage.made.sheets if s.entry_id == stage.made.entries[place].id]


def page_of(appeal, part=""):
    return f"/quan-tri/khieu-nai/{appeal.id}{part}"


def mend(stage, place, hundredths):
    """Both judges mark the idea again, after their sheets were given back."""
    for sheet in own_sheets(stage, place):
        judge = db.session.get(User, sheet.judge_id)
        for points, criterion in ((hundredths, sheet.criteria[0]),):
            with transaction():
                judging.mark_criterion(
                    judge, sheet, criterion, points=points, comment=None, version=sheet.version
                )
        with transaction():
            judging.submit_sheet(judge, sheet, version=sheet.version)


def reopen_all(stage, appeal, staff, place=3):
    for sheet in own_sheets(stage, place):
        with transaction():
            service.reopen_sheet(staff, appeal, sheet, reason=WHY)


def again(stage, appeal, staff, publisher):
    """Sheets of the last idea are mended to the full mark, ranked, proposed and published anew."""
    reopen_all(stage, appeal, staff)
    mend(stage, 3, "40")
    for sheet in own_sheets(stage, 0):
        with transaction():
            service.reopen_sheet(staff, appeal, sheet, reason=WHY)
    mend(stage, 0, "11")
    with transaction():
        service.rank_again(staff, appeal, stage.made.round)
    second = proposed(stage, staff)
    with transaction():
        publish_and_forward(publisher, second, version=second.version)
    return second


def test_the_whole_way_from_an_upheld_appeal_to_new_results(browser, stage, first, upheld, moderator, leader):
    round_ = stage.made.round
    old = ranking_of(round_)
    shown_before = browser.get(f"/ket-qua/{round_.campaign.slug}").text
    sheet = own_sheets(stage)[0]
    staff, judge = browser.as_(moderator), browser.as_(db.session.get(User, sheet.judge_id))

    staff.post(page_of(upheld, "/phieu"), {"sheet": sheet.id, "step": "mo-lai", "reason": WHY}, status=302)
    assert (sheet.state, sheet.correcting) == (SheetState.REOPENED, True)
    judge.get(f"/cham-diem/{sheet.public_id}")
    judge.post(
        f"/cham-diem/{sheet.public_id}",
        {"viec": "nop", "version": sheet.version, "d_moi": "40", "d_hieu_qua": "60", **typed(judge, sheet)},
        status=302,
    )
    assert (sheet.state, sheet.correcting) == (SheetState.SUBMITTED, False)
    staff.post(page_of(upheld, f"/xep-hang/{round_.id}"), status=302)

    new = ranking_of(round_)
    assert (old.number, new.number) == (1, 2)
    assert content_hash(old) == old.content_hash
    assert browser.get(f"/ket-qua/{round_.campaign.slug}").text == shown_before  # until it is published
    assert "Bảng xếp hạng số 2" in staff.get(f"/quan-tri/ket-qua/{round_.id}")
    second = proposed(stage, moderator)
    browser.as_(leader).post(
        f"/quan-tri/cong-bo/{second.id}", {"phrase": "CÔNG BỐ", "version": second.version}, status=302
    )
    assert (first.state, second.state) == (P.SUPERSEDED, P.PUBLISHED)
    assert (first.ranking_id, second.ranking_id) == (old.id, new.id)
    then = browser.get(f"/ket-qua/{round_.campaign.slug}?phien-ban=1")
    assert "Bản này đã được thay" in then
    assert "77,00" in then  # 37 + 40, as it was


def typed(judge, sheet):
    """What the page of a sheet sends: every mark under its own name."""
    page = judge.get(f"/cham-diem/{sheet.public_id}")
    names = {e.get("name") for e in page.tree.iter("input") if e.get("inputmode") == "decimal"}
    return dict.fromkeys(names, "40")


def test_teams_read_the_published_ranking_until_the_next_is_published(
    browser, stage, first, upheld, moderator
):
    idea = stage.ideas[3]
    author = db.session.get(User, idea.created_by_id)
    page = f"/cua-toi/{idea.public_id}/ket-qua"
    before = browser.as_(author).get(page).text
    reopen_all(stage, upheld, moderator)
    mend(stage, 3, "40")
    with transaction():
        service.rank_again(moderator, upheld, stage.made.round)

    assert "Hạng 4" in before
    assert browser.as_(author).get(page).text == before


def test_new_results_forward_nobody_twice_and_delete_nothing(
    browser, stage, first, upheld, moderator, leader, officer
):
    second = again(stage, upheld, moderator, leader)

    found = {one.source_idea_id: one for one in db.session.query(Initiative)}
    assert set(found) == {idea.id for idea in stage.ideas}  # three of the first, one new
    kinds = [e.kind for e in db.session.query(Event).filter_by(object_type="initiatives")]
    assert kinds.count("initiative.received") == 4
    loser, kept = found[stage.ideas[0].id], found[stage.ideas[1].id]
    assert {award.id for award in second.awards} >= {kept.award_id}
    assert loser.award.publication_id == first.id
    note = db.session.query(Update).filter_by(initiative_id=loser.id).order_by(Update.id.desc()).first()
    assert "không còn giải" in note.text
    assert note.is_public is False
    page = browser.as_(officer).get(f"/hang-doi/{loser.code}")
    assert "(theo bản công bố đã được thay)" in page
    assert "không còn giải" in page
    assert "không còn giải" not in browser.get(f"/sang-kien/{loser.code}")
    assert "đã được thay" not in browser.as_(officer).get(f"/hang-doi/{kept.code}")


def test_the_preview_says_who_loses_a_prize(browser, stage, first, upheld, moderator, leader):
    reopen_all(stage, upheld, moderator, place=0)
    mend(stage, 0, "11")
    with transaction():
        service.rank_again(moderator, upheld, stage.made.round)
    second = proposed(stage, moderator)

    page = browser.as_(leader).get(f"/quan-tri/cong-bo/{second.id}")

    assert f"{stage.ideas[0].code} không còn Giải Nhất." in page
    assert "vẫn ở hàng đợi, có ghi chú" in page


def test_a_voided_sheet_counts_no_more(stage, first, upheld, moderator):
    sheet = own_sheets(stage)[0]

    with transaction():
        service.void_sheet(moderator, upheld, sheet, reason=WHY)
        service.rank_again(moderator, upheld, stage.made.round)

    new = next(r for r in ranking_of(stage.made.round).rows if r.entry_id == sheet.entry_id)
    assert (sheet.state, sheet.reason) == (SheetState.VOID, WHY)
    assert (new.sheets, new.unranked) == (1, "too_few_sheets")
    event = db.session.query(Event).filter_by(kind="sheet.voided").one()
    assert event.data["appeal_id"] == upheld.id


@pytest.mark.parametrize("state", sorted(set(S) - {S.UPHELD}))
def test_only_an_upheld_appeal_opens_what_is_locked(stage, first, moderator, state):
    appeal = AppealFactory(publication=first, idea=stage.ideas[3], state=state)
    sheet = own_sheets(stage)[0]

    for step in (service.void_sheet, service.reopen_sheet):
        with pytest.raises(WrongState), transaction():
            step(moderator, appeal, sheet, reason=WHY)
    with pytest.raises(WrongState), transaction():
        service.rank_again(moderator, appeal, stage.made.round)

    assert sheet.state is SheetState.SUBMITTED
    assert db.session.query(Ranking).count() == 1


def test_an_appeal_opens_nothing_of_another_campaign(stage, upheld, moderator):
    other = podium()

    with pytest.raises(WrongState), transaction():
        service.void_sheet(moderator, upheld, other.made.sheets[0], reason=WHY)
    with pytest.raises(WrongState), transaction():
        service.rank_again(moderator, upheld, other.made.round)


def test_an_appeal_against_results_that_were_replaced_opens_nothing(stage, first, upheld, moderator, leader):
    again(stage, upheld, moderator, leader)

    with pytest.raises(WrongState, match="đã được thay"), transaction():
        service.void_sheet(moderator, upheld, own_sheets(stage)[0], reason=WHY)
    with pytest.raises(WrongState, match="khiếu nại được chấp nhận"):
        proposed(stage, moderator)


def test_whoever_has_a_stake_corrects_nothing(stage, upheld):
    from app.accounts.models import RoleGrant
    from app.core.clock import now

    judge = stage.made.judges[0]
    db.session.add(RoleGrant(user_id=judge.id, role=Role.MODERATOR, given_at=now()))
    db.session.commit()
    db.session.expire_all()

    with pytest.raises((NotAllowed, NotFound)), transaction():
        service.void_sheet(judge, upheld, own_sheets(stage)[0], reason=WHY)


def test_a_sheet_given_back_must_come_in_before_ranking_again(stage, upheld, moderator):
    reopen_all(stage, upheld, moderator)

    with pytest.raises(WrongState, match="chưa nộp"), transaction():
        service.rank_again(moderator, upheld, stage.made.round)


def test_only_the_sheet_that_was_given_back_takes_marks(stage, upheld, moderator):
    sheet = own_sheets(stage)[0]
    other = next(s for s in stage.made.sheets if s.judge_id == sheet.judge_id and s is not sheet)
    other.state = SheetState.REOPENED
    db.session.commit()
    judge = db.session.get(User, sheet.judge_id)
    with transaction():
        service.reopen_sheet(moderator, upheld, sheet, reason=WHY)

    with transaction():
        judging.mark_criterion(
            judge, sheet, sheet.criteria[0], points="12", comment=None, version=sheet.version
        )
    with pytest.raises(WrongState), transaction():
        judging.mark_criterion(
            judge, other, other.criteria[0], points="12", comment=None, version=other.version
        )


def test_its_judge_is_written_to(stage, upheld, moderator):
    sheet = own_sheets(stage)[0]
    with transaction():
        service.reopen_sheet(moderator, upheld, sheet, reason=WHY)

    run_once()

    mail = db.session.query(Mail).filter_by(template="sheet_to_mend").one()
    assert mail.user_id == sheet.judge_id
    assert WHY in mail.body


def test_a_proposal_by_an_older_ranking_cannot_be_published(stage, upheld, moderator, leader):
    waiting = proposed(stage, moderator)
    with pytest.raises(WrongState, match="rút đề nghị"), transaction():
        service.rank_again(moderator, upheld, stage.made.round)
    older = ranking_of(stage.made.round)
    db.session.add(
        Ranking(
            round_id=older.round_id,
            number=2,
            method_used=older.method_used,
            figures=older.figures,
            content_hash="0" * 64,
            computed_at=older.computed_at,
        )
    )
    db.session.commit()

    with pytest.raises(WrongState, match="xếp hạng lại"), transaction():
        results.publish(leader, waiting, version=waiting.version)


def test_corrected_sheets_must_be_ranked_before_anything_is_proposed_or_published(
    stage, upheld, moderator, leader
):
    waiting = proposed(stage, moderator)
    sheets = own_sheets(stage)
    with transaction():
        service.reopen_sheet(moderator, upheld, sheets[0], reason=WHY)

    with pytest.raises(WrongState, match="chưa nộp"), transaction():
        results.publish(leader, waiting, version=waiting.version)
    with transaction():
        service.void_sheet(moderator, upheld, sheets[1], reason=WHY)
        sheets[0].state, sheets[0].correcting = SheetState.SUBMITTED, False
    with pytest.raises(WrongState, match="xếp hạng lại trước"), transaction():
        results.publish(leader, waiting, version=waiting.version)
    with transaction():
        results.withdraw_proposal(moderator, waiting, version=waiting.version)
    with pytest.raises(WrongState, match="xếp hạng lại trước"):
        proposed(stage, moderator)
    with transaction():
        service.rank_again(moderator, upheld, stage.made.round)

    assert proposed(stage, moderator).ranking_id == ranking_of(stage.made.round).id


def test_two_who_rank_again_at_once_make_one_ranking(app, stage, upheld, moderator, leader):
    with transaction():
        service.void_sheet(moderator, upheld, own_sheets(stage)[0], reason=WHY)
    ids = upheld.id, stage.made.round.id, (moderator.id, leader.id)

    def rank(person_id):
        def prepare():
            person, appeal, round_ = (
                row(User, person_id),
                row(Appeal, ids[0]),
                row(type(stage.made.round), ids[1]),
            )
            return lambda: service.rank_again(person, appeal, round_)

        return prepare

    ended = together(app, rank(ids[2][0]), rank(ids[2][1]))

    assert sorted(ended) == ["WrongState", "done"]
    assert [r.number for r in db.session.query(Ranking).order_by(Ranking.number)] == [1, 2]


def test_two_who_replace_the_results_at_once_replace_them_once(app, stage, first, upheld, moderator, leader):
    second = proposed(stage, moderator)
    other = UserFactory(role=Role.ADMINISTRATOR)
    ids, version = (second.id, leader.id, other.id), second.version

    def publish(person_id):
        def prepare():
            person, found = row(User, person_id), row(Publication, ids[0])
            return lambda: publish_and_forward(person, found, version=version)

        return prepare

    ended = together(app, publish(ids[1]), publish(ids[2]))

    assert sorted(ended) == ["Stale", "done"]
    assert [p.state for p in db.session.query(Publication).order_by(Publication.id)] == [
        P.SUPERSEDED,
        P.PUBLISHED,
    ]
    assert db.session.query(Initiative).count() == 3


def test_correcting_and_replacing_at_once_never_cross(app, stage, first, upheld, moderator, leader):
    """A sheet is voided while the new results go out: the one that comes second is refused or seen by the first."""
    second = proposed(stage, moderator)
    sheet = own_sheets(stage)[0]
    ids, version = (second.id, leader.id, moderator.id, upheld.id, sheet.id), second.version

    def publish():
        person, found = row(User, ids[1]), row(Publication, ids[0])
        return lambda: publish_and_forward(person, found, version=version)

    def void():
        person, appeal, found = row(User, ids[2]), row(Appeal, ids[3]), row(ScoreSheet, ids[4])
        return lambda: service.void_sheet(person, appeal, found, reason=WHY)

    ended = together(app, publish, void)

    replaced = db.session.query(Publication).filter_by(state=P.PUBLISHED).one().id == ids[0]
    assert sorted(ended) == ["WrongState", "done"]  # never a publication that a sheet has left behind
    assert replaced is (sheet.state is SheetState.SUBMITTED)


def test_ranking_again_without_a_change_is_refused(stage, upheld, moderator):
    with pytest.raises(WrongState, match="vẫn như cũ"), transaction():
        service.rank_again(moderator, upheld, stage.made.round)

    assert db.session.query(Ranking).count() == 1


def test_the_rounds_state_stays_closed(stage, first, upheld, moderator):
    with transaction():
        service.void_sheet(moderator, upheld, own_sheets(stage)[0], reason=WHY)
        service.rank_again(moderator, upheld, stage.made.round)

    assert stage.made.round.state is RoundState.CLOSED


def test_an_open_round_is_not_corrected_through_an_appeal(stage, upheld, moderator):
    running = contest(submitted=True, campaign=stage.made.round.campaign)

    with pytest.raises(Refused), transaction():
        service.void_sheet(moderator, upheld, running.sheets[0], reason=WHY)


def test_new_results_count_the_appeal_that_led_to_them_and_old_ones_only_their_own(
    browser, stage, first, upheld, moderator, leader
):
    second = again(stage, upheld, moderator, leader)
    AppealFactory(publication=second, idea=stage.ideas[2], state=S.RECEIVED)
    address = f"/ket-qua/{stage.made.round.campaign.slug}"

    now, before = browser.get(address), browser.get(f"{address}?phien-ban=1")

    assert "Đã nhận 2 khiếu nại, đã trả lời 1, chấp nhận 1. Tính cả khiếu nại về các bản trước." in now
    assert "Đã nhận 1 khiếu nại, đã trả lời 1, chấp nhận 1." in before
    assert "các bản trước" not in before
