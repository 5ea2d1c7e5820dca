"""Bundles as tests need them: written, unpacked, tampered with, and read by the script as a citizen would."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.db import db, transaction
from app.initiatives.service import publish_and_forward
from app.judging import panel, rounds
from app.judging import service as judging
from app.judging.models import PanelMember, ScoreSheet
from app.judging.plan import plan_of
from app.results import service as results
from app.results.bundle.service import content_of
from app.results.council import service as council
from app.results.council import votes
from app.results.council.models import CouncilCase
from app.results.council.queries import council_of
from app.results.council.rules import CaseKind
from app.results.freezing import lock_and_rank, ranking_of
from app.results.models import Publication, Ranking
from app.results.rules import suggested
from tests.audit.story import Marks, Story, plainly, seal, submit_all
from tests.factories import RoundFactory

WHY = "Giám khảo nhập nhầm một ô, theo biên bản."


def unpacked(told: Story, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content_of(told.publication).data)) as whole:
        whole.extractall(folder)
    return folder


def run(folder: Path, *more: str) -> tuple[int, str]:
    """As a citizen would: an isolated Python, without this project or anything installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "kiem_chung.py"), *more],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
    )
    return done.returncode, done.stdout + done.stderr


def holds(told: Story, folder: Path) -> Path:
    """The bundle of this publication, in a folder; the script has found it whole."""
    code, said = run(unpacked(told, folder))
    assert (code, said.splitlines()[-1].split(":")[0]) == (0, "KHỚP"), said
    return folder


def refused(folder: Path) -> str:
    """What the script says of a bundle that was tampered with."""
    code, said = run(folder)
    assert code == 1, said
    return said


def noisy(seed: int):
    dice = random.Random(seed)
    leniency = [dice.randint(-4, 4) for _ in range(40)]
    worth = [dice.randint(8, 30) for _ in range(400)]

    def marks(idea: int, judge: int) -> tuple[str, str]:
        new = min(40, max(0, worth[idea] + leniency[judge] + dice.randint(-4, 4)))
        return f"{new},{dice.choice(['25', '5', '75', '0'])}" if new < 40 else "40", f"{20 + new // 2},5"

    return marks


# --- what lies in it, and how it is changed by hand


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8-sig"))))


def rewrite(folder: Path, name: str, kept: Sequence[dict[str, str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, kept[0].keys())
        out.writeheader()
        out.writerows(kept)


def rewrite_csv(path: Path, row: int, field: str, value: Any) -> None:
    held = rows(path.parent, path.name)
    held[row][field] = value(held[row][field]) if callable(value) else value
    rewrite(path.parent, path.name, held)


def without(folder: Path, name: str, is_gone: Callable[[dict[str, str]], bool]) -> None:
    """Leave out lines of a file; there must be some."""
    held = rows(folder, name)
    kept = [row for row in held if not is_gone(row)]
    assert len(kept) < len(held)
    rewrite(folder, name, kept)


def drop_line(path: Path, number: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[number]
    path.write_text("".join(lines), encoding="utf-8")


def in_json(path: Path, change_it: Callable[[Any], object]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change_it(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def first_submitted(folder: Path) -> int:
    return next(n for n, row in enumerate(rows(folder, "phieu.csv")) if row["trang_thai"] == "submitted")


# --- how a story goes on, by the commands


def judge_of(told: Story, sheet: ScoreSheet) -> User:
    return next(person for person in told.judges if person.id == sheet.judge_id)


def submit_again(told: Story, sheet: ScoreSheet, points: str = "1") -> None:
    judge = judge_of(told, sheet)
    with transaction():
        judging.mark_criterion(
            judge, sheet, sheet.criteria[0], points=points, comment=None, version=sheet.version
        )
        judging.submit_sheet(judge, sheet, version=sheet.version)


def finish(told: Story) -> Story:
    """Locked, unless a council has done so, and published."""
    ranking = ranking_of(told.round)
    if ranking is None:
        with transaction():
            ranking = lock_and_rank(told.moderator, told.round)
    return published(told, ranking)


def published(told: Story, ranking: Ranking, publisher: User | None = None) -> Story:
    with transaction():
        choices = suggested(results.ranked_ideas(ranking), results.prize_offers(told.round))
        publication = results.propose_awards(told.moderator, told.round, choices)
    with transaction():
        publish_and_forward(publisher or told.leader, publication, version=publication.version)
    seal()
    db.session.expire_all()
    return told._replace(publication=publication)


def then_round(told: Story, *, marks: Marks = plainly, voted: Sequence[int] = (), **round_: Any) -> Story:
    """The round closes, and those who go on are judged by the same people in another one, all by all."""
    later: Round = RoundFactory(
        campaign=told.round.campaign, position=1, sheets_per_idea=len(told.judges), **round_
    )
    with transaction():
        for person in told.judges:
            member = panel.add_panel_member(told.moderator, later, person)
            panel.confirm_rules(person, member)
        results.advance_round(told.moderator, told.round, later, voted=voted)
    with transaction():
        rounds.open_round(told.moderator, later)
        seen = plan_of(later).fingerprint
        rounds.assign_judges(told.moderator, later, seen=seen, accept_imbalance=True, sure=True)
    after = told._replace(round=later)
    with transaction():
        submit_all(after, marks)
    return after


class Session:
    """A council on a locked round, the first judge in the chair, everybody there."""

    def __init__(self, told: Story) -> None:
        self.told, self.chair = told, told.judges[0]
        member = db.session.scalars(
            sa.select(PanelMember).where(
                PanelMember.round_id == told.round.id, PanelMember.judge_id == self.chair.id
            )
        ).one()
        with transaction():
            panel.appoint(told.moderator, member, is_chair=True, is_secretary=False)
            rounds.lock_round(told.moderator, told.round)
        with transaction():
            council.convene(self.chair, told.round)
        with transaction():
            council.mark_present(self.chair, self.sitting, {judge.id for judge in told.judges})

    @property
    def sitting(self):
        return council_of(self.told.round.id)

    def amend(self, sheet: ScoreSheet, points: dict[str, str]) -> None:
        with transaction():
            council.amend_sheet(
                judge_of(self.told, sheet), sheet, points=points, reason=WHY, version=sheet.version
            )

    def vote(self, kind: CaseKind, choices: Sequence[int | None], case_id: int | None = None) -> CouncilCase:
        """Each judge in turn votes for the n-th idea of the case, for none where n is −1, not at all where it is None."""
        case_id = case_id or next(case.id for case in self.sitting.cases if case.kind is kind)
        with transaction():
            votes.open_vote(self.chair, self._case(case_id))
        for judge, choice in zip(self.told.judges, choices, strict=True):
            if choice is None:
                continue
            case = self._case(case_id)
            chosen = [case.entries[choice].entry_id] if choice >= 0 else []
            with transaction():
                votes.cast_vote(judge, case, chosen)
        with transaction():
            votes.close_vote(self.chair, self._case(case_id))
        return self._case(case_id)

    def settle_by_vote(self) -> None:
        """Every tie that is left goes to its first idea, whatever new ties that brings up."""
        while ties := [case for case in self.sitting.cases if case.kind.is_tie and not case.is_settled]:
            self.vote(ties[0].kind, [0] * len(self.told.judges), ties[0].id)

    def close(self) -> None:
        """What is left is decided, and the ranking follows."""
        for case in self.sitting.cases:
            if not case.is_settled:
                with transaction():
                    council.decide_case(
                        self.chair,
                        case,
                        note="",
                        decision="Giữ nguyên điểm.",
                        reason=WHY,
                        version=case.version,
                    )
        with transaction():
            council.close_council(self.chair, self.sitting, version=self.sitting.version)

    def _case(self, id_: int) -> CouncilCase:
        return next(case for case in self.sitting.cases if case.id == id_)


def publication_of(told: Story) -> Publication:
    assert told.publication is not None
    return told.publication
