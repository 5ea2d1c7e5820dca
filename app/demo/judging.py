"""Judging of the demo: panels, conflicts, sheets with their marks, locks, awards and the publication."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Unit, User
from app.campaigns.models import Campaign, Round
from app.campaigns.setup.plans import criterion_plan
from app.core import clock
from app.core.db import db
from app.core.events import record
from app.demo import sources
from app.demo.script import Script
from app.ideas.models import Idea
from app.initiatives import service as initiatives
from app.judging import changes, panel, rounds, service
from app.judging.conflicts import declare_conflict
from app.judging.evening.calibration import service as calibration
from app.judging.models import Entry, ScoreSheet
from app.judging.plan import plan_of
from app.judging.seats import seats_of
from app.judging.stakes import kept_from
from app.results import service as results
from app.results.appeals import service as appeals
from app.results.appeals.models import Appeal
from app.results.council import service as council
from app.results.council import votes
from app.results.council.models import CouncilCase
from app.results.models import Publication
from app.results.rules import AwardChoice

CHAIR, SECRETARY = "Trưởng ban Giám khảo", "Thành viên, Thư ký"
PROPOSER, PUBLISHER = "kd01", "ld01"
PLANNER = "qt01"
CLEARER = (
    "Với người, tiền và quyền hạn mà phường đang có, ý tưởng có làm được trong sáu đến mười hai tháng không?"
)
ANCHORS = 2
SAID = "Các giám khảo trình bày cách hiểu tiêu chí và phần mình cho điểm khác nhau."
KEPT = "Giữ nguyên điểm các phiếu."
BECAUSE = "Điểm khác nhau do trọng tâm đánh giá, không phiếu nào nhầm bài hoặc nhầm tiêu chí."
OBJECTION = (
    "Đội em thấy điểm tiêu chí Hiệu quả của các phiếu cách nhau khá nhiều. Em xin Ban Tổ chức kiểm tra "
    "xem có phiếu nào ghi nhầm không ạ."
)
ANSWER = (
    "Ban Tổ chức đã đối chiếu từng phiếu với bản giám khảo ký: không phiếu nào ghi nhầm. Các phiếu lệch "
    "nhau trong mức thường gặp; cách tính từ phiếu ra điểm nằm ở trang kết quả của đội. Thứ hạng giữ nguyên."
)
NOT_CONFIRMED = {"gk09"}  # one judge of the running round has not begun yet


class JudgingScript:
    """The sheets of the files, dealt and marked at their days; then whatever is still to be judged is dealt."""

    def __init__(
        self,
        script: Script,
        people: dict[str, User],
        units: dict[str, Unit],
        campaigns: dict[str, Campaign],
        ideas: dict[str, Idea],
    ) -> None:
        self._people, self._units, self._campaigns, self._ideas = people, units, campaigns, ideas
        rows = sources.read("ideas")["ideas"]
        for campaign in sources.read("campaign")["campaigns"]:
            judged = [phase for phase in campaign["phases"] if "rubric" in phase]
            if campaign.get("rolling_first_round"):
                self._running(script, campaign, judged[0], rows)
            elif campaign["state"] == "closed":
                self._finished(script, campaign, judged, rows)

    def _finished(
        self,
        script: Script,
        campaign: dict[str, Any],
        judged: list[dict[str, Any]],
        rows: list[dict[str, Any]],
    ) -> None:
        """The campaign of last year: two rounds, awards, publication."""
        mine = [row for row in rows if row["campaign"] == campaign["slug"]]
        first, final = judged
        for phase, sheets in ((first, "score_sheets"), (final, "final_sheets")):
            start = sources.moment(phase["start_day"], "08:00")
            end = sources.moment(phase["end_day"], "17:00")
            if phase is first:
                script.at(start, partial(self._open, campaign, phase))
            else:
                script.at(start, partial(self._open_final, campaign, first, phase, mine))
            for row in mine:
                for sheet in row.get(sheets, []):
                    at = sources.moment(sheet["day"], "15:00")
                    script.at(at, partial(self._sheet, campaign, phase, row, sheet))
            script.at(end, partial(self._lock, campaign, phase))
            if phase is final:
                script.at(end, partial(self._council, campaign, phase))
        published = next(phase for phase in campaign["phases"] if phase["id"] == "cong_bo")
        day = published["start_day"]
        script.at(sources.moment(day, "09:00"), partial(self._publish, campaign, final, mine))
        finalist = [row for row in mine if "final_sheets" in row][-1]
        script.at(sources.moment(day + 1, "20:10"), partial(self._object, campaign, finalist))
        script.at(sources.moment(day + 6, "15:30"), partial(self._answer, finalist))

    def _running(
        self, script: Script, campaign: dict[str, Any], phase: dict[str, Any], rows: list[dict[str, Any]]
    ) -> None:
        """This year's first round, judged while ideas still come in."""
        script.at(sources.moment(phase["start_day"], "08:00"), partial(self._open, campaign, phase))
        script.at(
            sources.moment(phase["start_day"] + 1, "09:30"), partial(self._clarify_rules, campaign, phase)
        )
        script.at(sources.moment(phase["start_day"], "08:30"), partial(self._calibrate, campaign, phase))
        for row in rows:
            if row["campaign"] != campaign["slug"]:
                continue
            for sheet in row.get("score_sheets", [])[: phase["judges_per_idea"]]:
                at = sources.moment(sheet["day"], "20:30")
                script.at(at, partial(self._sheet, campaign, phase, row, sheet))
        script.at(sources.moment(0, "00:30"), partial(self._deal, campaign, phase))

    def _round(self, campaign: dict[str, Any], phase: dict[str, Any]) -> Round:
        return db.session.scalars(
            sa.select(Round).where(
                Round.campaign_id == self._campaigns[campaign["slug"]].id, Round.key == phase["id"]
            )
        ).one()

    def _seat(self, campaign: dict[str, Any], round_: Round) -> None:
        """The jury on the panel, with what each declared."""
        facts = {row["id"]: row for row in sources.read("people")["people"] if row["role"] == "judge"}
        staff = self._people[PROPOSER]
        for seat in campaign["jury"]:
            judge, fact = self._people[seat["person"]], facts[seat["person"]]
            member = panel.add_panel_member(
                staff,
                round_,
                judge,
                max_sheets=None if campaign["state"] == "closed" else fact["max_load"] + 4,
                expertise=fact["expertise"],
                is_chair=seat["title"] == CHAIR,
                is_secretary=seat["title"] == SECRETARY,
            )
            if seat["person"] not in NOT_CONFIRMED or campaign["state"] == "closed":
                panel.confirm_rules(judge, member)
            if round_.position == 0:
                self._declare(judge, fact, round_)

    def _declare(self, judge: User, fact: dict[str, Any], round_: Round) -> None:
        for row in fact["conflicts"]:
            is_person = row["kind"] == "person"
            declare_conflict(
                judge,
                judge,
                round_.campaign,
                reason=row["reason"],
                person_id=self._people[row["ref"]].id if is_person else None,
                unit_id=None if is_person else self._units[row["ref"]].id,
            )

    def _open(self, campaign: dict[str, Any], phase: dict[str, Any]) -> None:
        round_ = self._round(campaign, phase)
        self._seat(campaign, round_)
        rounds.open_round(self._people[PROPOSER], round_)

    def _clarify_rules(self, campaign: dict[str, Any], phase: dict[str, Any]) -> None:
        """A question of the opened rubric, said more clearly: version 2 of the rules."""
        round_ = self._round(campaign, phase)
        rubric = round_.rubric
        plans = [criterion_plan(criterion) for criterion in rubric.criteria]
        clearer = [plan._replace(question=CLEARER) if plan.key == "kha_thi" else plan for plan in plans]
        changes.change_rubric(
            self._people[PLANNER],
            round_,
            rubric,
            name=rubric.name,
            criteria=clearer,
            version=rubric.version,
            reason="Giám khảo hỏi “làm được” tính với nguồn lực nào, nên câu hỏi nói rõ thêm. Điểm không đổi.",
        )

    def _calibrate(self, campaign: dict[str, Any], phase: dict[str, Any]) -> None:
        """Two ideas of last year, marked first by everybody who has begun: a strong one and a weaker one."""
        round_ = self._round(campaign, phase)
        codes = [choice.code for choice in calibration.choosable(round_).items[:ANCHORS]]
        anchors = [calibration.name_anchor(self._people[PROPOSER], round_, code=code) for code in codes]
        for place, seat in enumerate(campaign["jury"]):
            if seat["person"] in NOT_CONFIRMED:
                continue
            for weaker, anchor in enumerate(anchors):
                marks = {
                    # about four fifths or three fifths of the points, each judge a little stricter or milder
                    criterion.key: str(criterion.max_points * (4 - weaker) // 5 + (place + number) % 3 - 1)
                    for number, criterion in enumerate(round_.rubric.criteria)
                }
                judge = self._people[seat["person"]]
                sheet, _errors = calibration.fill_anchor(judge, anchor, typed=marks, version=0)
                calibration.submit_anchor(judge, anchor, version=sheet.version)

    def _open_final(
        self,
        campaign: dict[str, Any],
        first: dict[str, Any],
        final: dict[str, Any],
        rows: list[dict[str, Any]],
    ) -> None:
        """Whoever the first round's cut sends on, with the votes of the community."""
        staff, round_ = self._people[PROPOSER], self._round(campaign, final)
        results.advance_round(staff, self._round(campaign, first), round_)
        self._seat(campaign, round_)
        votes = {self._ideas[row["id"]].id: row["final"]["votes"] for row in rows if "final" in row}
        entries = db.session.scalars(sa.select(Entry).where(Entry.round_id == round_.id))
        rounds.set_votes(staff, round_, {entry.id: votes.get(entry.idea_id, 0) for entry in entries})
        rounds.open_round(staff, round_)

    def _sheet(
        self, campaign: dict[str, Any], phase: dict[str, Any], row: dict[str, Any], given: dict[str, Any]
    ) -> None:
        """One sheet: dealt, marked and submitted in the judge's evening."""
        round_, judge = self._round(campaign, phase), self._people[given["judge"]]
        sheet = self._dealt(round_, self._ideas[row["id"]], judge)
        for criterion in sheet.criteria:
            points = given["scores"][criterion.key]
            service.mark_criterion(
                judge, sheet, criterion, points=str(points), comment=None, version=sheet.version
            )
        if given.get("comment"):
            service.comment_on_sheet(judge, sheet, comment=given["comment"].strip(), version=sheet.version)
        service.submit_sheet(judge, sheet, version=sheet.version)

    def _dealt(self, round_: Round, idea: Idea, judge: User) -> ScoreSheet:
        entry = (
            db.session.scalars(
                sa.select(Entry).where(Entry.round_id == round_.id, Entry.idea_id == idea.id)
            ).first()
            or rounds.enter_ideas(self._people[PROPOSER], round_, [idea])[0]
        )
        held = db.session.execute(
            sa.select(sa.func.count())
            .select_from(ScoreSheet)
            .join(Entry)
            .where(Entry.round_id == round_.id, ScoreSheet.judge_id == judge.id)
        ).scalar_one()
        sheet = ScoreSheet(
            public_id=secrets.token_urlsafe(12),
            entry=entry,
            judge_id=judge.id,
            position=held + 1,
            assigned_at=clock.now(),
        )
        db.session.add(sheet)
        idea.judging_started_at = idea.judging_started_at or clock.now()
        record("judges.assigned", round_, self._people[PROPOSER], rows=[sheet], judge_ids=[])
        return sheet

    def _lock(self, campaign: dict[str, Any], phase: dict[str, Any]) -> None:
        rounds.lock_round(self._people[PROPOSER], self._round(campaign, phase))

    def _council(self, campaign: dict[str, Any], phase: dict[str, Any]) -> None:
        """The final's panel meets, looks at each case, votes where it must, and the round is ranked."""
        round_ = self._round(campaign, phase)
        seats = {seat["title"]: self._people[seat["person"]] for seat in campaign["jury"]}
        chair = seats[CHAIR]
        session = council.convene(chair, round_, place="Phòng họp tầng 2, trụ sở UBND phường")
        council.mark_present(chair, session, seats_of(round_).member_ids)
        while waiting := [case for case in session.cases if not case.is_settled]:
            if waiting[0].kind.is_tie:
                self._vote(chair, waiting[0])
            else:
                council.decide_case(
                    chair, waiting[0], note=SAID, decision=KEPT, reason=BECAUSE, version=waiting[0].version
                )
        council.close_council(chair, session, version=session.version)

    def _vote(self, chair: User, case: CouncilCase) -> None:
        """Everybody for the ideas that come first, as far as there are places."""
        votes.open_vote(chair, case)
        chosen = [line.entry_id for line in case.entries][: case.places]
        for voter in case.voters:
            votes.cast_vote(db.session.get_one(User, voter.judge_id), case, chosen)
        votes.close_vote(chair, case)

    def _publish(self, campaign: dict[str, Any], final: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        """Proposed by one person, published by another; winners go to the ward's queue."""
        prizes = {prize.key: prize.id for prize in self._campaigns[campaign["slug"]].prizes}
        choices = [
            AwardChoice(prizes[row["award"]], self._ideas[row["id"]].id) for row in rows if row.get("award")
        ]
        round_ = self._round(campaign, final)
        presiders = [
            self._people[seat["person"]] for seat in campaign["jury"] if seat["title"] in {CHAIR, SECRETARY}
        ]
        for sheet in db.session.scalars(
            sa.select(ScoreSheet).join(Entry).where(Entry.round_id == round_.id, ScoreSheet.comment != "")
        ):
            reader = next(one for one in presiders if sheet.entry_id not in kept_from(one, round_))
            results.release_comment(reader, sheet, text=sheet.comment)
        publication: Publication = results.propose_awards(self._people[PROPOSER], round_, choices)
        db.session.flush()
        initiatives.publish_and_forward(self._people[PUBLISHER], publication, version=publication.version)

    def _object(self, campaign: dict[str, Any], row: dict[str, Any]) -> None:
        """One team of the final asks about its sheets."""
        idea = self._ideas[row["id"]]
        publication = results.published_of(self._campaigns[campaign["slug"]].id)
        assert publication is not None
        author = db.session.get_one(User, idea.created_by_id)
        appeals.file_appeal(author, idea, publication, reason=OBJECTION)

    def _answer(self, row: dict[str, Any]) -> None:
        """Looked into by the organisers, and answered with the sums."""
        staff = self._people[PROPOSER]
        appeal = db.session.scalars(
            sa.select(Appeal).where(Appeal.idea_id == self._ideas[row["id"]].id)
        ).one()
        appeals.take_up(staff, appeal, version=appeal.version)
        db.session.flush()
        appeals.answer_appeal(staff, appeal, upheld=False, answer=ANSWER, version=appeal.version)

    def _deal(self, campaign: dict[str, Any], phase: dict[str, Any]) -> None:
        """Today: newly valid ideas come in, and every idea gets the judges it still lacks."""
        staff, round_ = self._people[PROPOSER], self._round(campaign, phase)
        rounds.enter_ideas(staff, round_)
        rounds.assign_judges(staff, round_, seen=plan_of(round_).fingerprint)
