"""The three campaigns of the demo: their own dates, prizes and rules around the standard frame."""

from __future__ import annotations

import re
from typing import Any

from app.campaigns import standard
from app.campaigns.models import Campaign, FaqEntry, Phase, Round, RulesText, Topic
from app.campaigns.rules import CampaignState, Method
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


def load_campaigns(topics: dict[str, Topic]) -> dict[str, Campaign]:
    """All three, with their dates set; returned by slug."""
    return {row["slug"]: _campaign(row, topics) for row in sources.read("campaign")["campaigns"]}


def _campaign(row: dict[str, Any], topics: dict[str, Topic]) -> Campaign:
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
        intro=from_plain(row["intro"]),
        closing_note=from_plain(row.get("closing_note", "")),
        residence=row["eligibility"]["residence"],
        prizes_note=row.get("prizes_note", ""),
        contact_email=row.get("contact", {}).get("email", "doanthanhnien@example.vn"),
        topics=[topics[slug] for slug in row["topics"]],
        questions=standard.questions(),
        prizes=standard.prizes(row["prizes"]),
        phases=_phases(row),
        **standard.limits(),
    )
    db.session.add(campaign)
    db.session.flush()
    _rounds(campaign, row)
    _texts(campaign, row, phases)
    return campaign


def _phases(row: dict[str, Any]) -> list[Phase]:
    return [
        Phase(
            key=phase["id"],
            name=phase["name"],
            starts_at=sources.moment(phase["start_day"], phase["start_time"]),
            ends_at=sources.moment(phase["end_day"], phase["end_time"]),
            position=position,
        )
        for position, phase in enumerate(row["phases"])
    ]


def _rounds(campaign: Campaign, row: dict[str, Any]) -> None:
    judged = [phase for phase in row["phases"] if "rubric" in phase]
    for position, phase in enumerate(judged):
        cut = phase.get("cut", {})
        rubric = standard.rubric(campaign.id, phase["rubric"])
        if position and row.get("rolling_first_round"):  # still planned: its judges say why they mark low
            for criterion in rubric.criteria:
                criterion.note_below = criterion.max_points // 3
        db.session.add(
            Round(
                campaign_id=campaign.id,
                key=phase["id"],
                name=re.sub(r" \(.*\)", "", phase["name"]),
                rubric=rubric,
                starts_at=sources.moment(phase["start_day"], phase["start_time"]),
                ends_at=sources.moment(phase["end_day"], phase["end_time"]),
                sheets_per_idea=phase["judges_per_idea"],
                method=Method.MEAN,
                tie_break=standard.tie_break(phase["rubric"]),
                cut_top=cut.get("top"),
                pass_mark=cut.get("pass_mark"),
                gives_awards=position == len(judged) - 1,
                position=position,
            )
        )
    if row.get("rolling_first_round"):  # ready for what the ward may recognise later: graded A, B, C
        db.session.add(standard.rubric(campaign.id, "P3"))


def _texts(campaign: Campaign, row: dict[str, Any], phases: dict[str, Any]) -> None:
    db.session.add(
        RulesText(
            campaign_id=campaign.id,
            number=row["rules_version"],
            html=markdown_to_html(_with_dates(row["rules"], phases)),
            published_at=sources.moment(row["phases"][0]["start_day"], "08:00"),
        )
    )
    for position, entry in enumerate(row.get("faq", [])):
        answer = from_plain(entry["a"])
        db.session.add(
            FaqEntry(campaign_id=campaign.id, question=entry["q"], answer=answer, position=position)
        )
    db.session.flush()


def _with_dates(text: str, phases: dict[str, Any]) -> str:
    for name, (phase, end) in DATES_IN_RULES.items():
        if phase in phases:
            text = text.replace(f"{{{name}}}", day_text(sources.day(phases[phase][f"{end}_day"])))
    return text
