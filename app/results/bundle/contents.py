"""What stands in each file of a bundle. Ideas and judges go by their codes; only winners' own codes are public."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Prize, Round
from app.core.db import db
from app.core.events import Event, PublishedHead, Seal, payload
from app.core.facts import instant, read
from app.ideas.models import Idea, Version
from app.judging import queries as judging
from app.judging.codes import codes_of
from app.judging.frozen import rules_of
from app.judging.methods.ranking import totals_of
from app.judging.methods.scoring import half_up
from app.judging.methods.severity import estimate
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.results.letters import spoken_of
from app.results.models import Award, Publication, Ranking, RankRow

VARIANCE_PLACES = 6
SHEET_COLUMNS = (
    "so", "thu_tu", "loai", "vong", "bai", "giam_khao", "trang_thai", "diem", "muoi", "rieng", "la",
)  # fmt: skip


class Judged(NamedTuple):
    """A round with its frozen ranking."""

    round: Round
    ranking: Ranking


def judged_rounds(publication: Publication) -> list[Judged]:
    """Every ranked round of the campaign up to the one that awards follow, each as this publication speaks of it."""
    rows = db.session.execute(
        sa.select(Round, Ranking)
        .join(Ranking, Ranking.round_id == Round.id)
        .where(
            Round.campaign_id == publication.campaign_id,
            Round.position <= publication.round.position,
            spoken_of(publication),
        )
        .order_by(Round.position, Ranking.number)
    )
    newest = {round_.id: Judged(round_, ranking) for round_, ranking in rows}
    return list(newest.values())


def law(rounds: Sequence[Judged]) -> dict[str, Any]:
    """luat.json: the rules as they were hashed when each round opened."""
    return {"vong": [{"luat": rules_of(one.round), "ma_bam": one.round.rules_hash} for one in rounds]}


def ideas(rounds: Sequence[Judged], publication: Publication) -> Iterator[list[Any]]:
    """y_tuong.csv"""
    yield ["vong", "bai", "trang_thai", "phieu_binh_chon", "bo_tieu_chi", "ma_y_tuong", "giai"]
    prizes: dict[int, list[str]] = {}
    for idea_id, name in db.session.execute(
        sa.select(Award.idea_id, Prize.name)
        .join(Prize, Award.prize_id == Prize.id)
        .where(Award.publication_id == publication.id)
        .order_by(Prize.position)
    ):
        prizes.setdefault(idea_id, []).append(name)
    for round_, ranking in rounds:
        variants = {one.topic_id: one.topic.slug for one in round_.rubric.variants if one.topic is not None}
        rows = db.session.execute(
            sa.select(
                Entry.judging_code,
                RankRow.unranked,
                Entry.community_votes,
                Version.topic_id,
                Idea.id,
                Idea.code,
            )
            .join(Entry, RankRow.entry_id == Entry.id)
            .join(Idea, Entry.idea_id == Idea.id)
            .join(Version, Entry.version_id == Version.id)
            .where(RankRow.ranking_id == ranking.id)
            .order_by(Entry.judging_code)
        )
        for code, unranked, votes, topic_id, idea_id, public_code in rows:
            status = unranked if unranked in {"withdrawn", "disqualified"} else "active"
            won = prizes.get(idea_id, [])
            rubric, public = variants.get(topic_id, ""), public_code if won else ""
            yield [round_.key, code, status, votes, rubric, public, "; ".join(won)]


def judges(rounds: Sequence[Judged]) -> Iterator[list[Any]]:
    """giam_khao.csv: who left the panel has a code, and no commitment any more."""
    yield ["vong", "ma", "trong_ban", "cam_ket"]
    for round_, _ranking in rounds:
        bound = dict(
            db.session.execute(
                sa.select(PanelMember.code, PanelMember.commitment).where(PanelMember.round_id == round_.id)
            ).all()
        )
        for code in sorted(codes_of(round_).values()):
            yield [round_.key, code, _yes(code in bound), bound.get(code, "")]


class Sheets(NamedTuple):
    """phan_cong.csv and phieu.csv: the sheets as the tables have them, and every event about them."""

    assigned: list[list[Any]]
    events: list[list[Any]]
    erased: list[str]  # leaves whose payload a law took away


def sheets(rounds: Sequence[Judged], campaign_id: int) -> Sheets:
    keys = {one.round.key for one in rounds}
    events: list[list[Any]] = [list(SHEET_COLUMNS)]
    last: dict[tuple[str, str, str], tuple[str, dict[str, int]]] = {}
    erased: dict[int, tuple[int, str]] = {}  # sheet → line and leaf of its erased event
    numbers: dict[str, int] = {}
    rows = db.session.execute(
        sa.select(Seal.number, Event)
        .join(Event, Event.id == Seal.event_id)
        .where(Event.campaign_id == campaign_id)
        .order_by(Seal.number),
        execution_options={"yield_per": 500},
    )
    for number, event in rows:
        numbers[event.leaf] = number
        if event.kind == "record.erased":
            leaf = event.data.get("leaf", "")
            for table, id_ in event.data.get("touched", []):
                if table == ScoreSheet.__tablename__:
                    erased[id_] = (numbers.get(leaf, 0), leaf)
        if not event.shown or event.shown[0].get("round") not in keys:
            continue
        private = payload(event)["private"]
        for place, shown in enumerate(event.shown):
            last[_key(shown)] = (shown["state"], shown["marks"])
            events.append(_line(number, place, event.kind, shown, event.salt, private, event.leaf))
    assigned: list[list[Any]] = [["vong", "bai", "giam_khao", "trang_thai"]]
    for sheet_id, shown in _held(rounds):
        assigned.append([*_key(shown), shown["state"]])
        if last.get(_key(shown)) != (shown["state"], shown["marks"]):
            number, leaf = erased.get(sheet_id, (0, ""))
            events.append(_line(number, 0, "", shown, "", "", leaf))
    return Sheets(assigned, events, sorted({leaf for _number, leaf in erased.values()}))


def _held(rounds: Sequence[Judged]) -> Iterator[tuple[int, dict[str, Any]]]:
    ids = db.session.scalars(
        sa.select(ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id.in_([one.round.id for one in rounds]))
        .order_by(Entry.round_id, Entry.judging_code, ScoreSheet.id)
    ).all()
    for fact in read(ScoreSheet.__tablename__, ids):
        if fact.shown is not None:
            yield fact.id, fact.shown


def _key(shown: dict[str, Any]) -> tuple[str, str, str]:
    return shown["round"], shown["idea"], shown["judge"]


def _line(
    number: int, place: int, kind: str, shown: dict[str, Any], salt: str, private: str, leaf: str
) -> list[Any]:
    return [number, place, kind, *_key(shown), shown["state"], points(shown["marks"]), salt, private, leaf]


def points(marks: dict[str, Any]) -> str:
    """moi=3000;hieu_qua=4000: hundredths by criterion."""
    return ";".join(f"{name}={value}" for name, value in sorted(marks.items()))


def methods(rounds: Sequence[Judged]) -> dict[str, Any]:
    """phuong_phap.json: what the scores rest on, by round."""
    found = {}
    for round_, ranking in rounds:
        given = judging.ranking_input(round_)
        rubrics = {idea.id: idea.rubric or given.rubric for idea in given.ideas}
        estimated = estimate(totals_of(given.sheets, rubrics))
        found[round_.key] = {
            "phuong_phap": ranking.method_used,
            "ly_do": ranking.fallback,
            "s2e": _decimals(estimated.error_variance),
            "s2b": _decimals(estimated.judge_variance),
            "lambda": ranking.figures["lambda"],
            "b": ranking.figures["severity"],
            "do_tin_cay": ranking.figures["reliability"],
        }
    return found


def _decimals(value: Fraction | None) -> str | None:
    if value is None:
        return None
    whole, rest = divmod(half_up(value * 10**VARIANCE_PLACES), 10**VARIANCE_PLACES)
    return f"{whole}.{rest:0{VARIANCE_PLACES}d}"


def ranks(rounds: Sequence[Judged]) -> Iterator[list[Any]]:
    """xep_hang.csv; the column of bands only where the rules of a round have any."""
    banded = any(one.round.rubric.bands for one in rounds)
    yield [
        "vong", "hang", "bai", "diem", "cong_dong", "so_phieu", "tieu_chi", "khoang_tu", "khoang_den",
        "phan_dinh", "khong_xep", "di_tiep", "can_bieu_quyet", *(["xep_loai"] if banded else []),
    ]  # fmt: skip
    for round_, ranking in rounds:
        codes = dict(
            db.session.execute(
                sa.select(Entry.id, Entry.judging_code).where(Entry.round_id == round_.id)
            ).all()
        )
        for row in ranking.rows:
            means = {name: int(mean.replace(".", "")) for name, mean in row.criterion_means.items()}
            yield [
                round_.key, _text(row.rank), codes[row.entry_id], _score(row.score), _score(row.community),
                row.sheets, points(means), _text(row.interval_from), _text(row.interval_to), row.tie_break,
                row.unranked, _yes(row.advances), _yes(row.in_council), *([row.band] if banded else []),
            ]  # fmt: skip


def leaves() -> list[str]:
    """la.txt: every leaf there is, in the order of sealing."""
    return list(db.session.scalars(sa.select(Seal.leaf).order_by(Seal.number)))


def heads(origin: str, last: int, erased: Sequence[str]) -> dict[str, Any]:
    """dinh.json: heads that left the building, and the one that this bundle ends with."""
    rows = db.session.scalars(
        sa.select(PublishedHead)
        .where(PublishedHead.number <= last)
        .order_by(PublishedHead.number, PublishedHead.id)
    )
    end = db.session.scalar(sa.select(Seal.head).where(Seal.number == last))
    return {
        "nguon": origin,
        "dinh": [
            {
                "so": head.number,
                "dinh": head.head,
                "vi": head.reason.value,
                "luc": instant(head.published_at),
                "noi": head.where,
            }
            for head in rows
        ],
        "cuoi": {"so": last, "dinh": end},
        "xoa": list(erased),
    }


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """With a mark at its start, so that a spreadsheet reads Vietnamese."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return "\ufeff" + out.getvalue()


def _score(hundredths: int | None) -> str:
    if hundredths is None:
        return ""
    sign, whole = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _yes(value: bool) -> str:
    return "1" if value else ""
