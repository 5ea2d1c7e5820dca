"""What stands in each file of a bundle. Ideas and judges go by their codes; only winners' own codes are public."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Prize, Round, RoundRules
from app.core.db import db
from app.core.facts import instant
from app.ideas.models import Idea, Version
from app.judging.codes import codes_of
from app.judging.frozen import rules_of
from app.judging.models import Entry, PanelMember
from app.results.letters import spoken_of
from app.results.models import Award, Publication, Ranking, RankRow


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
    """luat.json: every version of the rules as it was hashed, the first one at the opening; the newest is in force."""
    return {"vong": [{"vong": one.round.key, **_versions(one.round)} for one in rounds]}


def _versions(round_: Round) -> dict[str, Any]:
    kept = db.session.scalars(
        sa.select(RoundRules).where(RoundRules.round_id == round_.id).order_by(RoundRules.number)
    ).all()
    versions = [
        {
            "so": one.number,
            "ma_bam": one.hash,
            "ly_do": one.reason,
            "luc": instant(one.made_at),
            "luat": one.rules,
        }
        for one in kept
    ]
    if not versions:  # opened by nobody known, before versions were kept
        versions = [{"so": 1, "ma_bam": round_.rules_hash, "ly_do": "", "luc": "", "luat": rules_of(round_)}]
    return {"dang_dung": versions[-1]["so"], "phien_ban": versions}


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


def points(marks: dict[str, Any]) -> str:
    """moi=3000;hieu_qua=4000: hundredths by criterion."""
    return ";".join(f"{name}={value}" for name, value in sorted(marks.items()))


def methods(rounds: Sequence[Judged]) -> dict[str, Any]:
    """phuong_phap.json: what the scores rest on, by round, as the ranking keeps it."""
    return {
        round_.key: {
            "phuong_phap": ranking.method_used,
            "ly_do": ranking.fallback,
            "lan_xep": ranking.number,
            "s2e": ranking.figures.get("error_variance"),
            "s2b": ranking.figures.get("judge_variance"),
            "lambda": ranking.figures["lambda"],
            "b": ranking.figures["severity"],
            "do_tin_cay": ranking.figures["reliability"],
        }
        for round_, ranking in rounds
    }


def ranks(rounds: Sequence[Judged]) -> Iterator[list[Any]]:
    """xep_hang.csv; the column of bands only where the rules of a round have any."""
    banded = any(one.round.rubric.bands for one in rounds)
    yield [
        "vong", "hang", "bai", "diem", "cong_dong", "so_phieu", "tieu_chi", "khoang_tu", "khoang_den",
        "phan_dinh", "khong_xep", "di_tiep", "can_bieu_quyet", "vao_vong_sau", *(["xep_loai"] if banded else []),
    ]  # fmt: skip
    for number, (round_, ranking) in enumerate(rounds):
        codes = dict(
            db.session.execute(
                sa.select(Entry.id, Entry.judging_code).where(Entry.round_id == round_.id)
            ).all()
        )
        went_on = _went_on(round_, rounds[number + 1].round) if number + 1 < len(rounds) else set()
        for row in ranking.rows:
            means = {name: int(mean.replace(".", "")) for name, mean in row.criterion_means.items()}
            yield [
                round_.key, _text(row.rank), codes[row.entry_id], _score(row.score), _score(row.community),
                row.sheets, points(means), _text(row.interval_from), _text(row.interval_to), row.tie_break,
                row.unranked, _yes(row.advances), _yes(row.in_council), _yes(row.entry_id in went_on),
                *([row.band] if banded else []),
            ]  # fmt: skip


def _went_on(round_: Round, later: Round) -> set[int]:
    """Entries of a round whose ideas are in the next one too."""
    ideas = sa.select(Entry.idea_id).where(Entry.round_id == later.id)
    entries = sa.select(Entry.id).where(Entry.round_id == round_.id, Entry.idea_id.in_(ideas))
    return set(db.session.scalars(entries))


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
