"""The three campaigns of the demo: topics, entry form, rubrics, rounds, prizes, rules."""

from __future__ import annotations

import re
from typing import Any

from app.accounts.models import Unit
from app.campaigns.models import (
    Campaign,
    Criterion,
    FaqEntry,
    Level,
    Phase,
    Prize,
    Question,
    Round,
    Rubric,
    RulesText,
    Topic,
)
from app.campaigns.rules import CampaignState, Method, QuestionKind
from app.core.db import db
from app.core.formats import day as day_text
from app.core.richtext import from_plain, markdown_to_html
from app.demo import sources

# The dates that the rules name, and the phase they come from.
DATES_IN_RULES = {
    "ngay_mo_nhan": ("nhan_bai", "start"),
    "han_nop": ("nhan_bai", "end"),
    "mo_binh_chon": ("binh_chon", "start"),
    "dong_binh_chon": ("binh_chon", "end"),
    "ngay_chung_khao": ("chung_khao", "start"),
}


def load_topics(units: dict[str, Unit]) -> dict[str, Topic]:
    routing = {row["topic"]: row for row in sources.read("units")["topic_routing"]}
    topics = {
        row["id"]: Topic(
            slug=row["id"],
            name=row["name"],
            description=row["description"],
            position=position,
            lead_unit_id=units[routing[row["id"]]["lead"]].id,
            first_reply_days=routing[row["id"]]["days_to_first_reply"],
        )
        for position, row in enumerate(sources.read("campaign")["topics"])
    }
    db.session.add_all(topics.values())
    db.session.flush()
    return topics


def load_campaigns(topics: dict[str, Topic]) -> dict[str, Campaign]:
    """All three, planned but with their dates set; returned by slug."""
    return {row["slug"]: _campaign(row, topics) for row in sources.read("campaign")["campaigns"]}


def _campaign(row: dict[str, Any], topics: dict[str, Topic]) -> Campaign:
    form = sources.read("campaign")["entry_form"]
    phases = {phase["id"]: phase for phase in row["phases"]}
    taking = phases["nhan_bai"]
    campaign = Campaign(
        slug=row["slug"],
        name=row["name"],
        tagline=row["tagline"],
        kind=row.get("kind", "youth"),
        year=int(row["slug"][-4:]),
        code_prefix="GD" if row.get("kind") == "schools" else "YT",
        state=CampaignState.OPEN,
        opens_at=sources.moment(taking["start_day"], taking["start_time"]),
        closes_at=sources.moment(taking["end_day"], taking["end_time"]),
        min_age=row["eligibility"]["min_age"],
        max_age=row["eligibility"]["max_age"],
        ideas_max=row["max_ideas_per_person"],
        team_max=form["team"]["max_members"],
        files_max=form["attachments"]["max_files"],
        title_max_chars=form["title"]["max_chars"],
        summary_min_words=form["summary"]["min_words"],
        summary_max_words=form["summary"]["max_words"],
        words_min=form["total_words"]["min"],
        words_max=form["total_words"]["max"],
        intro=from_plain(row["intro"]),
        closing_note=from_plain(row.get("closing_note", "")),
        residence=row["eligibility"]["residence"],
        pledge=form["pledge"],
        prizes_note=row.get("prizes_note", ""),
        contact_email=row.get("contact", {}).get("email", "doanthanhnien@example.vn"),
        topics=[topics[slug] for slug in row["topics"]],
    )
    db.session.add(campaign)
    db.session.flush()
    for position, phase in enumerate(row["phases"]):
        db.session.add(
            Phase(
                campaign_id=campaign.id,
                key=phase["id"],
                name=phase["name"],
                starts_at=sources.moment(phase["start_day"], phase["start_time"]),
                ends_at=sources.moment(phase["end_day"], phase["end_time"]),
                position=position,
            )
        )
    for position, section in enumerate(form["sections"]):
        db.session.add(
            Question(
                campaign_id=campaign.id,
                key=section["id"],
                label=section["label"],
                help=section["help"],
                kind=QuestionKind.RICH,
                required=section["required"],
                min_words=section["min_words"],
                max_words=section["max_words"],
                position=position,
            )
        )
    for position, prize in enumerate(row["prizes"]):
        db.session.add(
            Prize(
                campaign_id=campaign.id,
                key=prize["id"],
                name=prize["name"],
                count=prize["count"],
                amount_vnd=prize["amount"],
                extra=prize.get("extra", ""),
                rule=prize.get("rule", ""),
                position=position,
            )
        )
    _rounds(campaign, row)
    db.session.add(
        RulesText(
            campaign_id=campaign.id,
            number=row["rules_version"],
            html=markdown_to_html(_with_dates(row["rules"], phases)),
            published_at=sources.moment(row["phases"][0]["start_day"], "08:00"),
        )
    )
    for position, entry in enumerate(row.get("faq", [])):
        db.session.add(
            FaqEntry(
                campaign_id=campaign.id, question=entry["q"], answer=from_plain(entry["a"]), position=position
            )
        )
    db.session.flush()
    return campaign


def _rounds(campaign: Campaign, row: dict[str, Any]) -> None:
    judged = [phase for phase in row["phases"] if "rubric" in phase]
    for position, phase in enumerate(judged):
        cut = phase.get("cut", {})
        db.session.add(
            Round(
                campaign_id=campaign.id,
                key=phase["id"],
                name=re.sub(r" \(.*\)", "", phase["name"]),
                rubric=_rubric(campaign, phase["rubric"]),
                starts_at=sources.moment(phase["start_day"], phase["start_time"]),
                ends_at=sources.moment(phase["end_day"], phase["end_time"]),
                sheets_per_idea=phase["judges_per_idea"],
                method=Method.MEAN,
                cut_top=cut.get("top"),
                pass_mark=cut.get("pass_mark"),
                gives_awards=position == len(judged) - 1,
                position=position,
            )
        )


def _rubric(campaign: Campaign, name: str) -> Rubric:
    row = next(rubric for rubric in sources.read("campaign")["rubrics"] if rubric["id"] == name)
    keys = {criterion["id"] for criterion in row["criteria"]}
    return Rubric(
        campaign_id=campaign.id,
        key=name,
        name=row["name"],
        scale=row.get("judge_total", row["total"]),
        community_points=row.get("community", {}).get("max", 0),
        # judging.md 5: never a judge's spread, never the time of submission
        tie_break=[key for key in row["tie_break"] if key in keys],
        criteria=[
            Criterion(
                key=criterion["id"],
                name=criterion["name"],
                question=criterion["question"],
                max_points=criterion["max"],
                minimum=row.get("floors", {}).get(criterion["id"]),
                position=position,
                levels=[
                    Level(
                        points_from=level["from"],
                        points_to=level["to"],
                        label=level["label"],
                        text=level["text"],
                    )
                    for level in criterion["levels"]
                ],
            )
            for position, criterion in enumerate(row["criteria"])
        ],
    )


def _with_dates(text: str, phases: dict[str, Any]) -> str:
    for name, (phase, end) in DATES_IN_RULES.items():
        if phase in phases:
            text = text.replace(f"{{{name}}}", day_text(sources.day(phases[phase][f"{end}_day"])))
    return text
