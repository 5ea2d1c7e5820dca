"""A changed database is caught, in each way that somebody with its password could change it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.audit import service
from app.audit.sealing import seal_events
from app.audit.verification import Head
from app.campaigns.rules import RoundState
from app.core import facts
from app.core.canonical import next_head
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, WrongState
from app.core.events import Event, Seal
from app.judging import panel, rounds
from app.judging import service as judging
from app.judging.conflicts import declare_conflict
from app.judging.facts import panel_members
from app.judging.models import Mark, PanelMember, ScoreSheet
from app.judging.rules import SheetState
from app.results.models import Award, RankRow
from tests.audit.story import change, check, found, seal, story


def test_a_contest_judged_by_the_commands_holds_to_the_last_row(app):
    story()

    whole = check()

    assert whole.findings == []
    assert whole.waiting == 0
    assert whole.rows > 20
    assert whole.sealed == db.session.query(Event).count()


# --- the seven ways


def test_a_changed_mark_is_caught_by_row_and_criterion(app):
    told = story()
    sheet = told.sheets[0]
    mark = db.session.query(Mark).filter_by(sheet_id=sheet.id).order_by(Mark.criterion_id).first()
    held = mark.hundredths

    change("UPDATE marks SET hundredths = hundredths - 500 WHERE id = :id", id=mark.id)

    (one,) = check().findings
    assert (one.why, one.table, one.row, one.field) == ("other value", "score_sheets", sheet.id, "marks.moi")
    assert (one.kind, one.said, one.found) == ("sheet.submitted", held, held - 500)


def test_a_deleted_sheet_is_caught(app):
    told = story()
    sheet_id = told.sheets[0].id

    change("DELETE FROM marks WHERE sheet_id = :id", id=sheet_id)
    change("DELETE FROM score_sheets WHERE id = :id", id=sheet_id)

    (one,) = check().findings
    assert (one.why, one.table, one.row, one.kind) == (
        "row gone",
        "score_sheets",
        sheet_id,
        "sheet.submitted",
    )


def test_a_swapped_assignment_is_caught(app):
    told = story(ideas=2, judges=2, k=1, until="assigned")
    first, second = told.sheets
    assert first.judge_id != second.judge_id

    swapped = {first.id: second.judge_id, second.id: first.judge_id}
    for id_, judge_id in swapped.items():
        change("UPDATE score_sheets SET judge_id = :judge WHERE id = :id", judge=judge_id, id=id_)

    assert [(one.row, one.field, one.kind) for one in check().findings] == [
        (first.id, "judge", "judges.assigned"),
        (second.id, "judge", "judges.assigned"),
    ]


@pytest.mark.parametrize(
    ("table", "column", "field"),
    [
        ("score_sheets", "submitted_at", "submitted_at"),
        ("versions", "received_at", "received_at"),
        ("ideas", "submitted_at", "submitted_at"),
    ],
)
def test_a_redated_submission_is_caught(app, table, column, field):
    story()
    id_ = db.session.scalar(sa.text(f"SELECT min(id) FROM {table}"))

    change(f"UPDATE {table} SET {column} = '2026-01-02 03:04:05.000000' WHERE id = :id", id=id_)

    (one,) = check().findings
    assert (one.why, one.table, one.row, one.field) == ("other value", table, id_, field)


@pytest.mark.parametrize(
    ("statement", "table", "field"),
    [
        ("UPDATE publications SET published_at = proposed_at", "publications", "published_at"),
        ("UPDATE publications SET note = 'Khác'", "publications", "note"),
        ("DELETE FROM awards WHERE id = (SELECT max(id) FROM awards)", "publications", "awards"),
        ("UPDATE rank_rows SET score = score + 1 WHERE position = 2", "rankings", "rows"),
        ("UPDATE rankings SET method_used = 'valid'", "rankings", "method_used"),
    ],
)
def test_an_edited_publication_is_caught(app, statement, table, field):
    story()
    assert db.session.query(Award).count() == 3
    assert db.session.query(RankRow).count() == 4

    change(statement)

    assert found() == [("table", "other value", table, field)]


def test_a_removed_event_is_caught(app):
    told = story()
    gone = db.session.query(Event).filter_by(kind="sheet.submitted").order_by(Event.id.desc()).first()
    number = db.session.query(Seal).filter_by(event_id=gone.id).one().number

    change("DELETE FROM outbox WHERE event_id = :id", id=gone.id)
    change("DELETE FROM events WHERE id = :id", id=gone.id)

    findings = check().findings
    assert (findings[0].why, findings[0].seal) == ("missing event", number)
    assert told.sheets[-1].id in {one.row for one in findings[1:]}


def test_an_event_removed_with_its_seal_and_the_chain_redone_is_caught_by_a_head_kept_outside(app):
    story()
    last = db.session.query(Seal).order_by(Seal.number.desc()).first()
    kept = Head(last.number, last.head, "thư")
    # the note of one release is nobody's row: without a copy outside, its removal would pass
    gone = db.session.query(Event).filter_by(kind="initiative.received").first().id

    change("DELETE FROM outbox WHERE event_id = :id", id=gone)
    change("DELETE FROM seals WHERE event_id = :id", id=gone)
    change("DELETE FROM events WHERE id = :id", id=gone)
    redo_the_chain()

    assert check().findings == []
    assert [(one.what, one.why, one.seal) for one in check(kept).findings] == [
        ("head", "tail cut", kept.number)
    ]


def test_a_cut_tail_is_caught_by_a_published_head(app):
    story()
    last = db.session.query(Seal).order_by(Seal.number.desc()).first()
    kept = Head(last.number, last.head[:16], "biên bản")
    cut = [event.id for event in db.session.query(Event).filter_by(kind="initiative.received")]

    for id_ in cut:
        change("DELETE FROM outbox WHERE event_id = :id", id=id_)
        change("DELETE FROM seals WHERE event_id = :id", id=id_)
        change("DELETE FROM events WHERE id = :id", id=id_)

    assert check().findings == []
    assert [(one.what, one.why) for one in check(kept).findings] == [("head", "tail cut")]


def redo_the_chain():
    """What somebody would do who knows how the chain is made."""
    from app.core.chain import BEGINNING

    head = BEGINNING
    seals = db.session.query(Seal).order_by(Seal.number).all()
    rows = []
    for number, seal_ in enumerate(seals, start=1):
        head = next_head(head, seal_.leaf)
        rows.append((seal_.number, number, head))
    for old, number, head_ in rows:
        change(
            "UPDATE seals SET number = :new, head = :head WHERE number = :old",
            old=old,
            new=number,
            head=head_,
        )


# --- more of it


def test_a_head_that_differs_is_caught_and_one_that_agrees_is_not(app):
    story(until="assigned")
    last = db.session.query(Seal).order_by(Seal.number.desc()).first()

    assert check(Head(last.number, last.head, "")).findings == []
    assert [one.why for one in check(Head(last.number, "f" * 16, "")).findings] == ["other head"]
    assert [one.why for one in check(Head(1, last.head, "")).findings] == ["other head"]


@pytest.mark.parametrize(
    ("statement", "table", "field"),
    [
        ("UPDATE entries SET community_votes = 9 WHERE id = (SELECT min(id) FROM entries)", "entries", "votes"),
        ("UPDATE panel_members SET code = 'GK99' WHERE id = (SELECT min(id) FROM panel_members)", "panel_members", "code"),
        ("UPDATE rounds SET ends_at = starts_at", "rounds", "ends_at"),
        ("UPDATE criteria SET max_points = max_points + 1 WHERE key = 'moi'", "rounds", "rules_now"),
        ("UPDATE score_sheets SET state = 'void' WHERE id = (SELECT min(id) FROM score_sheets)", "score_sheets", "state"),
        ("UPDATE ideas SET state = 'withdrawn' WHERE id = (SELECT min(id) FROM ideas)", "ideas", "state"),
    ],
)  # fmt: skip
def test_any_other_row_on_record_is_compared_too(app, statement, table, field):
    story()

    change(statement)

    assert ("table", "other value", table, field) in found()


def test_a_row_that_no_event_made_is_caught(app):
    told = story(until="assigned")
    declare = "INSERT INTO conflicts (judge_id, kind, idea_id, reason, made_by_id, made_at)"
    idea = db.session.scalar(sa.text("SELECT min(id) FROM ideas"))

    change(
        f"{declare} VALUES (:judge, 'set', :idea, '', :judge, '2026-01-02 03:04:05')",
        judge=told.judges[0].id,
        idea=idea,
    )

    assert found() == [("table", "row without event", "conflicts", "")]


def test_an_event_of_which_nobody_knew_the_seal_yet_is_checked_too(app):
    told = story(until="assigned")
    with transaction():
        rounds.lock_round(told.moderator, told.round)

    assert check().findings == []
    assert check().waiting == 1

    change("UPDATE events SET kind = 'x' WHERE kind = 'round.locked'")

    assert [(one.why, one.seal) for one in check().findings] == [("changed event", None)]


def test_marks_of_an_open_sheet_are_the_judges_own(app):
    told = story(until="assigned")
    sheet = told.sheets[0]
    judge = db.session.get_one(type(told.judges[0]), sheet.judge_id)
    with transaction():
        judging.mark_criterion(
            judge, sheet, sheet.criteria[0], points="30", comment=None, version=sheet.version
        )

    assert check().findings == []
    assert "marks" not in {
        name for e in db.session.query(Event) for _t, _i, v in e.facts if v and v.get("marks") for name in v
    }


def test_every_way_a_sheet_can_go_leaves_its_event(app):
    told = story(ideas=3, judges=4, k=2, until="submitted", method="mean")
    first, second, third, *_rest = told.sheets
    reason = "Phiếu có điểm nhập nhầm."
    with transaction():
        judging.reopen_sheet(told.moderator, first, reason=reason)
        judging.void_sheet(told.moderator, second, reason=reason)
    with transaction():
        judging.recuse(db.session.get_one(type(told.leader), first.judge_id), first, reason=reason)
        judge = db.session.get_one(type(told.leader), third.judge_id)
        declare_conflict(told.moderator, judge, told.round.campaign, reason=reason, idea=third.entry.idea)
    seal()

    assert third.state is SheetState.VOID
    assert check().findings == []


def test_a_judge_who_leaves_takes_untouched_sheets_along_and_the_record_holds(app):
    told = story(until="assigned")
    leaver = told.judges[0]
    member = db.session.query(PanelMember).filter_by(judge_id=leaver.id).one()
    held = [sheet for sheet in told.sheets if sheet.judge_id == leaver.id]
    assert held
    judged, code = held[0], member.code
    with transaction():
        judging.mark_criterion(
            leaver, judged, judged.criteria[0], points="1", comment=None, version=judged.version
        )
    with transaction():
        panel.remove_panel_member(told.moderator, told.round, member)
    seal()

    assert check().findings == []
    assert db.session.query(ScoreSheet).filter_by(judge_id=leaver.id).count() == 1
    left, withdrawn = (
        [one for event in db.session.query(Event).filter_by(kind=kind) for one in event.shown]
        for kind in ("panel.changed", "sheet.withdrawn")
    )
    assert [(one["judge"], one["state"]) for one in left] == [(code, "void")]
    assert [(one["judge"], one["state"]) for one in withdrawn] == [(code, "gone")] * (len(held) - 1)


def test_who_comes_back_to_a_panel_has_the_code_of_before_and_nobody_else_gets_it(app):
    told = story(until="assigned")
    leaver = told.judges[0]
    member = db.session.query(PanelMember).filter_by(judge_id=leaver.id).one()
    code, commitment = member.code, member.commitment
    with transaction():
        panel.remove_panel_member(told.moderator, told.round, member)
    with transaction():
        again = panel.add_panel_member(told.moderator, told.round, leaver)

    assert again.code == code
    assert again.commitment != commitment


# --- erasure by law


def test_erasure_by_law_leaves_the_record_whole(app, administrator):
    told = story()
    event = db.session.query(Event).filter_by(kind="sheet.submitted").first()
    leaf = event.leaf

    with transaction():
        service.erase_event_payload(administrator, event, reason="Quyết định 12/QĐ ngày 02/12.")
    seal()

    whole = check()
    assert whole.findings == []
    assert whole.erased == 1
    assert (event.leaf, event.salt, event.facts, event.shown, event.data) == (leaf, "", [], [], {})
    assert told.round.state is RoundState.CLOSED


def test_an_erasure_that_no_event_names_is_caught(app):
    story()
    event = db.session.query(Event).filter_by(kind="sheet.submitted").first()
    number = db.session.query(Seal).filter_by(event_id=event.id).one().number

    change(
        "UPDATE events SET salt = '', private_salt = '', facts = '[]', shown = '[]', data = '{}' WHERE id = :id",
        id=event.id,
    )

    assert ("chain", "erased without a reason", number) in {
        (one.what, one.why, one.seal) for one in check().findings
    }


def test_only_an_administrator_erases_with_a_reason_and_once(app, administrator, moderator):
    story(until="assigned")
    event = db.session.query(Event).first()
    reason = "Quyết định 12/QĐ ngày 02/12."

    with pytest.raises(NotAllowed), transaction():
        service.erase_event_payload(moderator, event, reason=reason)
    with pytest.raises(Invalid), transaction():
        service.erase_event_payload(administrator, event, reason="luật")
    with transaction():
        erasure = service.erase_event_payload(administrator, event, reason=reason)
    for one in (event, erasure):
        with pytest.raises(WrongState), transaction():
            service.erase_event_payload(administrator, one, reason=reason)


def test_rows_of_before_the_record_are_taken_in_once(app):
    from tests.factories import IdeaFactory

    IdeaFactory(state="approved")
    assert {one.why for one in check().findings} == {"row without event"}

    with transaction():
        assert service.adopt() == 2  # the idea and its version
    with transaction():
        assert service.adopt() == 0

    seal_events()
    assert check().findings == []


@pytest.fixture
def before_secretaries(app, monkeypatch):
    """A contest judged before the record knew who is secretary."""
    now = facts.READERS["panel_members"]

    def then(ids):
        for fact in now(ids):
            yield fact._replace(values={k: v for k, v in fact.values.items() if k != "is_secretary"})

    with monkeypatch.context() as patched:
        patched.setitem(facts.READERS, "panel_members", then)
        yield story(until="assigned")


def test_a_younger_column_is_taken_in_by_adoption_and_held_to_from_then_on(before_secretaries):
    told = before_secretaries
    facts.READERS["panel_members"] = panel_members
    assert check().findings == []

    with transaction():
        assert service.adopt() == len(told.judges)
    with transaction():
        assert service.adopt() == 0
    seal_events()
    assert check().findings == []

    change(
        "UPDATE panel_members SET is_secretary = :yes WHERE judge_id = :id", yes=True, id=told.judges[0].id
    )
    assert found() == [("table", "other value", "panel_members", "is_secretary")]


def test_adoption_never_takes_in_what_was_changed(before_secretaries):
    told = before_secretaries
    change("UPDATE panel_members SET is_chair = :yes WHERE judge_id = :id", yes=True, id=told.judges[0].id)
    facts.READERS["panel_members"] = panel_members

    with transaction():
        assert service.adopt() == len(told.judges) - 1
    seal_events()

    assert found() == [("table", "other value", "panel_members", "is_chair")]


def test_who_chairs_a_panel_is_on_record(app):
    told = story(until="assigned")
    member = db.session.query(PanelMember).filter_by(judge_id=told.judges[0].id).one()
    with transaction():
        panel.appoint(told.moderator, member, is_chair=True, is_secretary=False)
    seal()

    assert check().findings == []


def test_a_command_that_changes_very_many_rows_spreads_them_over_events(app, monkeypatch):
    from app.core import events

    monkeypatch.setattr(events, "MOST_ROWS", 3)

    told = story(ideas=4, judges=2, k=2, until="assigned")

    dealt = [
        event
        for event in db.session.query(Event).order_by(Event.id)
        if any("judge" in shown for shown in event.shown)
    ]
    assert [(event.kind, len(event.shown)) for event in dealt] == [
        ("record.rows", 3),
        ("record.rows", 3),
        ("judges.assigned", 2),
    ]
    assert len(told.sheets) == 8
    assert check().findings == []
