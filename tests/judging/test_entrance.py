"""A judge's personal link: one judge, one round, an evening, and nothing but judging."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.accounts.models import LoginSession
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import NotAllowed, NotFound, WrongState
from app.core.tokens import hash_token
from app.judging.evening.entrance import service as entrance
from app.judging.models import JudgeLink, PanelMember
from app.mail.models import Mail
from app.permissions import Action, Role, can
from app.worker import run_once
from tests.factories import UserFactory
from tests.judging.contest import contest, kinds_of_events


@pytest.fixture
def evening(app):
    return contest(ideas=2, judges=2)


@pytest.fixture
def secret(evening, moderator):
    with transaction():
        _link, secret = entrance.make(moderator, evening.round, evening.judges[0].id, hours=12)
    return secret


def links():
    db.session.expire_all()
    return db.session.query(JudgeLink).order_by(JudgeLink.id).all()


def enter(browser, secret, **how):
    return browser.post(f"/vao-cham/{secret}", {}, **{"status": 302, **how})


def test_the_page_greets_by_name_and_opening_it_begins_nothing(browser, evening, secret):
    page = browser.get(f"/vao-cham/{secret}")

    assert page.h1 == f"Kính chào {evening.judges[0].full_name}"
    assert db.session.query(LoginSession).count() == 0
    assert page.response.headers["Referrer-Policy"] == "no-referrer"


def test_the_press_leads_to_the_judges_own_sheets(browser, evening, secret):
    enter(browser, secret)

    sheet = evening.sheet(evening.judges[0], evening.entries[0])
    assert browser.get("/cham-diem").h1 == "Đã chấm 0 trong 2 bài"
    data = {"moi": "20", "hieu_qua": "50", "version": 1, "viec": "nop"}
    browser.post(f"/cham-diem/{sheet.public_id}", data, status=302)
    assert kinds_of_events() == ["judge_link.made", "judge_link.used", "sheet.submitted"]


def test_such_a_session_does_nothing_with_the_account(browser, secret):
    enter(browser, secret)

    for path in ("/tai-khoan", "/tai-khoan/mat-khau", "/cua-toi"):
        assert browser.get(path, status=None).status in {403, 404}
    assert "/tai-khoan" not in browser.get("/cham-diem").links()


def test_a_limited_session_may_only_judge_whatever_roles_the_person_holds(app):
    person = UserFactory(role=Role.ADMINISTRATOR)
    assert can(person, Action.USER_MANAGE)

    person.only = frozenset({Action.PAGE_READ})

    assert [action for action in Action if can(person, action)] == [Action.PAGE_READ]


def test_only_the_hash_is_kept(secret):
    (link,) = links()

    assert link.token_hash == hash_token(secret)
    assert len(secret) >= 43  # 256 bits


def close_round(evening):
    evening.round.state = RoundState.LOCKED


def too_old(_evening):
    links()[0].expires_at = now() - timedelta(seconds=1)


def void(_evening):
    links()[0].voided_at = now()


def off_the_panel(evening):
    judge = evening.judges[0].id
    db.session.query(PanelMember).filter_by(judge_id=judge).delete()


def made_anew(evening):
    entrance.make(None, evening.round, evening.judges[0].id, hours=12)


@pytest.mark.parametrize("end", [close_round, too_old, void, off_the_panel, made_anew])
def test_a_link_that_ended_opens_nothing(browser, evening, secret, end):
    assert browser.get(f"/vao-cham/{secret}").status == 200
    end(evening)
    db.session.commit()

    assert enter(browser, secret, status=410).h1 == "Liên kết không còn dùng được"
    assert db.session.query(LoginSession).count() == 0


def test_a_link_never_lives_beyond_its_round(app, evening, moderator):
    evening.round.ends_at = now() + timedelta(hours=2)
    db.session.commit()

    with transaction():
        link, _secret = entrance.make(moderator, evening.round, evening.judges[0].id, hours=72)

    assert link.expires_at == evening.round.ends_at


def test_coming_in_again_ends_the_session_before(app, browser, evening, secret):
    other = type(browser)(app)
    enter(browser, secret)
    enter(other, secret)

    assert other.get("/cham-diem").status == 200
    assert browser.get("/cham-diem", status=302).location.startswith("/dang-nhap")


def test_revoking_puts_out_whoever_came_in(app, browser, evening, secret, moderator):
    enter(browser, secret)
    (link,) = links()

    staff = type(browser)(app).as_(moderator)
    staff.post(f"/quan-tri/vong-cham/{evening.round.id}/buoi-cham/{link.id}/thu-hoi", {}, status=302)

    assert browser.get("/cham-diem", status=302).location.startswith("/dang-nhap")
    assert browser.get(f"/vao-cham/{secret}", status=410)


def test_the_session_ends_with_the_link(browser, secret):
    enter(browser, secret)
    (link,) = links()

    assert db.session.query(LoginSession).one().expires_at == link.expires_at


def test_who_is_signed_in_as_that_judge_goes_on_with_all_rights(browser, evening, secret):
    page = browser.as_(evening.judges[0])

    assert page.get(f"/vao-cham/{secret}", status=302).location.startswith("/cham-diem")
    assert page.get("/tai-khoan").status == 200


def test_printed_cards_hold_a_link_and_a_code_for_every_judge(app, browser, evening, moderator):
    page = browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{evening.round.id}/buoi-cham", {"cach": "in", "hours": "12"}
    )

    secrets = re.findall(r"http://localhost/vao-cham/([\w-]{43})", page.text)
    assert len(set(secrets)) == 2
    assert page.html.count('class="qr"') == 2
    assert "no-store" in page.response.headers["Cache-Control"]
    for judge in evening.judges:
        assert judge.full_name in page
    assert enter(type(browser)(app), secrets[0]).status == 302


def test_a_mail_carries_each_judges_own_link_and_no_event_does(app, browser, evening, moderator):
    browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{evening.round.id}/buoi-cham", {"cach": "gui", "hours": "6"}, status=302
    )
    run_once()

    mails = db.session.query(Mail).filter_by(template="judge_invited").all()
    assert {mail.user_id for mail in mails} == {judge.id for judge in evening.judges}
    assert all(mail.holds_link for mail in mails)
    found = {mail.user_id: re.search(r"/vao-cham/([\w-]+)", mail.body)[1] for mail in mails}
    assert {entrance.find(secret).judge_id: secret for secret in found.values()} == found


def test_cards_printed_meanwhile_are_not_made_void_by_a_slow_mail(app, evening, moderator):
    with transaction():
        entrance.invite_by_mail(moderator, evening.round)
    with transaction():
        cards = entrance.print_cards(moderator, evening.round)

    run_once()

    assert all(entrance.find(card.secret) for card in cards)
    assert db.session.query(Mail).filter_by(template="judge_invited").count() == 0


def test_the_chair_has_links_sent_and_sees_none(browser, evening):
    chair = evening.judges[0]
    db.session.query(PanelMember).filter_by(judge_id=chair.id).one().is_chair = True
    db.session.query(PanelMember).update({"confirmed_at": now()})
    db.session.commit()
    page = browser.as_(chair)
    assert "Gửi liên kết cho cả ban" in page.get("/cham-diem")

    page.post(f"/cham-diem/vong/{evening.round.id}/moi-ban", {}, status=302)

    assert kinds_of_events() == ["judges.invited"]
    page.get(f"/quan-tri/vong-cham/{evening.round.id}/buoi-cham", status=403)


def test_no_other_judge_has_links_sent(app, evening):
    judge = evening.judges[1]
    member = db.session.query(PanelMember).filter_by(judge_id=judge.id).one()

    with pytest.raises(NotFound):
        entrance.invite_by_mail(judge, evening.round, chair=member)
    with pytest.raises(NotAllowed):
        entrance.print_cards(judge, evening.round)


def test_no_links_before_the_round_opens(app, evening, moderator):
    evening.round.state = RoundState.PLANNED
    db.session.commit()

    with pytest.raises(WrongState):
        entrance.print_cards(moderator, evening.round)


def test_a_new_password_makes_links_void(app, evening, secret):
    from app.core.events import record

    with transaction():
        record("user.password_changed", evening.judges[0], evening.judges[0])

    run_once()

    assert entrance.find(secret) is None


def test_after_a_new_password_a_link_opens_nothing_even_before_the_worker_has_run(browser, evening, secret):
    from app.core.events import record

    with transaction():
        record("user.password_changed", evening.judges[0], evening.judges[0])

    enter(browser, secret, status=410)

    assert db.session.query(LoginSession).count() == 0


def test_a_judge_made_moderator_marks_no_blind_sheet_through_a_link(browser, evening, secret):
    from app.accounts.models import RoleGrant

    judge = evening.judges[0]
    judge.grants.append(RoleGrant(role=Role.MODERATOR, given_at=now()))
    db.session.commit()
    enter(browser, secret)

    browser.get(f"/cham-diem/{evening.sheets[0].public_id}", status=404)
