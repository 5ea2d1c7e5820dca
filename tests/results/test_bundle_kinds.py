"""Bundles of a live final, of ideas that left the contest, of results that were replaced, and of rows older than the record."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.audit.heads import publish_due
from app.audit.service import adopt
from app.core import facts
from app.core.db import db, transaction
from app.core.events import Event, Outbox, Seal
from app.finals import service as finals
from app.finals.planning import plan_final
from app.ideas import service as ideas
from app.judging import panel
from app.judging.models import Entry, PanelMember
from app.judging.rules import Exclusion
from app.permissions import Role
from app.results.appeals import service as appeals
from app.results.bundle.service import content_of
from app.results.exclusion import exclude
from app.results.freezing import ranking_of
from tests.audit.story import change, found, seal, story
from tests.factories import UserFactory
from tests.finals.stage import Stage
from tests.judging.contest import Contest
from tests.results.appeals.test_proof import ANSWER, OBJECTION
from tests.results.bundles import (
    WHY,
    finish,
    holds,
    published,
    refused,
    rows,
    submit_again,
    unpacked,
    without,
)

pytestmark = pytest.mark.postgres


# --- a live final


def test_a_round_that_ended_on_a_stage(app, tmp_path):
    told = story(until="submitted", judges=3, k=3)
    chair = told.judges[0]
    member = db.session.query(PanelMember).filter_by(judge_id=chair.id).one()
    with transaction():
        panel.appoint(told.moderator, member, is_chair=True, is_secretary=False)
        final = plan_final(chair, told.round, minutes=7, question_minutes=5)
    entries = db.session.query(Entry).filter_by(round_id=told.round.id).all()
    stage = Stage(Contest(told.round, told.judges, entries, told.sheets), chair, final)
    stage.to_closed()
    stage.do(finals.void_judge, judge_id=told.judges[2].id, reason="Có việc gấp phải về giữa buổi.")
    stage.do(finals.open_totals, shown=True)
    seal()

    folder = holds(finish(told), tmp_path)

    assert {row["so_phieu"] for row in rows(folder, "xep_hang.csv")} == {"2"}
    assert found() == []


# --- ideas that left


def withdraw_the_first(_moderator, round_):
    entry = db.session.query(Entry).filter_by(round_id=round_.id).order_by(Entry.idea_id).first()
    idea = entry.idea
    ideas.withdraw_idea(idea.leader.user, idea, version=idea.version, phrase="RÚT BÀI")


def test_an_idea_that_was_withdrawn_after_it_was_entered_has_no_rank(app, tmp_path):
    told = story(opened_up=withdraw_the_first)

    folder = holds(told, tmp_path)

    assert [row["khong_xep"] for row in rows(folder, "xep_hang.csv") if not row["hang"]] == ["withdrawn"]
    without(folder, "y_tuong.csv", lambda row: row["trang_thai"] == "withdrawn")
    assert "Bình chọn của" in refused(folder)


@pytest.mark.parametrize("excluded_as", list(Exclusion))
def test_sheets_on_an_excluded_idea_still_say_how_lenient_their_judges_are(app, tmp_path, excluded_as):
    told = story(until="submitted", judges=4, k=4)
    entry = told.sheets[0].entry
    with transaction():
        exclude(told.moderator, entry, excluded_as=excluded_as, reason="Chép nguyên văn một bài đã đăng báo.")

    folder = holds(finish(told), tmp_path)

    out = next(row for row in rows(folder, "xep_hang.csv") if row["bai"] == entry.judging_code)
    assert (out["hang"], out["khong_xep"], out["so_phieu"]) == ("", excluded_as.value, "4")


# --- results that were replaced


def corrected(told):
    """An appeal is upheld, a sheet reopened and sent again, the round ranked anew."""
    sheet = told.sheets[-1]
    idea = sheet.entry.idea
    with transaction():
        appeal = appeals.file_appeal(idea.leader.user, idea, told.publication, reason=OBJECTION)
    with transaction():
        appeals.take_up(told.leader, appeal, version=appeal.version)
    with transaction():
        appeals.answer_appeal(told.leader, appeal, upheld=True, answer=ANSWER, version=appeal.version)
    with transaction():
        appeals.reopen_sheet(told.leader, appeal, sheet, reason=WHY)
    submit_again(told, sheet, "40")
    with transaction():
        appeals.rank_again(told.leader, appeal, told.round)
    seal()
    return sheet


def test_a_bundle_made_late_is_the_one_of_its_publication_whatever_was_corrected_since(app, tmp_path):
    told = story()
    publish_due()
    before = content_of(told.publication).sha256

    corrected(told)

    assert content_of(told.publication).sha256 == before
    holds(told, tmp_path)


def test_what_replaced_it_has_both_versions_of_the_sheet(app, tmp_path):
    told = story()
    publish_due()
    first = unpacked(told, tmp_path / "first")
    sheet = corrected(told)
    told = published(told, ranking_of(told.round), UserFactory(role=Role.ADMINISTRATOR))
    publish_due()

    second = holds(told, tmp_path / "second")

    def kinds(folder):
        return [
            row["loai"] for row in rows(folder, "phieu.csv") if row["bai"] == sheet.entry.judging_code
        ].count("sheet.submitted")

    assert (kinds(first), kinds(second)) == (2, 3)


# --- rows older than the record


def test_rows_from_before_the_record_are_adopted_and_recomputed(app, tmp_path):
    """Two contests that were judged before there was a record, with rounds of the same name."""
    told, other = story(key="so_khao"), story(key="so_khao")
    forget_the_record()

    with transaction():
        adopt()
    seal()

    assert found() == []
    holds(told, tmp_path / "one")
    holds(other, tmp_path / "other")


def test_a_contest_that_an_upgrade_fell_into_is_recomputed_after_adoption(app, tmp_path, monkeypatch):
    """Its rules and entries were recorded before their events had a part that may be published."""
    with monkeypatch.context() as before:
        for table in ("round_rules", "entries"):
            before.setitem(facts.READERS, table, nothing_shown(facts.READERS[table]))
        told = story(until="submitted")
    with transaction():
        assert adopt() == 1 + 4  # a version of the rules, four entries
    with transaction():
        assert adopt() == 0

    holds(finish(told), tmp_path)


def nothing_shown(reader):
    def then(ids):
        for fact in reader(ids):
            yield fact._replace(shown=None)

    return then


def forget_the_record():
    db.session.rollback()
    for table in (Outbox, Seal, Event):
        change(f"DELETE FROM {table.__tablename__}")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


# --- what it must not say


def test_no_order_in_the_bundle_follows_the_order_in_which_the_panel_was_listed(app, tmp_path):
    told = story(judges=8, ideas=8, k=2)

    folder = unpacked(told, tmp_path)

    dealt = [row for row in rows(folder, "phieu.csv") if row["loai"] == "judges.assigned"]
    by_code = sorted(dealt, key=lambda row: (row["bai"], row["giam_khao"]))
    assert [int(row["thu_tu"]) for row in by_code] == list(range(len(dealt)))
    assert {row["loai"] for row in rows(folder, "su_kien.csv")} == {"ideas.entered", "round.opened"}
