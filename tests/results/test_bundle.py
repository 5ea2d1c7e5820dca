"""The bundle: anybody recomputes a publication with nothing but Python; what it holds, and when it is made."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.heads import publish_due
from app.campaigns.rules import Method
from app.core import clock
from app.core.clock import now
from app.core.db import db
from app.core.events import Event, Seal
from app.core.web import file_store
from app.ideas.models import Idea
from app.operations.sweep import sweep_files
from app.results.bundle.service import bundle_of, content_of, make_due
from app.results.freezing import ranking_of
from app.results.models import ResultBundle
from tests.audit.story import change, seal, story
from tests.results.bundles import holds, noisy, unpacked

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
    holds(story(**CASES[case]), tmp_path)


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
    return sa.select(Idea.code).where(Idea.campaign_id == told.round.campaign_id)


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
