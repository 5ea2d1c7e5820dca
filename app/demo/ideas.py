"""Ideas of the demo: written, sent, decided on and withdrawn, each at its own time."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.core import clock
from app.core.db import db
from app.demo import sources
from app.demo.script import Script
from app.ideas import service as ideas
from app.ideas.models import Author, Idea
from app.ideas.rules import WITHDRAW_PHRASE, AuthorState
from app.moderation import service as moderation

DECIDE = {
    "return": moderation.return_idea,
    "reject": moderation.reject_idea,
}


class IdeaScript:
    """Puts every idea of the files into the script; `made` finds them again by their demo name."""

    def __init__(self, script: Script, people: dict[str, User], campaigns: dict[str, Campaign]) -> None:
        self.made: dict[str, Idea] = {}
        self._people, self._campaigns = people, campaigns
        for row in sources.read("ideas")["ideas"]:
            self._plan(script, row)

    def _plan(self, script: Script, row: dict[str, Any]) -> None:
        if "submitted" not in row:
            saved = sources.moment(row["last_saved"]["day"], sources.clock_text(row["last_saved"]["time"]))
            script.at(saved, partial(self._write, row))
            return
        sent = sources.moment(row["submitted"]["day"], sources.clock_text(row["submitted"]["time"]))
        script.at(sent, partial(self._write, row))
        script.at(sent, partial(self._send, row))
        for decision in row.get("moderation", []):
            at = sources.moment(decision["day"], sources.clock_text(decision["time"]))
            script.at(at, partial(self._decide, row, decision))
        if "withdrawn" in row:
            script.at(sources.moment(row["withdrawn"]["day"], "10:00"), partial(self._withdraw, row))

    def _leader(self, row: dict[str, Any]) -> User:
        return self._people[next(member["person"] for member in row["team"] if member["leader"])]

    def _write(self, row: dict[str, Any]) -> None:
        leader = self._leader(row)
        idea = ideas.create_draft(leader, self._campaigns[row["campaign"]], once_key=f"demo-{row['id']}")
        db.session.flush()
        self.made[row["id"]] = idea
        ideas.save_draft(
            leader,
            idea,
            version=idea.version,
            title=row["title"] or "",
            topic=row["topic"],
            summary=row["summary"] or "",
            keywords=", ".join(row["keywords"] or []),
            budget=str(row["budget"] or ""),
            answers={key: text or "" for key, text in row["sections"].items()},
        )
        self._team(row, idea)

    def _team(self, row: dict[str, Any], idea: Idea) -> None:
        """Members as they stand once everybody has answered."""
        for member in row["team"]:
            person = self._people[member["person"]]
            author = next((author for author in idea.authors if author.user_id == person.id), None)
            if author is None:
                author = Author(
                    user_id=person.id,
                    email=person.email,
                    full_name=person.full_name,
                    state=AuthorState.ACCEPTED,
                    invited_at=clock.now(),
                    answered_at=clock.now(),
                )
                idea.authors.append(author)
            author.share_percent = member["share"]
        db.session.flush()
        db.session.expire(idea, ["authors"])

    def _send(self, row: dict[str, Any]) -> None:
        idea = self.made[row["id"]]
        ideas.submit_idea(self._leader(row), idea, once_key=f"demo-gui-{row['id']}", version=idea.version)

    def _decide(self, row: dict[str, Any], decision: dict[str, Any]) -> None:
        idea, moderator = self.made[row["id"]], self._people[decision["by"]]
        version = idea.version_number
        if decision["action"] == "approve":
            moderation.approve_idea(moderator, idea, version=version)
            return
        reason = "\n".join(decision["reasons"])
        DECIDE[decision["action"]](moderator, idea, reason=reason, version=version)

    def _withdraw(self, row: dict[str, Any]) -> None:
        idea = self.made[row["id"]]
        ideas.withdraw_idea(self._leader(row), idea, version=idea.version, phrase=WITHDRAW_PHRASE)
