"""Who sees what, and from when: the whole table, each cell proved on every page, file and mail that a person can reach.

A cell says from which phase on a thing is seen; «never» means in no phase. Everybody sees what is public.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from app.accounts.models import User
from app.audit import heads
from app.audit.service import adopt
from app.campaigns.models import Round
from app.campaigns.rules import Method
from app.core.db import db, transaction
from app.core.web import file_store
from app.finals.link import projector_key
from app.judging import panel, service
from app.judging.findings import Findings, findings_of
from app.judging.models import PanelMember, ScoreSheet
from app.judging.rounds import lock_round
from app.judging.secretary.service import appoint_secretary
from app.permissions import GRANTS, Action, Role, any_
from app.results import service as publishing
from app.results.bundle.service import make_due
from app.results.council import service as council
from app.results.council import votes
from app.results.council.queries import council_of
from tests.audit.story import seal
from tests.factories import (
    AppealFactory,
    CampaignFactory,
    IdeaFactory,
    PanelMemberFactory,
    ScoreSheetFactory,
    UnitFactory,
    UserFactory,
)
from tests.finals.stage import Stage, stage
from tests.judging.contest import Contest, contest
from tests.judging.sight import everything, post_has_come, values_of
from tests.results.podium import out

PHASES = ("open", "locked", "ranked", "published")  # locked: its council sits
VIEWERS = ("judge", "chair", "secretary", "clerk", "moderator", "administrator", "leader", "author", "public")

# fmt: off
SEEN_FROM = {
    #                        judge        chair        secretary    clerk        moderator    administr.   leader       author       public
    "another's sheet":      ("locked",    "locked",    "locked",    "locked",    "published", "published", "published", "published", "published"),
    "score and rank":       ("published", "locked",    "locked",    "locked",    "ranked",    "ranked",    "ranked",    "published", "published"),
    "name of a code":       ("never",     "open",      "open",      "open",      "never",     "never",     "never",     "never",     "never"),
    "own code":             ("open",      "open",      "open",      "open",      "never",     "never",     "never",     "never",     "never"),
    "another's severity":   ("published", "locked",    "locked",    "locked",    "published", "published", "published", "published", "published"),
    "own severity":         ("locked",    "locked",    "locked",    "locked",    "published", "published", "published", "published", "published"),
    "another's comment":    ("locked",    "locked",    "locked",    "locked",    "never",     "never",     "never",     "never",     "never"),
    "own comment":          ("open",      "locked",    "locked",    "locked",    "never",     "never",     "never",     "never",     "never"),
    "released comment":     ("never",     "ranked",    "ranked",    "ranked",    "never",     "never",     "never",     "published", "never"),
    "progress of a judge":  ("never",     "open",      "open",      "open",      "open",      "open",      "open",      "never",     "never"),
    "own progress":         ("open",      "open",      "open",      "open",      "open",      "open",      "open",      "never",     "never"),
}
# fmt: on
# «own» is what belongs to the judge in the first column. Organisers see ranks once they are frozen: they propose the
# awards. Before that they see counts alone. A leader follows the rounds as organisers do. A clerk is an officer who
# keeps the papers of the council and marks nothing.

NAME, LEFT_NAME, OWN_NAME = "Bùi Thị Bê Mắc Kơ", "Đỗ Văn Lờ Mắc Kơ", "Phan Thị A Mắc Kơ"
CODES = ("GK61", "GK62", "GK63", "GK64", "GK65")
CODE, LEFT_CODE, OWN_CODE = "GK63", "GK65", "GK62"
COMMENT, OWN_COMMENT, RELEASED = "Lời mắc-kơ-bê cho đội.", "Lời mắc-kơ-a cho đội.", "Lời mắc-kơ-thả cho đội."
LENIENT = (3, -6, 11, -8)  # secretary, judge, the other one, chair


class Told(NamedTuple):
    """A round of 24 ideas, each read by three of four; the first one is looked at from everywhere."""

    made: Contest
    people: dict[str, User]
    proposer: User


def number(value: Decimal) -> str:
    """A number as pages, files and events write it: 67,53, 67.53 or 6753, never as a part of something longer."""
    whole, cents = f"{abs(value):.2f}".split(".")
    return rf"(?<![\w.]){whole}(?:[.,]{cents}(?!\w|[.,]\d)|{cents}(?!\w))"


def together(*words: str) -> Callable[[str], bool]:
    """On one page or in one file."""
    return lambda text: all(re.search(rf"{word}(?!\w)", text) for word in words)


def counted(name: str, count: str) -> Callable[[str], bool]:
    """A count a little after a name, whatever stands between them."""
    return lambda text: bool(re.search(rf"{name}(?:(?!Mắc Kơ).){{0,900}}?{count}(?!\d)", text, re.DOTALL))


def matching(*patterns: str) -> Callable[[str], bool]:
    return lambda text: any(re.search(pattern, text) for pattern in patterns)


def markers(found: Findings, judge: User, other: User, entry_id: int) -> dict[str, Callable[[str], bool]]:
    """How each thing is known when it is seen."""
    row = next(row for row in found.result.rows if row.idea == str(entry_id))
    severity = found.result.leniency
    return {
        "another's sheet": matching(number(Decimal("26.37")), number(Decimal("67.53"))),
        "score and rank": matching(number(row.score)),
        "name of a code": lambda text: together(NAME, CODE)(text) or together(LEFT_NAME, LEFT_CODE)(text),
        "own code": together(OWN_NAME, OWN_CODE),
        "another's severity": matching(number(severity[str(other.id)])),
        "own severity": matching(number(severity[str(judge.id)])),
        "another's comment": matching("mắc-kơ-bê"),
        "own comment": matching("mắc-kơ-a"),
        "released comment": matching("mắc-kơ-thả"),
        "progress of a judge": counted(NAME, "13/18"),
        "own progress": matching("Đã chấm 17 trong 18 bài", rf"{OWN_NAME}(?:(?!Mắc Kơ).){{0,900}}?17/18"),
    }


NUMBERED = (CampaignFactory, IdeaFactory, UnitFactory, UserFactory)
FAR = 1_000_000  # “Hộp gom pin cũ số 767” would pass for a severity of 7,67; no marker has seven digits


@pytest.fixture(autouse=True)
def names_like_no_marker() -> Iterator[None]:
    """What the factories number looks like no figure that is looked for, however many tests ran before."""
    before = [(numbered, numbered._meta.next_sequence()) for numbered in NUMBERED]
    for numbered in NUMBERED:
        numbered.reset_sequence(FAR)
    yield
    for numbered, number_then in before:
        numbered.reset_sequence(number_then)


@pytest.fixture
def told(app) -> Told:
    """The round is open. Everybody has marked but for a sheet of the judge's and five of the other one's."""
    made = contest(ideas=24, judges=4, dealt=False, k=3, method=Method.ADJUSTED, cut_top=12)
    secretary, judge, other, chair = made.judges
    judge.full_name, other.full_name = OWN_NAME, NAME
    seats = {seat.judge_id: seat for seat in db.session.scalars(sa.select(PanelMember))}
    for person, code in zip(made.judges, CODES, strict=False):
        seats[person.id].code = code
    seats[chair.id].is_chair = seats[secretary.id].is_secretary = True
    db.session.commit()
    for place, entry in enumerate(made.entries):
        for seat, person in enumerate(made.judges):
            if place % 4 == seat or (place == 0 and person in {judge, other}):
                continue
            is_left = (person, place) in {(judge, 23), *((other, late) for late in (19, 20, 21, 23, 12))}
            moi = 17 + (place * 5 % 9) + LENIENT[seat] + (place * 7 + seat * 3) % 5 / 4
            given = {"moi": moi, "hieu_qua": 40}
            ScoreSheetFactory(entry=entry, judge_id=person.id, given=given, submitted=not is_left)
    with transaction():
        adopt()  # the factory's rows have no events of their own
    proposer = UserFactory(role=Role.MODERATOR)
    left = UserFactory(role=Role.JUDGE, full_name=LEFT_NAME)
    PanelMemberFactory(round=made.round, judge=left, code=LEFT_CODE)
    _submit(made, judge, "21,5", "40", OWN_COMMENT)
    _submit(made, other, "26,37", "41,16", COMMENT)
    _submit(made, left, "34", "42", "")
    with transaction():
        seat = db.session.scalars(sa.select(PanelMember).where(PanelMember.judge_id == left.id)).one()
        panel.remove_panel_member(proposer, made.round, seat)
    author = db.session.get_one(User, made.entries[0].idea.created_by_id)
    clerk = UserFactory(role=Role.OFFICER)
    with transaction():
        appoint_secretary(proposer, made.round, clerk)
    people = {"judge": judge, "chair": chair, "secretary": secretary, "clerk": clerk, "author": author}
    for role in (Role.MODERATOR, Role.ADMINISTRATOR, Role.LEADER):
        people[role.value] = UserFactory(role=role)
    return Told(made, people, proposer)


def _submit(made: Contest, person: User, moi: str, hieu_qua: str, comment: str) -> None:
    """A sheet on the first idea, as its judge would."""
    sheet = ScoreSheetFactory(entry=made.entries[0], judge_id=person.id)
    with transaction():
        for criterion, points in zip(sheet.criteria, (moi, hieu_qua), strict=True):
            service.mark_criterion(
                person, sheet, criterion, points=points, comment=None, version=sheet.version
            )
        service.comment_on_sheet(person, sheet, comment=comment, version=sheet.version)
        service.submit_sheet(person, sheet, version=sheet.version)


def bring_to(told: Told, phase: str) -> None:
    """Through the phases, by the commands of those whose work it is."""
    made, chair = told.made, told.people["chair"]
    if phase == "open":
        return
    with transaction():
        lock_round(told.proposer, made.round)
        council.convene(chair, made.round, place="Phòng họp số 2")
        council.mark_present(chair, council_of(made.round.id), {judge.id for judge in made.judges})
    if phase == "locked":
        return
    _settle(told)
    sheet = db.session.scalars(sa.select(ScoreSheet).where(ScoreSheet.comment == COMMENT)).one()
    with transaction():
        publishing.release_comment(chair, sheet, text=RELEASED)
    if phase == "ranked":
        return
    publication = out(made, told.proposer, UserFactory(role=Role.LEADER))
    AppealFactory(publication=publication, idea=made.entries[0].idea)
    seal()
    heads.publish_due()
    make_due(file_store())


def _settle(told: Told) -> None:
    """Whatever the council has to look at, and its end."""
    chair, round_id = told.people["chair"], told.made.round.id
    while waiting := [case for case in council_of(round_id, anew=True).cases if not case.is_settled]:
        case = waiting[0]
        with transaction():
            if case.kind.is_tie:
                votes.open_vote(chair, case)
                for judge in told.made.judges:
                    votes.cast_vote(judge, case, [line.entry_id for line in case.entries][: case.places])
                votes.close_vote(chair, case)
            else:
                council.decide_case(
                    chair,
                    case,
                    note="",
                    decision="Giữ nguyên điểm.",
                    reason="Các phiếu khác nhau vì cách hiểu tiêu chí.",
                    version=case.version,
                )
    with transaction():
        held = council_of(round_id, anew=True)
        council.close_council(chair, held, version=held.version)


def seen_by(told: Told, browser, viewer: str) -> dict[str, list[str]]:
    """Thing → where this viewer comes upon it."""
    person = told.people.get(viewer)
    known = markers(
        findings_of(told.made.round), told.people["judge"], told.made.judges[2], told.made.entries[0].id
    )
    found: dict[str, list[str]] = {thing: [] for thing in known}
    visitor = browser.as_(person) if person else browser
    for address, text in everything(visitor, values_of(told.made), person):
        for thing, is_in in known.items():
            if is_in(text):
                found[thing].append(address)
    return found


def expected_in(phase: str, viewer: str) -> set[str]:
    column = VIEWERS.index(viewer)
    passed = PHASES[: PHASES.index(phase) + 1]
    return {thing for thing, cells in SEEN_FROM.items() if cells[column] in passed}


@pytest.mark.parametrize("phase", PHASES)
def test_everybody_sees_what_the_table_says_and_nothing_else(told, browser, phase):
    bring_to(told, phase)
    post_has_come()

    seen = {viewer: seen_by(told, browser, viewer) for viewer in VIEWERS}

    wrong = {
        (viewer, thing): seen[viewer][thing][:5] or "nowhere"
        for viewer in VIEWERS
        for thing in SEEN_FROM
        if bool(seen[viewer][thing]) is not (thing in expected_in(phase, viewer))
    }
    assert wrong == {}


# --- the table can turn red: each hole is torn open once, and found ---------------------------------------------------------

HOLES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "figures are open before the lock": lambda patch: patch.setattr(Round, "has_open_figures", True),
    **{
        f"{role} may {action}": lambda patch, role=role, action=action: patch.setitem(
            GRANTS[action], role, any_
        )
        for role, action in (
            (Role.JUDGE, Action.FINDINGS_READ),
            (Role.MODERATOR, Action.COMMENT_RELEASE),
            (Role.MODERATOR, Action.FINDINGS_READ),
            (Role.ADMINISTRATOR, Action.FINDINGS_READ),
            (Role.LEADER, Action.FINDINGS_READ),
            (Role.YOUTH, Action.FINDINGS_READ),
            (Role.ANONYMOUS, Action.DESK_READ),
        )
    },
}


@pytest.mark.parametrize(
    ("hole", "phase", "viewer", "thing"),
    [
        ("judge may findings.read", "locked", "judge", "score and rank"),
        ("figures are open before the lock", "open", "chair", "score and rank"),
        ("figures are open before the lock", "open", "secretary", "another's severity"),
        ("moderator may comment.release", "locked", "moderator", "another's comment"),
        ("moderator may findings.read", "locked", "moderator", "name of a code"),
        ("administrator may findings.read", "locked", "administrator", "name of a code"),
        ("leader may findings.read", "locked", "leader", "score and rank"),
        ("youth may findings.read", "locked", "author", "another's severity"),
        ("anonymous may desk.read", "open", "public", "progress of a judge"),
    ],
)
def test_a_hole_in_any_column_is_found(told, browser, monkeypatch, hole, phase, viewer, thing):
    bring_to(told, phase)
    assert thing not in expected_in(phase, viewer)

    HOLES[hole](monkeypatch)

    assert seen_by(told, browser, viewer)[thing]


# --- a live final: totals are opened on the stage, and until then nobody has seen one ----------------------------------------

FINAL_PHASES = ("running", "closed", "opened")
FINAL_VIEWERS = ("judge", "chair", "moderator", "administrator", "leader", "author", "hall", "public")

# fmt: off
FINAL_SEEN_FROM = {
    #                   judge     chair     moderator administr. leader    author    hall      public
    "another's sheet": ("opened", "opened", "never",  "never",   "never",  "never",  "never",  "never"),
    "total":           ("never",  "opened", "opened", "opened",  "opened", "never",  "opened", "never"),
    "severity":        ("opened", "opened", "never",  "never",   "never",  "never",  "never",  "never"),
}
# fmt: on
# the judge's severity is the judge's own; the hall has the secret link of the projector, where totals are put up


def live(phase: str) -> Stage:
    """Five ideas, three judges of very different leniency; the middle sheet of the first idea is nobody else's to read."""
    evening = stage(ideas=5, judges=3)
    for place, entry in enumerate(evening.made.entries):
        for judge, points in zip(evening.made.judges, (1111, 2637, 3879), strict=True):
            evening.made.sheet(judge, entry).marks[0].hundredths = points - place * 123 + points * place % 17
    db.session.commit()
    return {"running": evening.to_running, "closed": evening.to_closed, "opened": evening.to_totals}[phase]()


def seen_in_hall(evening: Stage, browser, viewer: str) -> dict[str, list[str]]:
    made = evening.made
    found = findings_of(made.round)
    row = next(row for row in found.result.rows if row.idea == str(made.entries[0].id))
    own = made.judges[2]
    known = {
        "another's sheet": matching(number(Decimal("26.37")), number(Decimal("66.37"))),
        "total": matching(number(row.score)),
        "severity": matching(number(found.result.leniency[str(own.id)])),
    }
    people = {
        "judge": own,
        "chair": evening.chair,
        "author": db.session.get_one(User, made.entries[0].idea.created_by_id),
        **{role.value: UserFactory(role=role) for role in (Role.MODERATOR, Role.ADMINISTRATOR, Role.LEADER)},
    }
    person = people.get(viewer)
    visitor = browser.as_(person) if person else browser
    texts = list(everything(visitor, values_of(made), person))
    if viewer == "hall":
        with browser.app.test_request_context():
            key = projector_key(evening.final)
        texts += [
            (address, visitor.get(f"{evening.address}/{address}?khoa={key}").response.get_data(as_text=True))
            for address in ("man-chieu", "man-chieu.json")
        ]
    return {thing: [address for address, text in texts if is_in(text)] for thing, is_in in known.items()}


def expected_in_hall(phase: str, viewer: str) -> set[str]:
    column, passed = FINAL_VIEWERS.index(viewer), FINAL_PHASES[: FINAL_PHASES.index(phase) + 1]
    return {thing for thing, cells in FINAL_SEEN_FROM.items() if cells[column] in passed}


@pytest.mark.parametrize("phase", FINAL_PHASES)
def test_nobody_sees_a_total_of_a_live_final_before_it_is_opened(app, browser, phase):
    evening = live(phase)
    post_has_come()

    seen = {viewer: seen_in_hall(evening, browser, viewer) for viewer in FINAL_VIEWERS}

    wrong = {
        (viewer, thing): seen[viewer][thing][:5] or "nowhere"
        for viewer in FINAL_VIEWERS
        for thing in FINAL_SEEN_FROM
        if bool(seen[viewer][thing]) is not (thing in expected_in_hall(phase, viewer))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("hole", "viewer", "thing"),
    [
        ("figures are open before the lock", "chair", "total"),
        ("figures are open before the lock", "judge", "severity"),
        ("administrator may findings.read", "administrator", "total"),
    ],
)
def test_a_hole_in_a_live_final_is_found(app, browser, monkeypatch, hole, viewer, thing):
    evening = live("closed")
    HOLES["figures are open before the lock"](monkeypatch)

    HOLES[hole](monkeypatch)

    assert seen_in_hall(evening, browser, viewer)[thing]


def test_the_projector_shows_nothing_without_its_key(app, browser, monkeypatch):
    evening = live("opened")
    assert not seen_in_hall(evening, browser, "public")["total"]

    monkeypatch.setattr("app.finals.hall.views.hmac.compare_digest", lambda *_: True)

    assert seen_in_hall(evening, browser, "public")["total"]
