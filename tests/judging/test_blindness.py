"""While a round is open no byte that a judge receives says who wrote what; nor does any public page."""

from __future__ import annotations

import pytest

from app.accounts.models import RoleGrant
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.stored_files import StoredFile
from app.core.web import file_store
from app.ideas.models import Attachment
from app.ideas.rules import IdeaState
from app.judging.models import Entry
from app.judging.rounds import enter_ideas
from app.judging.rules import SheetState
from app.permissions import Role
from tests.browser_client import Page
from tests.factories import (
    CampaignFactory,
    EntryFactory,
    IdeaFactory,
    RankingFactory,
    RoundFactory,
    UnitFactory,
    UserFactory,
)
from tests.judging.contest import Contest, contest

JSON = {"Accept": "application/json"}
NAME, EMAIL, UNIT, SCHOOL = "Zeta Markername", "markermail@example.vn", "Unitmarker Zeta", "THCS Schoolmarker"
FILE_NAME, FILE_BYTES, CLEAN_BYTES = "Filemarker-Zeta.pdf", b"%PDF-1.4 Metamarker Zeta", b"%PDF-1.4 clean"


def keep_file(content, clean, owner):
    return StoredFile(
        public_id=f"tep{len(content)}",
        sha256=file_store().put(content),
        blind_sha256=file_store().put(clean) if clean else "",
        size_bytes=987_654_321,
        kind="pdf",
        mime="application/pdf",
        original_name=FILE_NAME,
        owner_id=owner.id,
        created_at=now(),
    )


@pytest.fixture
def marked(app) -> tuple[Contest, Entry]:
    """An open blind round whose first idea carries a marker wherever something could slip through."""
    made = contest(ideas=2, judges=2)
    author = UserFactory(
        full_name=NAME, email=EMAIL, unit_id=UnitFactory(name=SCHOOL, short_name=UNIT, kind="school").id
    )
    idea = IdeaFactory(
        campaign=made.round.campaign,
        owner=author,
        state=made.entries[0].idea.state,
        code="YT-2026-7777",
        public_id="publicidmarker",
        submitted_at=now().replace(year=2024, month=3, day=7, hour=1, minute=23),
    )
    clean, dirty = keep_file(FILE_BYTES, CLEAN_BYTES, author), keep_file(FILE_BYTES + b" more", b"", author)
    db.session.add_all([clean, dirty])
    db.session.flush()
    db.session.add_all(
        [Attachment(idea_id=idea.id, file_id=file.id, added_at=now()) for file in (clean, dirty)]
    )
    idea.versions[0].files = [
        {
            "public_id": file.public_id,
            "name": FILE_NAME,
            "kind": "pdf",
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
        }
        for file in (clean, dirty)
    ]
    idea.versions[0].received_at = idea.submitted_at
    entry = made.entries[0]
    entry.idea, entry.idea_version = idea, idea.versions[0]
    db.session.commit()
    return made, entry


def markers(entry):
    return [
        NAME, "Markername", EMAIL, "markermail", UNIT, "Unitmarker", SCHOOL, "Schoolmarker", FILE_NAME, "Filemarker",
        "Metamarker", entry.idea.code, entry.idea.public_id, "07/03/2024", "08:23", "2024-03-07",
        entry.idea.versions[0].content_hash, "987654321", "987.654.321",
    ]  # fmt: skip


def every_answer_to(page, sheet, other, made):
    """Whatever a judge can ask for: pages, JSON, files, refusals."""
    address = f"/cham-diem/{sheet.public_id}"
    yield page.get("/cham-diem")
    yield page.get(f"/cham-diem?vong={made.round.id}")
    yield page.get(address)
    yield page.get(f"{address}/xin-khong-cham")
    yield page.get("/tep/tep24")
    yield page.get("/tep/tep29", status=404)
    yield page.get(f"/cham-diem/{other.public_id}", status=404)
    yield page.get(f"/cua-toi/{sheet.entry.idea.public_id}", status=None)
    yield page.get(f"/quan-tri/duyet/{sheet.entry.idea.code}", status=403)
    yield page.get(f"/quan-tri/vong-cham/{made.round.id}", status=403)
    yield page.get(f"/quan-tri/ket-qua/{made.round.id}", status=403)
    yield page.post(f"{address}/diem", {"criterion": "moi", "points": "99", "version": 1}, headers=JSON)
    yield page.post(f"{address}/diem", {"criterion": "moi", "points": "9", "version": 7}, headers=JSON)
    yield page.post(f"{address}/diem", {"criterion": "moi", "points": "9", "version": 1}, headers=JSON)
    yield page.post(f"{address}/diem", {"criterion": "la", "points": "9", "version": 2}, headers=JSON)
    yield page.post(address, {"moi": "99", "hieu_qua": "", "version": 2, "viec": "nop"}, status=422)
    yield page.post(address, {"moi": "1", "hieu_qua": "2", "version": 1}, status=409)
    yield page.post(f"{address}/xin-khong-cham", {"reason": ""}, status=422)
    yield page.client.post(address, data={"csrf_token": "không đúng"}, base_url="http://localhost")


def asked_for(answer):
    """What the judge typed comes back on the page of a refusal; it was no secret to them."""
    return (answer.response if isinstance(answer, Page) else answer).request.path


def bytes_of(answer):
    response = answer.response if isinstance(answer, Page) else answer
    return str(response.headers) + response.get_data().decode("utf-8", "replace")


def test_no_byte_that_a_judge_receives_names_or_narrows_the_author(browser, marked):
    made, entry = marked
    sheet, other = made.sheet(made.judges[0], entry), made.sheet(made.judges[1], entry)
    page = browser.as_(made.judges[0])

    found = [
        (number, mark)
        for number, answer in enumerate(every_answer_to(page, sheet, other, made))
        for mark in markers(entry)
        if mark in bytes_of(answer) and mark not in asked_for(answer)
    ]

    assert found == []


def test_the_search_for_markers_can_find_them(browser, marked, moderator):
    _made, entry = marked

    staff = bytes_of(browser.as_(moderator).get(f"/quan-tri/duyet/{entry.idea.code}"))
    author = db.session.get(type(moderator), entry.idea.created_by_id)
    own = bytes_of(browser.as_(author).get(f"/cua-toi/{entry.idea.public_id}"))

    assert entry.idea.code in staff
    assert {mark for mark in (NAME, FILE_NAME, entry.idea.public_id) if mark in own} >= {
        NAME,
        entry.idea.public_id,
    }


def test_a_judge_gets_the_clean_copy_under_a_name_that_says_nothing(browser, marked):
    made, entry = marked
    page = browser.as_(made.judges[0])

    answer = page.get("/tep/tep24").response
    shown = page.get(f"/cham-diem/{made.sheet(made.judges[0], entry).public_id}")

    assert answer.get_data() == CLEAN_BYTES
    assert answer.headers["Content-Disposition"] == "attachment; filename=tai-lieu.pdf"
    assert "Last-Modified" not in answer.headers
    assert [link for link in shown.links() if link.startswith("/tep/")] == ["/tep/tep24"]


def test_what_was_handed_back_can_be_read_no_more_nor_can_the_ideas_of_others(browser, marked):
    made, entry = marked
    made.sheet(made.judges[0], entry).state = SheetState.RECUSED
    db.session.commit()

    browser.as_(made.judges[0]).get("/tep/tep24", status=404)
    browser.as_(UserFactory(role=Role.JUDGE)).get("/tep/tep24", status=404)
    browser.as_(made.judges[1]).get("/tep/tep24")


def test_an_idea_that_was_withdrawn_is_shown_to_no_judge_and_gets_no_rank(browser, marked, moderator):
    made, entry = marked
    entry.idea.state = IdeaState.WITHDRAWN
    made.entries[1].idea.state = IdeaState.APPROVED
    db.session.commit()
    page, sheet = browser.as_(made.judges[0]), made.sheet(made.judges[0], entry)

    seen = page.get("/cham-diem").html + page.get(f"/cham-diem/{sheet.public_id}").html
    ranking = RankingFactory(round=made.round)

    assert entry.idea_version.title not in seen
    page.get("/tep/tep24", status=404)
    assert next(row for row in ranking.rows if row.entry_id == entry.id).unranked == "withdrawn"


def test_judges_read_the_text_that_was_frozen_not_what_was_written_since(browser, marked):
    made, entry = marked
    entry.idea.title, entry.idea.summary = "Tên đổi sau khi gửi", "Tóm tắt đổi sau"
    db.session.commit()
    page = browser.as_(made.judges[0])

    progress = page.get("/cham-diem").html
    sheet = page.get(f"/cham-diem/{made.sheet(made.judges[0], entry).public_id}").html

    assert "Tên đổi sau" not in progress + sheet
    assert "Tóm tắt đổi sau" not in sheet


PUBLIC = [
    "/",
    "/y-tuong",
    "/y-tuong?q=Zeta",
    "/y-tuong/YT-2026-7777",
    "/ket-qua",
    "/the-le",
    "/cuoc-thi/mua-thu",
]


@pytest.mark.parametrize("as_judge", [False, True])
def test_public_pages_name_no_author_of_a_blind_campaign_before_publication(browser, app, as_judge):
    campaign = CampaignFactory(slug="mua-thu")
    author = UserFactory(full_name=NAME, email=EMAIL, unit_id=UnitFactory(name=UNIT, short_name=UNIT).id)
    idea = IdeaFactory(campaign=campaign, owner=author, state="approved", code="YT-2026-7777")
    EntryFactory(round=RoundFactory(campaign=campaign, state=RoundState.OPEN), idea=idea)
    page = browser.as_(UserFactory(role=Role.JUDGE)) if as_judge else browser

    seen = [bytes_of(page.get(address, status=None)) for address in PUBLIC]

    assert [address for address, text in zip(PUBLIC, seen, strict=True) if NAME in text or UNIT in text] == []
    assert idea.title in seen[3]


def test_judge_pages_send_no_address_to_other_sites_and_are_not_kept(browser, marked):
    made, _entry = marked

    headers = browser.as_(made.judges[0]).get(f"/cham-diem/{made.sheets[0].public_id}").response.headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_codes_are_drawn_and_rows_do_not_follow_the_order_of_sending(app, moderator):
    round_ = RoundFactory(state=RoundState.OPEN)
    ideas = [IdeaFactory(campaign=round_.campaign, state="approved") for _ in range(12)]

    entries = sorted(enter_ideas(moderator, round_), key=lambda entry: entry.id)

    assert len({entry.judging_code for entry in entries}) == 12
    assert [entry.idea_id for entry in entries] != [idea.id for idea in ideas]
    assert not [entry for entry in entries if entry.judging_code in (entry.idea.code or "")]


def test_judge_who_became_a_moderator_marks_no_more_of_a_blind_round(browser):
    made = contest()
    sheet, judge = made.sheets[0], made.judges[0]
    browser.as_(judge).get(f"/cham-diem/{sheet.public_id}")

    judge.grants.append(RoleGrant(role=Role.MODERATOR, given_at=now()))
    db.session.commit()

    browser.as_(judge).get(f"/cham-diem/{sheet.public_id}", status=404)


def test_judges_of_an_open_round_read_the_names_unless_another_round_is_still_blind(app, browser):
    campaign = CampaignFactory(blind=False)
    made = contest(ideas=1, judges=1, campaign=campaign, blind=False)
    name = made.entries[0].idea.authors[0].full_name
    address = f"/cham-diem/{made.sheets[0].public_id}"

    assert name in browser.as_(made.judges[0]).get(address)

    RoundFactory(campaign=campaign, state=RoundState.OPEN, blind=True, position=1)

    assert name not in browser.as_(made.judges[0]).get(address)


def test_public_pages_stay_nameless_while_one_round_is_blind(app, browser):
    campaign = CampaignFactory(blind=False)
    RoundFactory(campaign=campaign, blind=False)
    idea = IdeaFactory(campaign=campaign, state=IdeaState.APPROVED, owner=UserFactory(full_name=NAME))
    assert NAME in browser.get(f"/y-tuong/{idea.code}")

    RoundFactory(campaign=campaign, blind=True, state=RoundState.OPEN, position=1)

    assert NAME not in browser.get(f"/y-tuong/{idea.code}")
