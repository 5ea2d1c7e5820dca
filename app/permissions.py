"""Who may do what: one table of grants. States are not here; they are in each noun's rules.py.

`can` is the only question that pages, commands, mails and the API ask. A condition answers for one person and one
thing; what it reads from a thing is written in `Thing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from app.core.errors import NotAllowed, NotFound

P = ParamSpec("P")
T = TypeVar("T")


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    YOUTH = "youth"
    GUARDIAN = "guardian"
    JUDGE = "judge"
    MODERATOR = "moderator"
    SCHOOL_COORDINATOR = "school_coordinator"
    UNIT_CONTACT = "unit_contact"
    OFFICER = "officer"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """Everything a person can do, as noun.verb."""

    # anyone
    PAGE_READ = "page.read"
    ACCOUNT_JOIN = "account.join"  # sign up, sign in, reset, follow a one-time link
    # with an account
    ACCOUNT_KEEP = "account.keep"  # own data, sessions, consents
    MAILBOX_READ = "mailbox.read"  # the demo's test mailbox, on this machine only
    # ideas
    IDEA_CREATE = "idea.create"
    IDEA_READ = "idea.read"  # the whole text
    IDEA_WRITE = "idea.write"
    IDEA_JOIN = "idea.join"  # answer an invitation to the team
    IDEA_SUBMIT = "idea.submit"
    IDEA_WITHDRAW = "idea.withdraw"
    FILE_READ = "file.read"
    # moderation
    QUEUE_READ = "queue.read"
    IDEA_MODERATE = "idea.moderate"
    IDEA_APPROVE = "idea.approve"
    IDEA_RETURN = "idea.return"
    IDEA_REJECT = "idea.reject"
    IDEA_REOPEN = "idea.reopen"
    # judging
    ROUND_PLAN = "round.plan"  # rounds, rubrics, and the rules that are frozen
    ROUND_MANAGE = "round.manage"  # judges, conflicts, assignment, open, lock
    ROUND_READ = "round.read"
    JUDGE_INVITE = "judge.invite"  # personal links of the evening: send, print, revoke
    PANEL_INVITE = "panel.invite"  # the chair has them sent; sees none of them
    SHEET_READ = "sheet.read"
    SHEET_SCORE = "sheet.score"
    SHEET_SUBMIT = "sheet.submit"
    SHEET_TAKE_BACK = "sheet.take_back"  # own submitted sheet, until the round is locked
    SHEET_RECUSE = "sheet.recuse"
    SHEET_REOPEN = "sheet.reopen"
    PAPER_TYPE = "paper.type"  # type what stands on a paper sheet
    PAPER_CONFIRM = "paper.confirm"
    CONFLICT_DECLARE = "conflict.declare"
    DESK_READ = "desk.read"  # progress judge × idea: counts, never a mark
    JUDGE_REMIND = "judge.remind"
    # results
    FINDINGS_READ = "findings.read"  # after the lock: single sheets by judge, severity, names beside codes
    SECRETARY_SERVE = "secretary.serve"  # of a council, without marking
    COUNCIL_READ = "council.read"
    COUNCIL_RUN = "council.run"  # convene, mark who is present, decide, close
    SHEET_AMEND = "sheet.amend"  # in the council, one's own, once
    VOTE_CAST = "vote.cast"
    COMMENT_RELEASE = "comment.release"  # read what judges wrote to the authors, and let a team read it
    MINUTES_READ = "minutes.read"
    RANKING_READ = "ranking.read"
    AWARD_PROPOSE = "award.propose"
    RESULTS_PUBLISH = "results.publish"
    LETTER_READ = "letter.read"  # a team's own levels and comments
    APPEAL_FILE = "appeal.file"  # against what was published about one's idea
    APPEAL_READ = "appeal.read"
    APPEAL_ANSWER = "appeal.answer"  # and carry out what follows
    # a live final
    FINAL_RUN = "final.run"  # lots, timer, order, closing the sheets, opening totals
    FINAL_REVEAL = "final.reveal"  # the award script and one award after the other
    # initiatives
    TRACKER_READ = "tracker.read"  # the officers' queue
    INITIATIVE_FORWARD = "initiative.forward"
    INITIATIVE_CREATE = "initiative.create"
    INITIATIVE_ASSIGN = "initiative.assign"
    INITIATIVE_UPDATE = "initiative.update"  # progress, trial, pause, resume
    INITIATIVE_COMPLETE = "initiative.complete"
    INITIATIVE_DECLINE = "initiative.decline"
    INITIATIVE_REOPEN = "initiative.reopen"
    REPORT_READ = "report.read"
    # administration
    CAMPAIGN_MANAGE = "campaign.manage"
    USER_MANAGE = "user.manage"
    MAIL_MANAGE = "mail.manage"
    AUDIT_READ = "audit.read"
    RECORD_ERASE = "record.erase"  # by law: the payload of one event


class Person(Protocol):
    """Who asks: an account, or nobody in particular."""

    @property
    def id(self) -> Any: ...
    @property
    def roles(self) -> Collection[Role]: ...
    @property
    def only(self) -> Collection[Action] | None: ...  # what the session is limited to, if it is
    def holds(self, role: Role, *, campaign_id: int | None = None) -> bool: ...
    def unit_ids(self, role: Role) -> Collection[int]: ...


Condition = Callable[[Person, Any], bool]


def any_(_person: Person, _thing: Any) -> bool:
    return True


def own(person: Person, thing: Any) -> bool:
    """The thing is theirs: `thing.owner_ids` holds their id."""
    return person.id in thing.owner_ids


def others(person: Person, thing: Any) -> bool:
    """Nobody decides on their own matter."""
    return person.id not in thing.owner_ids


def own_unit(person: Person, thing: Any) -> bool:
    """Their unit leads it, supports it or sent it in: `thing.unit_ids`."""
    return bool(set(person.unit_ids(Role.UNIT_CONTACT)) & set(thing.unit_ids))


def works_on(person: Person, thing: Any) -> bool:
    """Their unit leads or supports it; having sent it in is not enough to steer it."""
    return bool(set(person.unit_ids(Role.UNIT_CONTACT)) & set(thing.working_unit_ids))


def presides(person: Person, thing: Any) -> bool:
    """Chair or secretary of the round, whether the secretary marks or not: `thing.presider_ids`."""
    return person.id in thing.presider_ids


def sits_in(person: Person, thing: Any) -> bool:
    """A seat on the round's panel: `thing.member_ids`."""
    return person.id in thing.member_ids


def public(_person: Person, thing: Any) -> bool:
    return bool(thing.is_public)


def own_chair(person: Person, member: Any) -> bool:
    """Their own seat, and it is the chair's."""
    return bool(member.is_chair) and person.id in member.owner_ids


def not_proposer(person: Person, thing: Any) -> bool:
    """Who proposes the awards never publishes them."""
    return bool(person.id != thing.proposed_by_id)


A, R = Action, Role
EVERYONE: dict[Role, Condition] = dict.fromkeys(R, any_)
WITH_ACCOUNT: dict[Role, Condition] = {role: any_ for role in R if role is not R.ANONYMOUS}

GRANTS: dict[Action, dict[Role, Condition]] = {
    A.PAGE_READ: EVERYONE,
    A.ACCOUNT_JOIN: EVERYONE,
    A.ACCOUNT_KEEP: WITH_ACCOUNT,
    A.MAILBOX_READ: EVERYONE,
    A.IDEA_CREATE: {R.YOUTH: any_},
    A.IDEA_READ: {R.YOUTH: own, R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.IDEA_WRITE: {R.YOUTH: own},
    A.IDEA_JOIN: WITH_ACCOUNT,
    A.IDEA_SUBMIT: {R.YOUTH: own},
    A.IDEA_WITHDRAW: {R.YOUTH: own},
    A.FILE_READ: {**EVERYONE},  # the file's own thing decides: see files of each feature
    A.QUEUE_READ: {R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.IDEA_MODERATE: {R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.IDEA_APPROVE: {R.MODERATOR: others},
    A.IDEA_RETURN: {R.MODERATOR: others},
    A.IDEA_REJECT: {R.MODERATOR: others},
    A.IDEA_REOPEN: {R.MODERATOR: others},
    A.ROUND_PLAN: {R.ADMINISTRATOR: any_},
    A.ROUND_MANAGE: {R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.ROUND_READ: {R.MODERATOR: any_, R.ADMINISTRATOR: any_, R.LEADER: any_},
    A.JUDGE_INVITE: {R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.PANEL_INVITE: {R.JUDGE: own_chair},
    A.SHEET_READ: {R.JUDGE: own},
    A.SHEET_SCORE: {R.JUDGE: own},
    A.SHEET_SUBMIT: {R.JUDGE: own},
    A.SHEET_TAKE_BACK: {R.JUDGE: own},
    A.SHEET_RECUSE: {R.JUDGE: own},
    A.SHEET_REOPEN: {R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.PAPER_TYPE: {R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.PAPER_CONFIRM: {R.JUDGE: own},
    A.CONFLICT_DECLARE: {R.JUDGE: any_},
    A.DESK_READ: {R.JUDGE: presides, R.MODERATOR: any_, R.OFFICER: presides, R.ADMINISTRATOR: any_},
    A.JUDGE_REMIND: {R.JUDGE: presides, R.MODERATOR: any_, R.OFFICER: presides, R.ADMINISTRATOR: any_},
    A.FINDINGS_READ: {R.JUDGE: presides, R.MODERATOR: presides, R.OFFICER: presides},
    A.SECRETARY_SERVE: {R.MODERATOR: any_, R.OFFICER: any_},
    A.COUNCIL_READ: {R.JUDGE: sits_in, R.MODERATOR: presides, R.OFFICER: presides},
    A.COUNCIL_RUN: {R.JUDGE: presides, R.MODERATOR: presides, R.OFFICER: presides},
    A.SHEET_AMEND: {R.JUDGE: own},
    A.VOTE_CAST: {R.JUDGE: sits_in},
    A.COMMENT_RELEASE: {R.JUDGE: presides, R.MODERATOR: presides, R.OFFICER: presides},
    A.MINUTES_READ: {
        R.JUDGE: sits_in,
        R.MODERATOR: any_,
        R.OFFICER: presides,
        R.ADMINISTRATOR: any_,
        R.LEADER: any_,
    },
    A.RANKING_READ: {R.MODERATOR: any_, R.ADMINISTRATOR: any_, R.LEADER: any_},
    A.AWARD_PROPOSE: {R.MODERATOR: any_},
    A.RESULTS_PUBLISH: {R.ADMINISTRATOR: not_proposer, R.LEADER: not_proposer, R.MODERATOR: not_proposer},
    A.LETTER_READ: {R.YOUTH: own},
    A.APPEAL_FILE: {R.YOUTH: own},
    A.APPEAL_READ: {R.MODERATOR: any_, R.ADMINISTRATOR: any_, R.LEADER: any_},
    A.APPEAL_ANSWER: {R.MODERATOR: others, R.ADMINISTRATOR: others, R.LEADER: others},
    A.FINAL_RUN: {R.JUDGE: own, R.ADMINISTRATOR: any_},  # own: who chairs the panel
    A.FINAL_REVEAL: {R.JUDGE: own, R.MODERATOR: any_, R.ADMINISTRATOR: any_},
    A.TRACKER_READ: {R.OFFICER: any_, R.LEADER: any_, R.UNIT_CONTACT: own_unit, R.ADMINISTRATOR: any_},
    A.INITIATIVE_FORWARD: {R.MODERATOR: others, R.OFFICER: any_},
    A.INITIATIVE_CREATE: {R.OFFICER: any_, R.UNIT_CONTACT: any_},
    A.INITIATIVE_ASSIGN: {R.OFFICER: any_},
    A.INITIATIVE_UPDATE: {R.OFFICER: any_, R.UNIT_CONTACT: works_on},
    A.INITIATIVE_COMPLETE: {R.OFFICER: any_},
    A.INITIATIVE_DECLINE: {R.OFFICER: any_},
    A.INITIATIVE_REOPEN: {R.OFFICER: any_},
    A.REPORT_READ: {R.OFFICER: any_, R.LEADER: any_, R.ADMINISTRATOR: any_},
    A.CAMPAIGN_MANAGE: {R.ADMINISTRATOR: any_},
    A.USER_MANAGE: {R.ADMINISTRATOR: any_},
    A.MAIL_MANAGE: {R.ADMINISTRATOR: any_},
    A.AUDIT_READ: {R.ADMINISTRATOR: any_},
    A.RECORD_ERASE: {R.ADMINISTRATOR: any_},
}


# What a session may do that began with a personal link of the evening: judge, and nothing of the account.
JUDGING_ONLY: frozenset[Action] = frozenset({
    A.PAGE_READ, A.ACCOUNT_JOIN, A.FILE_READ,
    A.SHEET_READ, A.SHEET_SCORE, A.SHEET_SUBMIT, A.SHEET_TAKE_BACK, A.SHEET_RECUSE, A.CONFLICT_DECLARE,
})  # fmt: skip


def can(person: Person, action: Action, thing: Any = None) -> bool:
    """May this person, in this session, do this (to this thing)? Without a thing: could there be one?"""
    if person.only is not None and action not in person.only:
        return False
    return granted(person, action, thing)


def granted(person: Person, action: Action, thing: Any = None) -> bool:
    """What the table alone says of the person, however they came in."""
    for role, condition in GRANTS[action].items():
        if not person.holds(role, campaign_id=getattr(thing, "campaign_id", None)):
            continue
        if thing is None or condition(person, thing):
            return True
    return False


def require(person: Person, action: Action, thing: Any = None) -> None:
    """Raises NotAllowed, or NotFound where the thing is not even theirs to know of."""
    if can(person, action, thing):
        return
    if thing is not None and not can(person, action):
        raise NotAllowed
    raise NotFound if thing is not None else NotAllowed


def needs(action: Action) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Names what a route is for. Who holds no role that ever may is turned away before the view runs."""

    def named(view: Callable[P, T]) -> Callable[P, T]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            from app.accounts.identity import me, turn_away  # noqa: PLC0415 - accounts builds on this module

            if not can(me(), action):
                turn_away()
            return view(*args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return named
