"""The bundle: anybody recomputes a publication with nothing but Python, and sees whatever was changed in it."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from app.audit import service as record_service
from app.audit.heads import publish_due
from app.campaigns.rules import Method
from app.core import clock
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, Seal
from app.core.web import file_store
from app.judging import service as judging
from app.operations.sweep import sweep_files
from app.results.bundle import kiem_chung
from app.results.bundle.service import bundle_of, content_of, make_due
from app.results.freezing import ranking_of
from app.results.models import ResultBundle
from tests.audit.story import Story, change, seal, story

HERE = Path(kiem_chung.__file__)


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


def noisy(seed: int):
    dice = random.Random(seed)
    leniency = [dice.randint(-4, 4) for _ in range(40)]
    worth = [dice.randint(8, 30) for _ in range(400)]

    def marks(idea: int, judge: int) -> tuple[str, str]:
        new = min(40, max(0, worth[idea] + leniency[judge] + dice.randint(-4, 4)))
        return f"{new},{dice.choice(['25', '5', '75', '0'])}" if new < 40 else "40", f"{20 + new // 2},5"

    return marks


CASES = {
    "mean": {"method": Method.MEAN},
    "mean of noise": {"method": Method.MEAN, "ideas": 9, "judges": 5, "k": 3, "marks": noisy(1)},
    "trimmed": {"method": Method.TRIMMED, "ideas": 4, "judges": 6, "k": 6, "marks": noisy(2)},
    "valid": {"method": Method.VALID, "ideas": 4, "judges": 6, "k": 6, "marks": noisy(3), "deviation": 3},
    "adjusted": {"method": Method.ADJUSTED, "ideas": 24, "judges": 6, "k": 3, "marks": noisy(4)},
    "too little data": {"method": Method.ADJUSTED, "ideas": 5, "judges": 4, "k": 2, "marks": noisy(5)},
    "no difference": {
        "method": Method.ADJUSTED,
        "ideas": 24,
        "judges": 5,
        "k": 3,
        "marks": lambda idea, judge: (f"{10 + idea}", f"{50 - (idea * judge) % 2}"),
    },
    "disconnected": {"method": Method.ADJUSTED, "ideas": 3, "judges": 3, "k": 1, "marks": noisy(6)},
    "equal ranks": {
        "ideas": 12,
        "judges": 4,
        "marks": lambda idea, judge: (f"{max(30, 38 - 2 * idea)}", "30"),
    },
}


@pytest.mark.parametrize("case", CASES)
def test_a_citizen_recomputes_what_was_published(app, tmp_path, case):
    told = story(**CASES[case])

    code, said = run(unpacked(told, tmp_path))

    assert (code, said.splitlines()[-1].split(":")[0]) == (0, "KHỚP"), said


def test_each_method_and_fallback_is_among_the_cases(app):
    seen = set()
    for case in ("adjusted", "too little data", "disconnected", "trimmed", "valid"):
        ranking = ranking_of(story(**CASES[case]).round)
        seen.add((ranking.method_used, ranking.fallback))

    assert seen == {
        ("adjusted", ""),
        ("mean", "too_little_data"),
        ("mean", "disconnected"),
        ("trimmed", ""),
        ("valid", ""),
    }


# --- the script against our own functions


@pytest.mark.parametrize("seed", range(12))
def test_the_script_and_our_own_functions_say_the_same_of_any_round(seed):
    from app.judging.methods.ranking import RankingInput, rank
    from app.judging.methods.scoring import Criterion, Rubric
    from app.judging.methods.sheets import Candidate, IdeaStatus, Sheet

    dice = random.Random(seed)
    ideas = [f"K{n}" for n in range(dice.randint(3, 40))]
    judges = [f"GK{n}" for n in range(dice.randint(2, 8))]
    k = dice.randint(1, len(judges))
    sheets = {
        (idea, judge): {"moi": dice.randint(0, 4000), "hieu_qua": dice.randint(0, 6000)}
        for idea in ideas
        for judge in dice.sample(judges, k)
        if dice.random() < 0.95
    }
    states = {idea: dice.choice(["active"] * 9 + ["withdrawn"]) for idea in ideas}
    votes = {idea: dice.randint(0, 50) for idea in ideas}
    method = dice.choice(list(Method))
    scale, community = dice.choice([(100, 0), (80, 20)])
    rules = {
        "round": "r",
        "method": method.value,
        "deviation": 15,
        "min_sheets": 2,
        "scale": scale,
        "community_points": community,
        "tie_break": ["hieu_qua", "moi"],
        "criteria": [{"id": "moi", "max": 40}, {"id": "hieu_qua", "max": 60}],
    }

    lines, used = kiem_chung.rank(rules, {i: (states[i], votes[i], "") for i in ideas}, sheets)
    ours = rank(
        RankingInput(
            rubric=Rubric((Criterion("moi", 40), Criterion("hieu_qua", 60)), scale),
            ideas=[Candidate(idea, IdeaStatus(states[idea])) for idea in ideas],
            sheets=[Sheet(idea, judge, marks) for (idea, judge), marks in sheets.items()],
            method=method,
            tie_break=("hieu_qua", "moi"),
            min_sheets=2,
            deviation=15,
            community=votes,
            community_points=community,
        )
    )

    assert (used["phuong_phap"], used["ly_do"]) == (
        ours.method_used.value,
        ours.fallback.value if ours.fallback else "",
    )
    assert {idea: line["khong_xep"] for idea, line in lines.items() if line["khong_xep"]} == {
        idea: why.value for idea, why in ours.unranked.items()
    }
    assert {
        i: (line["hang"], line["diem"], line["cong_dong"], line["phan_dinh"])
        for i, line in lines.items()
        if line["hang"]
    } == {
        row.idea: (str(row.rank), str(row.score), str(row.community), row.tie_break_used or "")
        for row in ours.rows
    }
    assert used["b"] == {judge: str(value) for judge, value in ours.severity.items()}
    assert used["lambda"] == (None if ours.lam is None else str(ours.lam))


@pytest.mark.parametrize("seed", range(8))
def test_rubrics_of_topics_and_full_panels_too(seed):
    from app.judging.methods.ranking import RankingInput, rank
    from app.judging.methods.scoring import Criterion, Rubric
    from app.judging.methods.sheets import Candidate, Sheet

    dice = random.Random(seed)
    own = {"dat": 25, "hieu_qua": 60}
    common = {"moi": 40, "hieu_qua": 60}
    ideas = {f"K{n}": dice.choice(["", "", "cchc"]) for n in range(14)}
    judges = [f"GK{n}" for n in range(5)]
    sheets = {
        (idea, judge): {
            **{name: dice.randint(0, 100 * most) for name, most in (own if topic else common).items()},
            **({} if topic else {"cam_nhan": dice.randint(0, 1000)}),
        }
        for idea, topic in ideas.items()
        for judge in judges
        if dice.random() < 0.8
    }
    method = dice.choice(list(Method))
    plain = [{"id": name, "max": most, "informs_only": False} for name, most in common.items()]
    rules = {
        "round": "r",
        "method": method.value,
        "deviation": 20,
        "min_sheets": None,
        "scale": 100,
        "community_points": 0,
        "tie_break": ["hieu_qua", "moi"],
        "criteria": [*plain, {"id": "cam_nhan", "max": 10, "informs_only": True}],
        "variants": [
            {"topic": "cchc", "criteria": [{"id": name, "max": most} for name, most in own.items()]}
        ],
    }
    rubric = Rubric(
        (Criterion("moi", 40), Criterion("hieu_qua", 60), Criterion("cam_nhan", 10, inform_only=True))
    )
    variant = Rubric((Criterion("dat", 25), Criterion("hieu_qua", 60)))

    lines, used = kiem_chung.rank(
        rules, {idea: ("active", 0, topic) for idea, topic in ideas.items()}, sheets, len(judges)
    )
    ours = rank(
        RankingInput(
            rubric=rubric,
            ideas=[Candidate(idea, rubric=variant if topic else None) for idea, topic in ideas.items()],
            sheets=[Sheet(idea, judge, marks) for (idea, judge), marks in sheets.items()],
            method=method,
            tie_break=("hieu_qua", "moi"),
            min_sheets=4,
        )
    )

    assert {
        i: (line["hang"], line["diem"], line["phan_dinh"]) for i, line in lines.items() if line["hang"]
    } == {row.idea: (str(row.rank), str(row.score), row.tie_break_used or "") for row in ours.rows}
    assert used["b"] == {judge: str(value) for judge, value in ours.severity.items()}


# --- tampered bundles


def rewrite_csv(path: Path, row: int, field: str, value) -> None:
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    rows[row][field] = value(rows[row][field]) if callable(value) else value
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)


def drop_line(path: Path, number: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[number]
    path.write_text("".join(lines), encoding="utf-8")


def in_json(path: Path, change_it) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change_it(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def first_submitted(folder: Path) -> int:
    rows = csv.DictReader(io.StringIO((folder / "phieu.csv").read_text(encoding="utf-8-sig")))
    return next(n for n, row in enumerate(rows) if row["trang_thai"] == "submitted")


TAMPERED = {
    "a mark": (
        lambda f: rewrite_csv(f / "phieu.csv", first_submitted(f), "diem", "hieu_qua=6000;moi=4000"),
        "không khớp lá",
    ),
    "a judge's code": (
        lambda f: rewrite_csv(f / "phieu.csv", first_submitted(f), "giam_khao", "GK99"),
        "không khớp lá",
    ),
    "a sheet left out": (lambda f: drop_line(f / "phieu.csv", first_submitted(f) + 1), "Phân công"),
    "an assignment": (lambda f: rewrite_csv(f / "phan_cong.csv", 0, "giam_khao", "GK99"), "Phân công"),
    "a score": (lambda f: rewrite_csv(f / "xep_hang.csv", 0, "diem", "99.99"), "diem: công bố 99.99"),
    "a rank": (lambda f: rewrite_csv(f / "xep_hang.csv", 1, "hang", "1"), "hang: công bố 1, tính lại 2"),
    "an idea left out": (lambda f: drop_line(f / "xep_hang.csv", 1), "chỉ có ở một trong hai tệp"),
    "a leaf": (
        lambda f: (f / "la.txt").write_text("0" * 64 + (f / "la.txt").read_text(encoding="ascii")[64:], encoding="ascii"),
        "Dấu số",
    ),
    "the tail of the leaves": (lambda f: drop_line(f / "la.txt", -1), "phần cuối bị cắt"),
    "a head": (
        lambda f: in_json(f / "dinh.json", lambda v: v["cuoi"].update(dinh="f" * 64)),
        "Dấu số",
    ),
    "the rules": (
        lambda f: in_json(f / "luat.json", lambda v: v["vong"][0]["luat"].update(tie_break=["moi"])),
        "Mã băm luật",
    ),
    "the method": (
        lambda f: in_json(f / "phuong_phap.json", lambda v: next(iter(v.values())).update(s2e="1.000000")),
        "s2e: công bố 1.000000",
    ),
    "the panel": (lambda f: drop_line(f / "giam_khao.csv", 1), "không có trong giam_khao.csv"),
    "votes": (
        lambda f: rewrite_csv(f / "y_tuong.csv", 0, "trang_thai", "withdrawn"),
        "khong_xep",
    ),
}  # fmt: skip


def test_a_bundle_that_was_tampered_with_is_told_in_each_way(app, tmp_path):
    whole = unpacked(story(), tmp_path / "whole")
    said = {}
    for name, (tamper, _words) in TAMPERED.items():
        folder = shutil.copytree(whole, tmp_path / name.replace(" ", "-"))
        tamper(folder)
        said[name] = run(folder)

    assert {name: code for name, (code, _text) in said.items()} == dict.fromkeys(TAMPERED, 1), said
    assert [name for name, (_tamper, words) in TAMPERED.items() if words not in said[name][1]] == []


def test_a_bundle_without_a_file_cannot_be_read(app, tmp_path):
    folder = unpacked(story(), tmp_path)
    (folder / "phieu.csv").unlink()

    assert run(folder)[0] == 2


def test_a_sheet_changed_in_the_database_shows_in_the_bundle(app, tmp_path):
    told = story(until="published")
    sheet = told.sheets[0]
    change("UPDATE marks SET hundredths = 0 WHERE sheet_id = :id", id=sheet.id)

    code, said = run(unpacked(told, tmp_path))

    assert code == 1
    assert "không có lá trong nhật ký" in said


# --- what it holds


def test_the_same_publication_gives_the_same_bytes(app):
    told = story()

    assert content_of(told.publication).sha256 == content_of(told.publication).sha256


def test_names_of_people_and_codes_of_ideas_without_a_prize_are_not_in_it(app, tmp_path):
    told = story(ideas=5)
    folder = unpacked(told, tmp_path / "bundle")
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    ideas = [row[0] for row in db.session.execute(db_ideas(told))]
    won = {award.idea.code for award in told.publication.awards}

    assert [judge.full_name for judge in told.judges if judge.full_name in text] == []
    assert {code for code in ideas if code in text} == won
    assert len(ideas) > len(won)


def db_ideas(told):
    import sqlalchemy as sa

    from app.ideas.models import Idea

    return sa.select(Idea.code).where(Idea.campaign_id == told.round.campaign_id)


def test_a_replaced_sheet_is_there_in_both_versions(app, tmp_path):
    told = story(until="submitted")
    sheet = told.sheets[0]
    judge = next(one for one in told.judges if one.id == sheet.judge_id)
    with transaction():
        judging.reopen_sheet(told.moderator, sheet, reason="Giám khảo nhập nhầm một ô.")
    with transaction():
        judging.mark_criterion(
            judge, sheet, sheet.criteria[0], points="1", comment=None, version=sheet.version
        )
        judging.submit_sheet(judge, sheet, version=sheet.version)
    told = finish(told)

    folder = unpacked(told, tmp_path)
    rows = csv.DictReader(io.StringIO((folder / "phieu.csv").read_text(encoding="utf-8-sig")))
    mine = [
        row for row in rows if row["bai"] == sheet.entry.judging_code and row["trang_thai"] == "submitted"
    ]

    assert run(folder)[0] == 0
    assert len({row["diem"] for row in mine}) == len(mine) == told.round.sheets_per_idea + 1


def finish(told: Story) -> Story:
    from app.initiatives.service import publish_and_forward
    from app.results import service as results
    from app.results.freezing import lock_and_rank
    from app.results.rules import suggested

    with transaction():
        ranking = lock_and_rank(told.moderator, told.round)
        choices = suggested(results.ranked_ideas(ranking), results.prize_offers(told.round))
        publication = results.propose_awards(told.moderator, told.round, choices)
    with transaction():
        publish_and_forward(told.leader, publication, version=publication.version)
    seal()
    return told._replace(publication=publication)


def test_erasure_by_law_leaves_the_bundle_whole(app, tmp_path, administrator):
    told = story()
    event = db.session.query(Event).filter_by(kind="sheet.submitted").first()
    with transaction():
        record_service.erase_event_payload(administrator, event, reason="Quyết định 12/QĐ ngày 02/12.")
    seal()

    code, said = run(unpacked(told, tmp_path))

    assert code == 0, said
    assert "đã xóa theo luật" in said


# --- when it is made


def test_the_worker_makes_it_once_all_is_sealed_and_only_once(app):
    told = story()
    publish_due()

    assert make_due(file_store()) == 1
    assert make_due(file_store()) == 0

    bundle = bundle_of(told.publication.id)
    with file_store().open(bundle.sha256) as file:
        assert len(file.read()) == bundle.size_bytes
    assert bundle.seals == db.session.query(Seal).count()


def test_it_waits_until_the_head_of_the_publication_has_left(app):
    told = story()
    last = db.session.query(Event).filter_by(kind="results.published").one()
    change("DELETE FROM seals WHERE event_id >= :id", id=last.id)
    publish_due()

    assert make_due(file_store()) == 0
    assert db.session.query(ResultBundle).count() == 0

    seal()
    publish_due()
    assert make_due(file_store()) == 1
    assert db.session.query(Seal).count() == bundle_of(told.publication.id).seals


def test_the_sweep_leaves_it_alone(app):
    told = story()
    publish_due()
    make_due(file_store())

    with clock.set_to(now() + timedelta(days=9)):
        sweep_files()

    assert file_store().exists(bundle_of(told.publication.id).sha256)


def test_the_script_is_short_and_needs_nothing():
    text = HERE.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 400
    compile(text, "kiem_chung.py", "exec")
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names) | {"__future__"}
