"""The standard frame of a campaign (app/content/standard.yaml): topics, entry form, rubrics, prizes, phases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Unit
from app.campaigns.models import Band, Campaign, Criterion, Level, Prize, Question, Rubric, Topic
from app.campaigns.rules import Method, QuestionKind
from app.campaigns.setup.checks import CUT_PER_PRIZE, LEAST_CUT
from app.core import content
from app.core.db import db

DEVIATION = 20  # points: “điểm không hợp lệ” of council forms


def data() -> Any:
    return content.data("standard")


def load_units(*, with_demo: bool) -> dict[str, Unit]:
    """The ward's units as a tree, by slug; invented ones only for the demo."""
    units: dict[str, Unit] = {}
    for position, row in enumerate(content.data("units")["units"]):
        if row["source"] == "demo" and not with_demo:
            continue
        parent = units.get(row["parent"]) if row["parent"] else None
        units[row["id"]] = Unit(
            slug=row["id"],
            parent_id=parent.id if parent else None,
            kind=row["type"],
            name=row["name"],
            short_name=row["short"],
            receives_initiatives=row["receives_initiatives"],
            position=position,
        )
        db.session.add(units[row["id"]])
        db.session.flush()
    return units


def load_topics(units: Mapping[str, Unit]) -> dict[str, Topic]:
    """The six topics, each with the unit that the queue suggests to lead."""
    routing = {row["topic"]: row for row in content.data("units")["topic_routing"]}
    topics = {
        row["id"]: Topic(
            slug=row["id"],
            name=row["name"],
            description=row["description"],
            position=position,
            lead_unit_id=units[routing[row["id"]]["lead"]].id,
            first_reply_days=routing[row["id"]]["days_to_first_reply"],
        )
        for position, row in enumerate(data()["topics"])
    }
    db.session.add_all(topics.values())
    db.session.flush()
    return topics


def limits() -> dict[str, Any]:
    """Columns of a campaign that follow from the entry form."""
    form = data()["entry_form"]
    return {
        "team_max": form["team"]["max_members"],
        "files_max": form["attachments"]["max_files"],
        "title_max_chars": form["title"]["max_chars"],
        "summary_min_words": form["summary"]["min_words"],
        "summary_max_words": form["summary"]["max_words"],
        "words_min": form["total_words"]["min"],
        "words_max": form["total_words"]["max"],
        "pledge": form["pledge"],
    }


def questions() -> list[Question]:
    return [
        Question(
            key=section["id"],
            label=section["label"],
            help=section["help"],
            kind=QuestionKind.RICH,
            required=section["required"],
            min_words=section["min_words"],
            max_words=section["max_words"],
            position=position,
        )
        for position, section in enumerate(data()["entry_form"]["sections"])
    ]


def prizes(rows: list[dict[str, Any]]) -> list[Prize]:
    return [
        Prize(
            key=prize["id"],
            name=prize["name"],
            count=prize["count"],
            amount_vnd=prize["amount"],
            extra=prize.get("extra", ""),
            rule=prize.get("rule", ""),
            position=position,
        )
        for position, prize in enumerate(rows)
    ]


def rubric(campaign_id: int, name: str) -> Rubric:
    """P1 first round, P2 final with the community's part, P3 recognition (judging.md 6)."""
    row = _preset(name)
    return Rubric(
        campaign_id=campaign_id,
        key=name,
        name=row["name"],
        scale=row.get("judge_total", row["total"]),
        community_points=row.get("community", {}).get("max", 0),
        criteria=[
            _criterion(criterion, position, row.get("floors", {}))
            for position, criterion in enumerate(row["criteria"])
        ],
        bands=[_band(band, position) for position, band in enumerate(row.get("bands", ()))],
    )


def judged_as(plan: dict[str, Any], campaign: Campaign) -> dict[str, Any]:
    """How a round of the frame is judged (judging.md 1): a screening cuts to four ideas a prize, a final gives them."""
    first = "cut" in plan
    places = sum(prize.count for prize in campaign.prizes if not prize.rule)
    return {
        "name": plan["name"],
        "sheets_per_idea": plan["judges_per_idea"],
        "full_panel": plan.get("full_panel", False),
        "blind": campaign.blind,
        "method": Method(plan["method"]),
        "deviation": plan.get("deviation", DEVIATION),
        "tie_break": tie_break(plan["rubric"]),
        "cut_top": max(LEAST_CUT, CUT_PER_PRIZE * places) if first else None,
        "pass_mark": plan["cut"]["pass_mark"] if first else None,
        "gives_awards": not first,
    }


def tie_break(name: str) -> list[str]:
    """Keys of the criteria that decide between equal scores; never a judge's spread, never the time of submission."""
    row = _preset(name)
    keys = {criterion["id"] for criterion in row["criteria"]}
    return [key for key in row["tie_break"] if key in keys]


def presets() -> list[tuple[str, str]]:
    """(P1, its name) … of the rubrics that a new one may begin from."""
    return [(row["id"], row["name"]) for row in data()["rubrics"]]


def criterion_names(names: Collection[str]) -> dict[str, str]:
    """Key → name of every criterion in some of the presets."""
    rows = [rubric for rubric in data()["rubrics"] if rubric["id"] in names]
    return {criterion["id"]: criterion["name"] for row in rows for criterion in row["criteria"]}


def _preset(name: str) -> Any:
    return next(rubric for rubric in data()["rubrics"] if rubric["id"] == name)


def _criterion(row: dict[str, Any], position: int, floors: dict[str, int]) -> Criterion:
    return Criterion(
        key=row["id"],
        name=row["name"],
        question=row["question"],
        max_points=row["max"],
        minimum=floors.get(row["id"]),
        position=position,
        levels=[
            Level(points_from=level["from"], points_to=level["to"], label=level["label"], text=level["text"])
            for level in row["levels"]
        ],
    )


def _band(row: dict[str, Any], position: int) -> Band:
    return Band(name=row["name"], floor=row["floor"], floors=row["floors"], position=position)


def is_empty() -> bool:
    """Has nothing been set up yet?"""
    return db.session.execute(sa.select(Topic.id).limit(1)).first() is None
