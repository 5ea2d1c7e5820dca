"""Heads leave the building: to every judge at each turn of a round, to everybody each hour; and can be compared."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.audit import heads
from app.audit.heads import publish_due
from app.core import clock
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, HeadReason, PublishedHead, Seal, record
from app.core.web import file_store
from app.mail.models import Mail
from app.results.bundle.service import bundle_of, make_due
from app.worker import run_once
from tests.audit.story import change, check, seal, story
from tests.factories import UserFactory


def last_seal():
    db.session.rollback()
    return db.session.query(Seal).order_by(Seal.number.desc()).first()


def test_each_turn_of_a_round_publishes_a_head_once(app):
    story()
    end = last_seal()

    assert publish_due() == 3
    assert publish_due() == 0

    found = db.session.query(PublishedHead).order_by(PublishedHead.id).all()
    assert [one.reason for one in found] == [HeadReason.OPENED, HeadReason.LOCKED, HeadReason.PUBLISHED]
    assert {(one.number, one.head) for one in found} == {(end.number, end.head)}
    seal()
    assert check().findings == []
    assert check().heads > 0


def test_every_judge_of_the_panel_has_the_head_by_mail(app):
    told = story(until="submitted")
    publish_due()
    run_once()

    mails = db.session.query(Mail).filter_by(template="head_published").all()
    head = db.session.query(PublishedHead).filter_by(reason=HeadReason.OPENED).one()

    assert {mail.user_id for mail in mails} == {judge.id for judge in told.judges}
    assert all(head.head in mail.body and f"so={head.number}&dau={head.short}" in mail.body for mail in mails)


def test_a_turn_that_is_not_sealed_yet_waits(app):
    from app.judging import rounds

    told = story(until="submitted")
    publish_due()
    with transaction():
        rounds.lock_round(told.moderator, told.round)

    assert publish_due() == 0
    seal()
    assert publish_due() == 1


def test_old_news_goes_to_the_page_without_a_mail(app):
    story(until="assigned")

    with clock.set_to(now() + timedelta(days=10)):
        publish_due()

    assert db.session.query(PublishedHead).one().where == "/kiem-chung"
    assert db.session.query(Event).filter_by(kind="head.published").count() == 0


def test_the_hourly_head_comes_when_there_is_something_new(app):
    person = UserFactory()

    def happen(hours):
        with clock.set_to(now() + timedelta(hours=hours)):
            with transaction():
                record("consent.given", person, person)
            seal()
            return publish_due()

    assert [happen(0), happen(0.5), happen(1.2)] == [1, 0, 1]
    with clock.set_to(now() + timedelta(hours=9)):
        assert publish_due() == 0
    assert {one.reason for one in db.session.query(PublishedHead)} == {HeadReason.HOURLY}


def test_a_head_published_for_a_mail_is_no_news_for_the_next_hour(app):
    story(until="assigned")
    publish_due()
    seal()

    with clock.set_to(now() + timedelta(hours=5)):
        assert publish_due() == 0


@pytest.mark.parametrize("cut", ["DELETE FROM published_heads", "SELECT 1"])
def test_a_cut_tail_is_caught_by_the_heads_in_the_database_too(app, cut):
    """Even when the table of heads is emptied, the event that published one says so, while it stands."""
    story()
    publish_due()
    seal()
    kept = db.session.query(PublishedHead).order_by(PublishedHead.id.desc()).first().number
    if cut != "SELECT 1":
        change(cut)
        change("UPDATE seals SET head = (SELECT head FROM seals WHERE number = 1) WHERE number = :n", n=kept)
        assert "other head" in {one.why for one in check().findings}
        return
    change("DELETE FROM seals WHERE number >= :n", n=kept)

    assert "tail cut" in {one.why for one in check().findings}


# --- the page


def test_everybody_reads_the_heads_and_what_they_do_not_protect_against(browser):
    story()
    publish_due()
    make_due(file_store())
    head = db.session.query(PublishedHead).first()

    page = browser.get("/kiem-chung", queries=6)

    assert head.short in page
    assert "Không bảo vệ khỏi điều gì?" in page
    assert "Đồng hồ máy chủ chạy sai." in page


def test_the_page_without_anything_says_so(browser):
    page = browser.get("/kiem-chung")

    assert "Chưa có dấu nào" in page
    assert "Chưa có gói nào" in page


@pytest.mark.parametrize(
    ("number", "head", "words"),
    [
        ("{n}", "{head}", "Khớp."),
        ("{n}", "{short}", "Khớp."),
        (" {n} ", "{upper}", "Khớp."),
        ("{n}", "ffffffffffff", "Không khớp"),
        ("9999", "{short}", "Sổ chưa có dấu số 9999"),
        ("{n}", "{tiny}", "ít nhất 8 ký tự"),
        ("x", "{short}", "ít nhất 8 ký tự"),
        ("{n}", "", "ít nhất 8 ký tự"),
        ("²", "{short}", "ít nhất 8 ký tự"),
    ],
)
def test_a_head_from_paper_can_be_compared(browser, number, head, words):
    story(until="assigned")
    last = last_seal()
    given = {
        "n": last.number,
        "head": last.head,
        "short": last.head[:16],
        "upper": last.head[:16].upper(),
        "tiny": last.head[:7],
    }

    page = browser.get(
        "/kiem-chung", query_string={"so": number.format(**given), "dau": head.format(**given)}
    )

    assert words in page


def test_the_page_of_results_shows_the_head_a_code_to_scan_and_the_bundle(browser):
    told = story()
    address = f"/ket-qua/{told.round.campaign.slug}"
    before = browser.get(address)
    publish_due()
    make_due(file_store())

    page = browser.get(address)

    head, bundle = heads.head_of_publication(told.publication.id), bundle_of(told.publication.id)
    assert "Dấu niêm phong có ít phút sau khi công bố." in before
    assert head.short in page
    assert f"/kiem-chung/{bundle.sha256}.zip" in page.links()
    assert "<svg" in page.html


def test_a_bundle_is_downloaded_under_its_hash_and_nothing_else_is(browser):
    import hashlib

    told = story()
    publish_due()
    make_due(file_store())
    bundle = bundle_of(told.publication.id)

    page = browser.get(f"/kiem-chung/{bundle.sha256}.zip")

    assert hashlib.sha256(page.response.data).hexdigest() == bundle.sha256
    other = file_store().put(b"not for everybody")
    browser.get(f"/kiem-chung/{other}.zip", status=404)
    browser.get("/kiem-chung/../x.zip", status=404)


def test_a_team_learns_the_code_of_its_own_idea(browser):
    from app.accounts.models import User

    told = story()
    award = told.publication.awards[0]
    author = db.session.get_one(User, award.idea.created_by_id)

    page = browser.as_(author).get(f"/cua-toi/{award.idea.public_id}/ket-qua")

    entry = next(sheet.entry for sheet in told.sheets if sheet.entry.idea_id == award.idea_id)
    assert f"mã chấm {entry.judging_code}" in page
