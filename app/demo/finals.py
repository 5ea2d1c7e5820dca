"""A rehearsal of a live final, to be tried at once: last year's ideas on the stage of a contest nobody sees."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns import standard
from app.campaigns.models import Campaign, Round
from app.campaigns.rules import CampaignState, Method
from app.core import clock
from app.core.db import db
from app.core.events import record
from app.demo import sources
from app.demo.script import Script
from app.finals.planning import plan_final
from app.ideas.models import Idea
from app.judging import panel, rounds, service
from app.judging.conflicts import forbidden_pairs
from app.judging.models import Entry, ScoreSheet
from app.judging.plan import plan_of
from app.judging.secretary.service import appoint_secretary

STAFF, CHAIR = "kd01", "gk02"
SECRETARY = "cb01"  # of the ward's office: keeps the papers, marks nothing
PANEL = (CHAIR, "gk01", "gk04")
STILL_TO_MARK = "gk01"  # whoever signs in as the demo's judge finds sheets to fill in
FINALISTS = 5
MARKED_PERCENT = (88, 81, 76, 84, 69)  # of each criterion, so that the order is not that of the codes
LAST_YEAR = "y-tuong-sang-tao-tre-2025"


class RehearsalScript:
    """Planned at the end of the script, when last year's final has long been judged."""

    def __init__(self, script: Script, people: dict[str, User], campaigns: dict[str, Campaign]) -> None:
        self._people, self._last_year = people, campaigns[LAST_YEAR]
        script.at(sources.moment(0, "00:40"), partial(self._rehearse))

    def _rehearse(self) -> None:
        staff, round_ = self._people[STAFF], self._round(self._campaign())
        rounds.enter_ideas(staff, round_, self._last_finalists())
        for name in PANEL:
            member = panel.add_panel_member(staff, round_, self._people[name], is_chair=name == CHAIR)
            panel.confirm_rules(self._people[name], member)
        appoint_secretary(staff, round_, self._people[SECRETARY])
        self._keep_few(round_)
        rounds.open_round(staff, round_)
        rounds.assign_judges(staff, round_, seen=plan_of(round_).fingerprint, sure=True)
        self._mark(round_)
        plan_final(self._people[CHAIR], round_, minutes=7, question_minutes=5)

    def _campaign(self) -> Campaign:
        """Still planned: the public does not see it."""
        row = next(one for one in sources.read("campaign")["campaigns"] if one["slug"] == LAST_YEAR)
        campaign = Campaign(
            slug="tong-duyet-chung-khao",
            name="Tổng duyệt buổi chung khảo",
            tagline="Chạy thử với các bài của năm trước",
            year=clock.today().year,  # last year's ideas, rehearsed now
            code_prefix="TD",
            state=CampaignState.PLANNED,
            opens_at=self._last_year.opens_at,
            closes_at=self._last_year.closes_at,
            topics=list(self._last_year.topics),
            questions=standard.questions(),
            prizes=standard.prizes([prize for prize in row["prizes"] if not prize.get("rule")][:3]),
            **standard.limits(),
        )
        db.session.add(campaign)
        db.session.flush()
        return campaign

    def _round(self, campaign: Campaign) -> Round:
        last = next(phase for phase in self._last_year.rounds if phase.gives_awards)
        round_ = Round(
            campaign_id=campaign.id,
            campaign=campaign,
            key="chung_khao",
            name="Chung khảo (tổng duyệt)",
            rubric=standard.rubric(campaign.id, last.rubric.key),
            starts_at=last.starts_at,  # long ago, so that it is nobody's first round on the marking page
            ends_at=sources.moment(60, "17:00"),
            sheets_per_idea=len(PANEL),
            method=Method.MEAN,
            gives_awards=True,
            position=0,
        )
        db.session.add(round_)
        db.session.flush()
        return round_

    def _last_finalists(self) -> list[Idea]:
        last = next(phase for phase in self._last_year.rounds if phase.gives_awards)
        return list(
            db.session.scalars(
                sa.select(Idea).join(Entry, Entry.idea_id == Idea.id).where(Entry.round_id == last.id)
            )
        )

    def _keep_few(self, round_: Round) -> None:
        """Some that the whole panel may mark: in a live final every judge marks every entry."""
        conflicted = {entry_id for entry_id, _judge_id in forbidden_pairs(round_)}
        entries = db.session.scalars(
            sa.select(Entry).join(Idea).where(Entry.round_id == round_.id).order_by(Idea.code)
        ).all()
        kept = [entry for entry in entries if entry.id not in conflicted][:FINALISTS]
        out = [entry for entry in entries if entry not in kept]
        record("ideas.taken_out", round_, None, gone=out)
        for entry in out:
            db.session.delete(entry)
        db.session.flush()

    def _mark(self, round_: Round) -> None:
        """Sheets of all but one judge are in, so that whoever tries it has little to fill in."""
        sheets = db.session.scalars(
            sa.select(ScoreSheet).join(Entry).where(Entry.round_id == round_.id).order_by(ScoreSheet.id)
        ).all()
        ideas = sorted({sheet.entry.idea_id for sheet in sheets})
        judges = {self._people[name].id: self._people[name] for name in PANEL if name != STILL_TO_MARK}
        for sheet in sheets:
            judge = judges.get(sheet.judge_id)
            if judge is None:
                continue
            percent = MARKED_PERCENT[ideas.index(sheet.entry.idea_id)]
            for criterion in sheet.criteria:
                points = criterion.max_points * percent // 100
                service.mark_criterion(
                    judge, sheet, criterion, points=str(points), comment=None, version=sheet.version
                )
            service.submit_sheet(judge, sheet, version=sheet.version)
