"""Files of an idea: looked into, kept, refused with a reason, handed out to whoever may read."""

from __future__ import annotations

import secrets
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.core.clock import now
from app.core.db import db
from app.core.stored_files import StoredFile
from app.core.web import file_store
from app.ideas.models import Attachment
from app.ideas.rules import IdeaState
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import SheetState
from app.permissions import Role
from tests.factories import CampaignFactory, IdeaFactory, RoundFactory, UserFactory
from tests.ideas.attachments.samples import pdf, png
from tests.ideas.typed import pledged

JSON = {"Accept": "application/json"}


def upload(mine, idea, content, name="so-do.png", status=201, headers=JSON):
    return mine.post(
        f"/cua-toi/{idea.public_id}/tep", {"tep": (BytesIO(content), name)}, status=status, headers=headers
    )


def kept_names(idea):
    return [one.file.original_name for one in idea.attachments if one.removed_at is None]


def stored():
    return db.session.scalars(sa.select(StoredFile).order_by(StoredFile.id)).all()


@pytest.fixture
def idea(youth):
    return IdeaFactory(owner=youth)


def sheet_on(idea, judge, state=SheetState.OPEN):
    """The judge has a sheet on this idea, sent with the files it has now."""
    idea.versions[-1].files = [{"public_id": one.public_id, "kind": one.kind} for one in stored()]
    plan = RoundFactory(campaign=idea.campaign)
    entry = Entry(
        round_id=plan.id,
        idea_id=idea.id,
        version_id=idea.versions[-1].id,
        judging_code="B-7",
        entered_at=now(),
    )
    db.session.add(entry)
    db.session.flush()
    db.session.add(
        ScoreSheet(
            public_id=secrets.token_urlsafe(8),
            entry_id=entry.id,
            judge_id=judge.id,
            position=1,
            state=state,
            assigned_at=now(),
        )
    )
    db.session.commit()


def test_file_is_kept_with_a_copy_for_judges(browser, youth, idea):
    answer = upload(browser.as_(youth), idea, pdf(), "Phiếu hỏi 20 sạp.pdf")

    assert answer.json == {"ok": True}
    file = stored()[0]
    assert (file.kind, file.original_name, file.owner_id) == ("pdf", "Phiếu hỏi 20 sạp.pdf", youth.id)
    assert "Nguyễn Văn An".encode("utf-16-be") in file_store().open(file.sha256).read() or file.blind_sha256
    assert file.blind_sha256 not in {"", file.sha256}
    assert kept_names(idea) == ["Phiếu hỏi 20 sạp.pdf"]


def test_files_are_on_the_writing_page(browser, youth, idea):
    mine = browser.as_(youth)
    upload(mine, idea, png())

    page = mine.get(f"/cua-toi/{idea.public_id}/sua", queries=15)

    assert "so-do.png" in page
    assert f"/tep/{stored()[0].public_id}" in page.links()


def test_file_without_scripts_goes_through_a_page_of_its_own(browser, youth, idea):
    mine = browser.as_(youth)
    mine.get(f"/cua-toi/{idea.public_id}/tep")

    page = upload(mine, idea, png(), status=302, headers={})

    assert page.location == f"/cua-toi/{idea.public_id}/tep"
    assert kept_names(idea) == ["so-do.png"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ...", "virus.exe", "Chỉ nhận tệp PDF"),
        (b"\xd0\xcf\x11\xe0old", "bai.doc", ".docx"),
        (b"", "rong.pdf", "rỗng"),
        (b"<html>", "trang.pdf", "không đúng"),
        (b"\x89PNG\r\n\x1a\nhong", "hong.png", "tệp"),
    ],
)
@pytest.mark.parametrize("headers", [JSON, {}])
def test_refused_file_says_why_and_leaves_the_idea_alone(browser, youth, idea, content, name, words, headers):
    page = upload(browser.as_(youth), idea, content, name, status=422, headers=headers)

    told = page.json["message"] if headers else page.text
    assert words in told
    assert kept_names(idea) == []


def test_no_file_at_all_is_told(browser, youth, idea):
    page = browser.as_(youth).post(f"/cua-toi/{idea.public_id}/tep", {}, status=422, headers=JSON)

    assert "Chọn một tệp" in page.json["message"]


def test_file_over_the_limit_is_told_the_limit(browser, youth, idea):
    answer = upload(browser.as_(youth), idea, b"x" * (21 * 1024 * 1024 + 1), status=413)

    assert "20 MB" in answer.json["message"]
    assert stored() == []


def test_file_between_one_and_twenty_megabytes_passes_the_door(browser, youth, idea):
    answer = upload(browser.as_(youth), idea, b"x" * (3 * 1024 * 1024), "to.pdf", status=422)

    assert "20 MB" not in answer.json["message"]


def test_upload_without_a_token_is_refused(browser, youth, idea):
    browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/tep",
        {"csrf_token": "", "tep": (BytesIO(png()), "a.png")},
        status=400,
        headers=JSON,
    )

    assert stored() == []


def test_upload_after_the_session_ended_says_where_to_sign_in(browser, idea):
    answer = upload(browser, idea, png(), status=401)

    assert answer.json["sign_in"].startswith("/dang-nhap")


def test_same_file_twice_is_there_once(browser, youth, idea):
    mine = browser.as_(youth)

    for _ in range(2):
        upload(mine, idea, png())

    assert kept_names(idea) == ["so-do.png"]


def test_one_file_too_many_is_refused(browser, youth):
    idea = IdeaFactory(owner=youth, campaign=CampaignFactory(files_max=1))
    mine = browser.as_(youth)
    upload(mine, idea, png())

    answer = upload(mine, idea, png("blue"), "hai.png", status=422)

    assert "Nhiều nhất 1 tệp" in answer.json["message"]
    assert kept_names(idea) == ["so-do.png"]


def test_stranger_adds_and_removes_nothing(browser, youth):
    idea = IdeaFactory()
    owner = db.session.get(type(youth), idea.created_by_id)
    upload(browser.as_(owner), idea, png())
    stranger = browser.as_(youth)

    upload(stranger, idea, png("blue"), status=404)
    stranger.post(f"/cua-toi/{idea.public_id}/tep/{stored()[0].public_id}/xoa", status=404)

    assert kept_names(idea) == ["so-do.png"]


def test_removed_file_stays_with_the_version_that_was_sent(browser, youth, idea):
    mine = browser.as_(youth)
    upload(mine, idea, png())
    file = stored()[0].public_id
    mine.post(f"/cua-toi/{idea.public_id}/nop", pledged(idea), status=302)

    mine.post(f"/cua-toi/{idea.public_id}/tep/{file}/xoa", status=302)

    assert kept_names(idea) == []
    assert [one["public_id"] for one in idea.versions[0].files] == [file]
    assert db.session.scalars(sa.select(Attachment.removed_at)).one() is not None
    mine.get(f"/tep/{file}")


def test_decided_idea_takes_no_more_files(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.APPROVED)

    upload(browser.as_(youth), idea, png(), status=409)

    assert kept_names(idea) == []


def test_author_downloads_what_they_sent_as_a_harmless_attachment(browser, youth, idea):
    mine = browser.as_(youth)
    content = pdf()
    upload(mine, idea, content, "Phiếu hỏi.pdf")

    page = mine.get(f"/tep/{stored()[0].public_id}")

    headers = page.response.headers
    assert page.response.data == content
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''Phi%E1%BA%BFu%20h%E1%BB%8Fi.pdf" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert "Last-Modified" not in headers
    assert "ETag" not in headers


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.YOUTH, 404),
        (Role.JUDGE, 404),
        (Role.OFFICER, 404),
        (Role.MODERATOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_others_read_a_file_only_where_their_work_needs_it(browser, youth, idea, role, status):
    upload(browser.as_(youth), idea, png())

    browser.as_(UserFactory(role=role)).get(f"/tep/{stored()[0].public_id}", status=status)


def test_visitor_reads_no_file_of_an_idea(browser, youth, idea):
    upload(browser.as_(youth), idea, png())

    browser.get(f"/tep/{stored()[0].public_id}", status=404)


def test_judge_with_a_sheet_gets_the_copy_without_its_author(browser, youth, judge):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    upload(browser.as_(youth), idea, pdf("Tác giả MARKER-7"), "Bai cua Nguyen Van An.pdf")
    sheet_on(idea, judge)

    page = browser.as_(judge).get(f"/tep/{stored()[0].public_id}")

    assert page.response.data == file_store().open(stored()[0].blind_sha256).read()
    assert b"MARKER-7" not in page.response.data
    assert "Nguyen" not in str(page.response.headers)
    assert "filename=tai-lieu.pdf" in page.response.headers["Content-Disposition"].replace('"', "")


def test_judge_who_handed_the_sheet_back_reads_no_more(browser, youth, judge):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    upload(browser.as_(youth), idea, png())
    sheet_on(idea, judge, state=SheetState.RECUSED)

    browser.as_(judge).get(f"/tep/{stored()[0].public_id}", status=404)


def test_file_that_cannot_be_cleaned_is_kept_from_judges_and_its_author_is_told(browser, youth, judge):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    mine = browser.as_(youth)
    upload(mine, idea, png())
    stored()[0].blind_sha256 = ""
    db.session.commit()
    sheet_on(idea, judge)

    browser.as_(judge).get(f"/tep/{stored()[0].public_id}", status=404)

    assert "giám khảo không xem được tệp này" in mine.get(f"/cua-toi/{idea.public_id}/sua")
