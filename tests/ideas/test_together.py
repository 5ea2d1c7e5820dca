"""Two at once: what a database must decide, on both of them."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.core.db import db, transaction
from app.core.errors import Invalid, Stale
from app.core.events import Event
from app.core.uploads import Inspected, Kind
from app.ideas import queries, service
from app.ideas.attachments.service import Kept, attach_file
from app.ideas.models import Idea, Version
from app.ideas.rules import AlreadyDone, Incomplete
from app.ideas.team.service import invite_author
from tests.factories import CampaignFactory, IdeaFactory
from tests.ideas.together import at_once
from tests.ideas.typed import pledged


def submit(idea_id, person_id, key, version):
    with transaction():
        person, idea = db.session.get(User, person_id), queries.by_id(idea_id)
        return service.submit_idea(person, idea, once_key=key, version=version).number


def save(idea_id, person_id, version, title):
    with transaction():
        person, idea = db.session.get(User, person_id), queries.by_id(idea_id)
        service.save_draft(
            person,
            idea,
            version=version,
            title=title,
            topic=None,
            summary="x",
            keywords="",
            budget="",
            answers={},
        )
        return title


def test_same_key_twice_at_once_gives_one_version_and_one_code(app, youth):
    idea = IdeaFactory(owner=youth)
    ids = (idea.id, youth.id, "khoa-1", idea.version)

    results = at_once(app, *[lambda: submit(*ids)] * 4)

    assert results == [1, 1, 1, 1]
    assert db.session.scalars(sa.select(Version.number)).all() == [1]
    assert db.session.scalars(sa.select(Idea.code)).all()[0].endswith("-0001")
    assert db.session.scalars(sa.select(Event.kind)).all() == ["idea.submitted"]


def test_same_page_pressed_twice_at_once_shows_both_the_first_result(app, browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    sent = {**pledged(idea), "csrf_token": mine.token()}
    cookie = mine.client.get_cookie("phien").value
    address = f"/cua-toi/{idea.public_id}/nop"

    def press():
        client = app.test_client()
        client.set_cookie("phien", cookie)
        answer = client.post(address, data=sent, base_url="http://localhost")
        return answer.status_code, answer.headers.get("Location", "").removeprefix("http://localhost")

    results = at_once(app, press, press, press)

    assert set(results) == {(302, f"/cua-toi/{idea.public_id}")}
    assert db.session.scalars(sa.select(Version.number)).all() == [1]


def test_different_keys_at_once_send_it_once(app, youth):
    idea = IdeaFactory(owner=youth)
    seen = idea.version

    results = at_once(
        app, lambda: submit(idea.id, youth.id, "a", seen), lambda: submit(idea.id, youth.id, "b", seen)
    )

    assert sorted(type(result) for result in results if result != 1) == [Stale]
    assert db.session.scalars(sa.select(Version.number)).all() == [1]


def test_two_editors_of_one_draft_never_overwrite_each_other(app, youth):
    idea = IdeaFactory(owner=youth)
    seen = idea.version

    results = at_once(
        app,
        lambda: save(idea.id, youth.id, seen, "Bản một"),
        lambda: save(idea.id, youth.id, seen, "Bản hai"),
    )

    kept = [result for result in results if isinstance(result, str)]
    assert [type(result) for result in results if not isinstance(result, str)] == [Stale]
    assert [idea.title] == kept


def test_same_start_page_twice_at_once_gives_one_draft(app, youth):
    campaign = CampaignFactory()

    def begin():
        with transaction():
            person, held = db.session.get(User, youth.id), db.session.get(Campaign, campaign.id)
            return service.create_draft(person, held, once_key="khoa-1").id

    results = at_once(app, begin, begin, begin)

    assert len(db.session.scalars(sa.select(Idea.id)).all()) == 1
    assert {type(result) for result in results} <= {int, AlreadyDone}


def test_ideas_sent_at_once_get_codes_of_their_own(app, youth):
    campaign = CampaignFactory()
    ideas = [IdeaFactory(owner=youth, campaign=campaign) for _ in range(4)]
    acts = [(idea.id, youth.id, f"k{n}", idea.version) for n, idea in enumerate(ideas)]

    results = at_once(app, *[lambda act=act: submit(*act) for act in acts])

    assert results == [1, 1, 1, 1]
    codes = sorted(db.session.scalars(sa.select(Idea.code)).all())
    assert [code[-4:] for code in codes] == ["0001", "0002", "0003", "0004"]


def test_two_ideas_of_one_person_at_once_keep_to_the_limit(app, youth):
    campaign = CampaignFactory(ideas_max=1)
    ideas = [IdeaFactory(owner=youth, campaign=campaign) for _ in range(2)]
    acts = [(idea.id, youth.id, f"k{n}", idea.version) for n, idea in enumerate(ideas)]

    results = at_once(app, *[lambda act=act: submit(*act) for act in acts])

    assert sorted(str(type(result).__name__) for result in results) == [Incomplete.__name__, "int"]


def test_two_files_at_once_keep_to_the_number_allowed(app, youth):
    idea = IdeaFactory(owner=youth, campaign=CampaignFactory(files_max=1))

    def attach(name):
        kept = Kept(Inspected(Kind.PNG, name.encode(), f"{name}.png"), name * 64, "")
        with transaction():
            person, held = db.session.get(User, youth.id), queries.by_id(idea.id)
            return attach_file(person, held, kept=kept).original_name

    results = at_once(app, lambda: attach("a"), lambda: attach("b"))

    assert len([result for result in results if isinstance(result, str)]) == 1
    assert [type(result) for result in results if not isinstance(result, str)] == [Invalid]


def test_same_person_invited_twice_at_once_is_in_the_team_once(app, youth):
    idea = IdeaFactory(owner=youth)

    def invite():
        with transaction():
            person, held = db.session.get(User, youth.id), queries.by_id(idea.id)
            return invite_author(person, held, email="ban@example.vn", full_name="Bình", share_percent=30).id

    results = at_once(app, invite, invite)

    assert sorted(type(result).__name__ for result in results) == ["Invalid", "int"]
    assert sorted(author.share_percent for author in idea.authors) == [30, 70]
