"""Mails to authors about their idea, from the invitation to the team to the moderator's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.accounts import links
from app.accounts.rules import LINK_LIFE, LinkPurpose
from app.campaigns.models import Campaign
from app.campaigns.rules import takes_ideas
from app.core import clock
from app.core.db import db
from app.core.events import Event
from app.core.formats import deadline, moment
from app.core.i18n import _
from app.ideas.models import Author, Idea, Version
from app.ideas.rules import AuthorState, IdeaState
from app.mail.letters import PreviewMail, Recipient, authors_of, letter, life, link, person
from app.moderation.models import Decision


def to_authors(template: str, idea: Idea, values: dict[str, Any]) -> list[PreviewMail]:
    """The same words to every member of the team, each by name."""
    shared = {"ma": idea.code or "", "ten_y_tuong": title_of(idea), "lien_ket": own_page(idea), **values}
    return [
        letter(template, to, shared, campaign=idea.campaign, about=f"i{idea.id}")
        for to in authors_of([idea.id]).get(idea.id, [])
    ]


def title_of(idea: Idea) -> str:
    return idea.title or _("bản nháp chưa đặt tên")


def own_page(idea: Idea, part: str = "") -> str:
    """The authors' own page of an idea; `part` is one below it."""
    return link(f"/cua-toi/{idea.public_id}{part}")


def invite_coauthor(event: Event) -> list[PreviewMail]:
    """A stranger to the site gets a link; a member whose share was changed signs in to answer."""
    author = db.session.get(Author, event.object_id)
    if author is None:
        return []
    idea = author.idea
    values = {
        "ten_truong_nhom": idea.leader.full_name if idea.leader else _("Một bạn"),
        "ten_y_tuong": title_of(idea),
        "ty_le": author.share_percent,
        "han_nop": deadline(idea.campaign.closes_at),
    }
    if author.state is AuthorState.INVITED:
        secret = links.issue(LinkPurpose.COAUTHOR, user_id=author.user_id, data={"author_id": author.id})
        values["lien_ket"] = link(f"/dong-tac-gia/{secret}")
        values["han_lien_ket"] = life(LINK_LIFE[LinkPurpose.COAUTHOR])
        to = Recipient(author.user_id, author.full_name, author.email)
        return [letter("invite_coauthor", to, values, holds_link=True, campaign=idea.campaign)]
    member = person(author.user_id)
    if author.state is AuthorState.ACCEPTED and not author.share_agreed and member:
        values["lien_ket"] = own_page(idea, "/loi-moi")
        return [letter("share_changed", member, values, campaign=idea.campaign)]
    return []  # answered meanwhile, or taken off the team


def submitted_receipt(event: Event) -> list[PreviewMail]:
    idea = db.session.get_one(Idea, event.object_id)
    version = version_of(idea, event.data.get("version"))
    closes_at = idea.campaign.closes_at
    again = _(" Đến hết %(day)s bạn vẫn sửa và gửi lại được.", day=deadline(closes_at))
    values = {
        "thoi_diem": moment(version.received_at),
        "phien_ban": version.number,
        "ma_kiem_chung": version.content_hash,
        "so_ngay_xet": idea.campaign.moderation_days,
        "con_sua": again if version.received_at <= closes_at else "",
    }
    return to_authors("submitted_receipt", idea, values)


def version_of(idea: Idea, number: int | None) -> Version:
    """The frozen version that was sent; the newest one when the event does not say."""
    return next((v for v in idea.versions if v.number == number), idea.versions[-1])


def idea_approved(event: Event) -> list[PreviewMail]:
    idea = db.session.get_one(Idea, event.object_id)
    blind = (
        _(" Bài được chấm giấu tên: tên đội chỉ hiện khi công bố kết quả.")
        if idea.campaign.hides_names
        else ""
    )
    return to_authors("idea_approved", idea, {"giau_ten": blind})


def idea_returned(event: Event) -> list[PreviewMail]:
    return _to_be_mended("idea_returned", event)


def idea_reopened(event: Event) -> list[PreviewMail]:
    return _to_be_mended("idea_reopened", event)


def _to_be_mended(template: str, event: Event) -> list[PreviewMail]:
    idea = db.session.get_one(Idea, event.object_id)
    values = {
        "ly_do": reason_of(event),
        "han_bo_sung": deadline(latest(idea.campaign.closes_at, idea.return_due_at)),
        "lien_ket": own_page(idea, "/sua"),
    }
    return to_authors(template, idea, values)


def idea_rejected(event: Event) -> list[PreviewMail]:
    idea = db.session.get_one(Idea, event.object_id)
    campaign = idea.campaign
    open_still = takes_ideas(campaign.state, campaign.opens_at, campaign.closes_at, clock.now())
    another = _("Bạn vẫn có thể gửi ý tưởng khác trước %(day)s.", day=deadline(campaign.closes_at))
    return to_authors(
        "idea_rejected", idea, {"ly_do": reason_of(event), "con_han": another if open_still else ""}
    )


def reason_of(event: Event) -> str:
    """What the moderator wrote."""
    decision = db.session.get(Decision, event.data.get("decision_id", 0))
    return decision.reason if decision else ""


def latest(first: datetime, second: datetime | None) -> datetime:
    return max(first, second) if second else first


def deadline_moved(event: Event) -> list[PreviewMail]:
    """To everybody with something still to be sent in the campaign."""
    campaign = db.session.get_one(Campaign, event.object_id)
    reason = str(event.data.get("reason", "")).strip()
    values = {
        "ten_cuoc_thi": campaign.name,
        "han_cu": _moment_in(event.data.get("before")),
        "han_moi": _moment_in(event.data.get("after")),
        "ly_do": _("Lý do: %(reason)s", reason=reason) if reason else "",
        "lien_ket": link(f"/cuoc-thi/{campaign.slug}"),
    }
    unsent = db.session.scalars(
        sa.select(Idea.id).where(
            Idea.campaign_id == campaign.id, Idea.state.in_((IdeaState.DRAFT, IdeaState.RETURNED))
        )
    )
    once = {to.user_id: to for team in authors_of(unsent).values() for to in team}  # two drafts, one mail
    return [letter("deadline_moved", to, values, campaign=campaign) for to in once.values()]


def _moment_in(value: str | None) -> str:
    """A moment that an event holds as ISO text."""
    return deadline(datetime.fromisoformat(value)) if value else ""
