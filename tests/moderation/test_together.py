"""Two moderators at the same moment: one decision, and the other is told."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.core.db import db, transaction
from app.core.errors import Stale
from app.core.events import Event
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.moderation import service
from app.moderation.models import Claim, Decision, SavedPhrase
from app.moderation.rules import Outcome
from app.permissions import Role
from tests.factories import IdeaFactory, UserFactory
from tests.ideas.together import at_once

REASON = "Nêu rõ hơn ai làm và làm ở đâu, em nhé."


def act(command, person_id, idea_id, **words):
    with transaction():
        person, idea = db.session.get(User, person_id), db.session.get(Idea, idea_id)
        return str(command(person, idea, version=1, **words).outcome)


def test_two_decisions_at_once_leave_one(app, moderator):
    other = UserFactory(role=Role.MODERATOR)
    idea = IdeaFactory(state=IdeaState.SUBMITTED)
    ids = (moderator.id, other.id, idea.id)

    results = at_once(
        app,
        lambda: act(service.approve_idea, ids[0], ids[2]),
        lambda: act(service.return_idea, ids[1], ids[2], reason=REASON),
        lambda: act(service.reject_idea, ids[1], ids[2], reason=REASON),
    )

    decided = [result for result in results if isinstance(result, str)]
    assert len(decided) == 1
    assert [type(result) for result in results if not isinstance(result, str)] == [Stale, Stale]
    assert [str(one.outcome) for one in db.session.scalars(sa.select(Decision))] == decided
    assert idea.state == decided[0]
    assert db.session.scalars(sa.select(Event.kind)).all() == [f"idea.{decided[0]}"]


def test_same_button_pressed_twice_at_once_decides_once(app, moderator):
    idea = IdeaFactory(state=IdeaState.SUBMITTED)
    ids = (moderator.id, idea.id)

    at_once(app, *[lambda: act(service.approve_idea, *ids)] * 3)

    assert len(db.session.scalars(sa.select(Decision)).all()) == 1


def test_two_who_claim_at_once_leave_one_claim(app, moderator):
    other = UserFactory(role=Role.MODERATOR)
    idea = IdeaFactory(state=IdeaState.SUBMITTED)
    idea_id, people = idea.id, (moderator.id, other.id)

    def claim(person_id):
        with transaction():
            return service.claim_idea(
                db.session.get(User, person_id), db.session.get(Idea, idea_id)
            ).moderator_id

    results = at_once(app, lambda: claim(people[0]), lambda: claim(people[1]))

    assert {type(result) for result in results} <= {int, Stale}
    assert len(db.session.scalars(sa.select(Claim)).all()) == 1


def test_phrase_kept_is_shared_by_all(app, moderator):
    with transaction():
        service.keep_phrase(moderator, Outcome.RETURNED, "  Bổ sung ảnh hiện trạng.  ")
        service.keep_phrase(moderator, Outcome.RETURNED, "")

    assert db.session.scalars(sa.select(SavedPhrase.text)).all() == ["Bổ sung ảnh hiện trạng."]
