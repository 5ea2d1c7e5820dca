"""The five sentences of an assignment that cannot be as asked (judging.md 7), as organisers read them on the page."""

from __future__ import annotations

from app.core.db import db, transaction
from app.judging.conflicts import declare_conflict
from app.judging.models import PanelMember
from app.permissions import Role
from tests.factories import CampaignFactory, EntryFactory, IdeaFactory, UnitFactory, UserFactory
from tests.judging.contest import Contest, contest

REASON = "Là học trò lớp tôi chủ nhiệm."


def asked(browser, moderator, made: Contest):
    return browser.as_(moderator).get(f"/quan-tri/vong-cham/{made.round.id}/phan-cong")


def limit(made: Contest, *sheets: int) -> None:
    """The most sheets of the first judges, in their order."""
    for judge, most in zip(made.judges, sheets, strict=False):
        db.session.query(PanelMember).filter_by(judge_id=judge.id).one().max_sheets = most
    db.session.commit()


def test_an_idea_with_too_few_judges_left(browser, moderator):
    made = contest(ideas=2, judges=4, k=3, dealt=False)
    idea = made.entries[0].idea
    with transaction():
        for judge in made.judges[:2]:
            declare_conflict(judge, judge, made.round.campaign, reason=REASON, idea=idea)

    page = asked(browser, moderator, made)

    assert page.h1 == "Chưa phân công được"
    assert (
        f"Ý tưởng {idea.code} chỉ có 2 giám khảo không xung đột, cần 3. "
        "Thêm 1 giám khảo hoặc giảm số phiếu mỗi ý tưởng."
    ) in page


def test_limits_that_are_too_low_together(browser, moderator):
    made = contest(ideas=5, judges=3, k=3, dealt=False)
    limit(made, 4, 4, 3)

    page = asked(browser, moderator, made)

    assert (
        "Cần 15 phiếu nhưng tổng hạn mức chỉ 11. "
        "Tăng hạn mức thêm 4, hoặc thêm giám khảo, hoặc giảm còn 2 phiếu/ý tưởng."
    ) in page


def test_ideas_of_one_topic_and_unit_that_ask_too_much_of_the_judges_left_to_them(browser, moderator):
    school = UnitFactory(name="Trường THCS Đông Hải", short_name="THCS Đông Hải")
    made = contest(ideas=2, judges=5, k=2, campaign=CampaignFactory(), dealt=False)
    limit(made, 2, 2)  # the two who are of no unit
    for judge in made.judges[2:]:
        judge.unit = school
    for _ in range(4):
        author = UserFactory(unit=school)
        idea = IdeaFactory(campaign=made.round.campaign, owner=author, state="approved")
        EntryFactory(round=made.round, idea=idea)
    db.session.commit()
    topic = made.round.campaign.topics[0].name

    page = asked(browser, moderator, made)

    assert (
        f"4 ý tưởng ({topic}, THCS Đông Hải) chỉ 2 giám khảo này chấm được: cần 8 phiếu, tối đa 4. "
        "Thêm giám khảo ngoài THCS Đông Hải."
    ) in page
    assert "Phân công như trên" not in page


def test_ideas_of_several_units_name_no_unit(browser, moderator):
    made = contest(ideas=5, judges=5, k=2, dealt=False)
    limit(made, 2, 2)
    for entry in made.entries[:4]:
        db.session.get_one(type(moderator), entry.idea.created_by_id).unit = UnitFactory()
    db.session.commit()
    with transaction():
        for judge in made.judges[2:]:
            for entry in made.entries[:4]:
                declare_conflict(judge, judge, made.round.campaign, reason=REASON, idea=entry.idea)

    page = asked(browser, moderator, made)

    topic = made.round.campaign.topics[0].name
    assert f"4 ý tưởng ({topic}) chỉ 2 giám khảo này chấm được" in page
    assert "Thêm giám khảo không xung đột với các ý tưởng này." in page


def test_loads_that_conflicts_make_uneven(browser, moderator):
    made = contest(ideas=6, judges=3, k=1, dealt=False)
    judge = made.judges[0]
    with transaction():
        for entry in made.entries[:5]:
            declare_conflict(judge, judge, made.round.campaign, reason=REASON, idea=entry.idea)

    page = asked(browser, moderator, made)

    assert (
        f"Không thể chia đều: {judge.full_name} chỉ được chấm 1 bài vì xung đột. "
        "Chênh lệch nhỏ nhất là 2. Chấp nhận hay thêm giám khảo?"
    ) in page
    assert "Chấp nhận chênh lệch" in page


def test_panels_that_share_no_idea(browser, moderator):
    made = contest(ideas=4, judges=2, k=1, dealt=False)

    page = asked(browser, moderator, made)

    both = sorted(made.judges, key=lambda judge: str(judge.id))
    assert (
        f"Không nối được hai nhóm {both[0].full_name} và {both[1].full_name}: "
        "mọi cặp nối đều xung đột (hoặc k = 1). Kết quả phải dùng điểm trung bình."
    ) in page
    assert page.h1 == "Xem trước phân công"


def test_nobody_but_organisers_reads_any_of_it(browser, moderator):
    made = contest(ideas=2, judges=1, k=2, dealt=False)
    address = f"/quan-tri/vong-cham/{made.round.id}/phan-cong"

    for role in (Role.JUDGE, Role.LEADER, Role.OFFICER, Role.YOUTH):
        browser.as_(UserFactory(role=role)).get(address, status=403)
    browser.as_(made.judges[0]).get(address, status=403)
