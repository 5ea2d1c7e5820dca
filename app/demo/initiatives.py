"""The tracking queue of the demo: each item's steps at their days."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Unit, User
from app.campaigns.models import Topic
from app.core.db import db
from app.demo import sources
from app.demo.script import Script
from app.ideas.models import Idea
from app.initiatives import service
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.initiatives.service import MeasureRow
from app.permissions import Action as A
from app.permissions import can

OFFICER = "cb01"
S = InitiativeState
# What winners of the fourth rank became; the files tell only of the first six.
ENCOURAGED = {
    "z07": "Phòng Văn hóa - Xã hội đã gặp nhóm tác giả; trường đang có hoạt động tương tự nên gộp vào đó.",
    "z08": "Đơn vị được mời chưa bố trí được người trực; nhóm tác giả sẽ thử ở quy mô nhỏ rồi đề nghị lại.",
}


class InitiativeScript:
    """Puts every step of the queue into the script, after the publication has made the initiatives."""

    def __init__(
        self,
        script: Script,
        people: dict[str, User],
        units: dict[str, Unit],
        topics: dict[str, Topic],
        ideas: dict[str, Idea],
    ) -> None:
        self._people, self._units, self._topics, self._ideas = people, units, topics, ideas
        self._made: dict[str, Initiative] = {}
        for row in sources.read("initiatives")["initiatives"]:
            for number, update in enumerate(row["updates"]):
                at = sources.moment(update["day"], "16:00")
                step = self._receive if number == 0 else self._step
                script.at(at, partial(step, row, update))
        for name, reason in ENCOURAGED.items():
            script.at(sources.moment(-245, "10:00"), partial(self._decline_encouraged, name, reason))

    def _receive(self, row: dict[str, Any], update: dict[str, Any]) -> None:
        source = row["source"]
        if source["type"] == "idea":
            initiative = self._of_idea(source["idea"])
        else:
            sender = self._people[source["person"]]
            initiative = service.create_initiative(
                sender if can(sender, A.INITIATIVE_CREATE) else self._people[OFFICER],
                kind=InitiativeKind(row["kind"]),
                title=row["title"],
                summary=update["text"],
                source_unit_id=self._units[source["unit"]].id,
                topic_id=self._topic(row),
                once_key=f"demo-{row['id']}",
                is_public=row["public"],
            )
        initiative.cost_planned_vnd = row["cost"].get("planned") if row.get("cost") else None
        self._made[row["id"]] = initiative

    def _of_idea(self, name: str) -> Initiative:
        return db.session.scalars(
            sa.select(Initiative).where(Initiative.source_idea_id == self._ideas[name].id)
        ).one()

    def _topic(self, row: dict[str, Any]) -> int | None:
        """The topic whose lead unit leads this; the first of them."""
        lead = self._units[row["lead"]].id if row.get("lead") else None
        return next((topic.id for topic in self._topics.values() if topic.lead_unit_id == lead), None)

    def _step(self, row: dict[str, Any], update: dict[str, Any]) -> None:
        initiative = self._made[row["id"]]
        state, before = S(update["state"]), initiative.state
        text, version = update["text"], initiative.version
        if state is S.ASSIGNED:
            self._assign(row, update)
        elif state is S.COMPLETED:
            self._complete(row, update)
        elif state is S.PAUSED:
            service.pause_initiative(self._actor(row, update), initiative, reason=text, version=version)
        elif state is S.DECLINED:
            reason = row["declined"]["reason"]
            service.decline_initiative(self._people[OFFICER], initiative, reason=reason, version=version)
        elif state is S.TRIAL and before is not S.TRIAL:
            trial = row["trial"]
            service.start_trial(
                self._actor(row, update),
                initiative,
                place=trial["place"],
                trial_from=sources.day(trial["start_day"]),
                trial_to=sources.day(trial["end_day"]) if trial.get("end_day") is not None else None,
                text=text,
                version=version,
            )
            initiative.percent = update["percent"]
        elif state is S.IN_PROGRESS and before is S.TRIAL:
            service.end_trial(
                self._actor(row, update), initiative, text=text, percent=update["percent"], version=version
            )
        else:
            service.report_progress(
                self._actor(row, update),
                initiative,
                percent=update["percent"],
                text=text,
                is_public=True,
                version=version,
            )
        db.session.flush()

    def _actor(self, row: dict[str, Any], update: dict[str, Any]) -> User:
        """Whoever the files name, if their unit works on it; otherwise the officer writes for them."""
        named = self._people[update["by"]]
        return named if can(named, A.INITIATIVE_UPDATE, self._made[row["id"]]) else self._people[OFFICER]

    def _assign(self, row: dict[str, Any], update: dict[str, Any]) -> None:
        initiative = self._made[row["id"]]
        responsible = self._people[row["responsible"]] if row.get("responsible") else None
        service.assign_initiative(
            self._people[OFFICER],
            initiative,
            lead_unit_id=self._units[row["lead"]].id,
            support_unit_ids=[self._units[name].id for name in row["support"]],
            responsible=responsible.title if responsible else "",
            due_on=sources.day(row["due_day"]),
            product=row["product"] or "",
            text=update["text"],
            version=initiative.version,
        )

    def _complete(self, row: dict[str, Any], update: dict[str, Any]) -> None:
        initiative, outcome = self._made[row["id"]], row["outcome"] or {}
        value = outcome.get("value") or {}
        service.complete_initiative(
            self._people[OFFICER],
            initiative,
            summary=outcome.get("summary", update["text"]),
            measures=[
                MeasureRow(
                    name=measure["name"],
                    before=_number(measure.get("before")),
                    after=_number(measure.get("after")),
                    unit=measure.get("unit", ""),
                    method=measure.get("method", ""),
                )
                for measure in outcome.get("measures", [])
            ],
            cost_actual_vnd=(row.get("cost") or {}).get("actual"),
            hours_saved_per_month=value.get("hours_saved_per_month"),
            version=initiative.version,
        )

    def _decline_encouraged(self, name: str, reason: str) -> None:
        initiative = self._of_idea(name)
        service.decline_initiative(
            self._people[OFFICER], initiative, reason=reason, version=initiative.version
        )


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
