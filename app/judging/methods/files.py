"""The methods on files, without a database: for another ward, a teacher, an inspector, a test."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from app.campaigns.rules import Method
from app.judging.methods.assignment import AssignmentInput, Infeasible, assign
from app.judging.methods.bands import Band
from app.judging.methods.fields import BadFile, Field
from app.judging.methods.ranking import MIN_DF, RankingInput, RankingResult, rank
from app.judging.methods.scoring import DEVIATION, Criterion, Points, Rubric, parse_mark
from app.judging.methods.sheets import Candidate, IdeaStatus, Sheet, SheetStatus

__all__ = ["BadFile", "assign_file", "rank_file"]

Json = dict[str, Any]


def rank_file(data: object) -> Json:
    """A ranking of the sheets in a parsed JSON file. Raises BadFile."""
    given = _ranking_input(Field(data))
    return _ranking(rank(given), banded=bool(given.bands))


def assign_file(data: object) -> Json:
    """An assignment for the ideas and judges in a parsed JSON file. Raises BadFile."""
    given = _assignment_input(Field(data))
    try:
        result = assign(given)
    except Infeasible as refused:
        reasons = [
            {"rule": r.rule.value, "ideas": list(r.ideas), "message": r.message} for r in refused.reasons
        ]
        return {"feasible": False, "reasons": reasons}
    return {
        "feasible": True,
        "pairs": [list(pair) for pair in result.pairs],
        "loads": dict(result.loads),
        "without_expert": list(result.without_expert),
        "efficiency": f"{result.efficiency:.2f}",
        "connected": result.connected,
        "order": {judge: list(ideas) for judge, ideas in result.order.items()},
    }


def _ranking(result: RankingResult, *, banded: bool) -> Json:
    return {
        "method_used": result.method_used.value,
        "fallback": result.fallback.value if result.fallback else None,
        "ranking": [
            {
                "rank": row.rank,
                "idea": row.idea,
                "score": str(row.score),
                "interval": list(row.interval),
                **({"band": row.band or None} if banded else {}),
            }
            for row in result.rows
        ],
        "unranked": {idea: reason.value for idea, reason in result.unranked.items()},
        "criteria": {
            row.idea: {name: str(mean) for name, mean in row.criteria.items()} for row in result.rows
        },
        "below_minimum": {idea: list(names) for idea, names in result.below_minimum.items()},
        "severity": {judge: str(leniency) for judge, leniency in result.severity.items()},
        "lambda": None if result.lam is None else str(result.lam),
        "reliability": None if result.reliability is None else f"{result.reliability:.2f}",
        "advance": {"in": list(result.advance.through), "council": list(result.advance.council)},
    }


def _ranking_input(file: Field) -> RankingInput:
    rubric = _rubric(file.need("rubric"))
    scored = {criterion.id for criterion in rubric.scored}
    ties = [field.known(scored, "tiêu chí") for field in file.list_of("tie_break")]
    variants = {name: _variant(field, rubric, ties) for name, field in file.table_of("variants").items()}
    ideas = _candidates(file.need("ideas").items(), variants)
    rubrics = {idea.id: idea.rubric or rubric for idea in ideas}
    names = set(rubrics)
    top, threshold, deviation = file.get("top"), file.get("threshold"), file.get("deviation")
    return RankingInput(
        rubric=rubric,
        ideas=ideas,
        sheets=_sheets(file.need("sheets").items(), rubrics),
        method=found.choice(Method) if (found := file.get("method")) else Method.MEAN,
        tie_break=ties,
        min_sheets=_whole(file, "min_sheets", 1, least=1),
        min_df=_whole(file, "min_df", MIN_DF, least=0),
        deviation=deviation.points() if deviation else DEVIATION,
        community={
            _key(idea, names, field): field.whole(0) for idea, field in file.table_of("community").items()
        },
        community_points=found.points() if (found := file.get("community_points")) else 0,
        top=top.whole(1) if top else None,
        threshold=threshold.points() if threshold else None,
        bands=_bands(file.list_of("bands"), rubric),
    )


def _bands(fields: list[Field], rubric: Rubric) -> list[Band]:
    bands: list[Band] = []
    most = {criterion.id: criterion.max_points for criterion in rubric.scored}
    for field in fields:
        floors = {}
        for name, least in field.table_of("floors").items():
            if name not in most:
                raise least.bad(f"Không có tiêu chí tính điểm “{name}” trong tệp.")
            if least.points() > most[name]:
                raise least.bad("Mức tối thiểu không được lớn hơn điểm tối đa của tiêu chí.")
            floors[name] = least.points()
        name = _new(field.need("name"), {band.name for band in bands})
        bands.append(Band(name, field.need("floor").points(), floors))
    return bands


def _variant(field: Field, common: Rubric, ties: Collection[str]) -> Rubric:
    """A rubric for some of the ideas: the same scale, and the criteria that decide ties with the same points."""
    own = _rubric(field, scale=common.scale)
    if own.scale != common.scale:
        raise field.need("scale").bad("Thang điểm phải bằng thang điểm chung.")
    points = {criterion.id: criterion.max_points for criterion in own.scored}
    for criterion in common.scored:
        if criterion.id in ties and points.get(criterion.id) != criterion.max_points:
            raise field.need("criteria").bad(
                f"Cần tiêu chí “{criterion.id}” với cùng điểm tối đa, vì xét khi bằng điểm."
            )
    return own


def _rubric(field: Field, scale: Points = 100) -> Rubric:
    criteria: list[Criterion] = []
    for entry in field.need("criteria").items():
        name = _new(entry.need("id"), {criterion.id for criterion in criteria})
        most = entry.need("max").points()
        if most == 0:
            raise entry.need("max").bad("Điểm tối đa phải lớn hơn 0.")
        minimum, weight, inform = entry.get("minimum"), entry.get("weight"), entry.get("inform_only")
        if minimum and minimum.points() > most:
            raise minimum.bad("Điểm tối thiểu không được lớn hơn điểm tối đa.")
        criteria.append(
            Criterion(
                name,
                most,
                minimum=minimum.points() if minimum else None,
                weight=weight.points() if weight else None,
                inform_only=inform.yes_or_no() if inform else False,
            )
        )
    given = field.get("scale")
    if given and given.points() == 0:
        raise given.bad("Thang điểm phải lớn hơn 0.")
    rubric = Rubric(tuple(criteria), scale=given.points() if given else scale)
    if not any(c.max_points if c.weight is None else c.weight for c in rubric.scored):
        raise field.need("criteria").bad("Cần ít nhất một tiêu chí tính điểm.")
    return rubric


def _candidates(fields: list[Field], variants: Mapping[str, Rubric]) -> list[Candidate]:
    ideas: list[Candidate] = []
    seen: set[str] = set()
    for field in fields:
        name, status, own = _new(field.need("id"), seen), field.get("status"), field.get("rubric")
        seen.add(name)
        ideas.append(
            Candidate(
                name,
                status.choice(IdeaStatus) if status else IdeaStatus.ACTIVE,
                variants[own.known(variants, "bộ tiêu chí")] if own else None,
            )
        )
    return ideas


def _sheets(fields: list[Field], rubrics: Mapping[str, Rubric]) -> list[Sheet]:
    sheets: list[Sheet] = []
    seen: set[tuple[str, str]] = set()
    for field in fields:
        idea, judge = field.need("idea").known(rubrics, "ý tưởng"), field.need("judge").text()
        if (idea, judge) in seen:
            raise field.bad(f"Giám khảo {judge} có hai phiếu cho ý tưởng {idea}. Hãy giữ lại một phiếu.")
        seen.add((idea, judge))
        status = found.choice(SheetStatus) if (found := field.get("status")) else SheetStatus.SUBMITTED
        rubric = rubrics[idea]
        marks = _marks(field.need("marks"), rubric)
        if status is SheetStatus.SUBMITTED:
            missing = [criterion.id for criterion in rubric.scored if criterion.id not in marks]
            if missing:
                raise field.need("marks").bad(f"Phiếu đã nộp còn thiếu điểm: {', '.join(missing)}.")
        sheets.append(Sheet(idea, judge, marks, status))
    return sheets


def _marks(field: Field, rubric: Rubric) -> dict[str, int]:
    most = {criterion.id: criterion.max_points for criterion in rubric.criteria}
    marks: dict[str, int] = {}
    for name, mark in field.entries().items():
        if name not in most:
            raise mark.bad(f"Không có tiêu chí “{name}” trong tệp.")
        try:
            marks[name] = parse_mark(mark.number_text(), most[name])
        except ValueError as wrong:
            raise mark.bad(str(wrong)) from wrong
    return marks


def _assignment_input(file: Field) -> AssignmentInput:
    ideas = _names(file.need("ideas").items())
    judges = _names(file.need("judges").items())
    known_ideas, known_judges = frozenset(ideas), frozenset(judges)  # looked up for each of 100,000 conflicts

    def pairs(name: str) -> list[tuple[str, str]]:
        return [_pair(field, known_ideas, known_judges) for field in file.list_of(name)]

    def table(name: str, keys: Collection[str], read: Callable[[Field], Any]) -> dict[str, Any]:
        return {_key(key, keys, field): read(field) for key, field in file.table_of(name).items()}

    consent = file.get("accept_imbalance")
    return AssignmentInput(
        ideas=ideas,
        judges=judges,
        k=file.need("k").whole(),
        conflicts=pairs("conflicts"),
        limit=table("limit", known_judges, lambda field: field.whole(0)),
        topic=table("topic", known_ideas, Field.text),
        expertise=table("expertise", known_judges, lambda field: [topic.text() for topic in field.items()]),
        unit=table("unit", known_ideas, Field.text),
        locked=pairs("locked"),
        keep=pairs("keep"),
        names={key: field.text() for key, field in file.table_of("names").items()},
        seed=_whole(file, "seed", 0, least=None),
        accept_imbalance=consent.yes_or_no() if consent else False,
    )


def _names(fields: list[Field]) -> list[str]:
    seen: dict[str, None] = {}
    for field in fields:
        seen[_new(field, seen)] = None
    return list(seen)


def _pair(field: Field, ideas: Collection[str], judges: Collection[str]) -> tuple[str, str]:
    both = field.items()
    if len(both) != 2:
        raise field.bad("Cần một cặp [ý tưởng, giám khảo].")
    return both[0].known(ideas, "ý tưởng"), both[1].known(judges, "giám khảo")


def _new(field: Field, seen: Collection[str]) -> str:
    name = field.text()
    if name in seen:
        raise field.bad(f"“{name}” có hai lần trong tệp.")
    return name


def _key(name: str, names: Collection[str], field: Field) -> str:
    if name not in names:
        raise field.bad(f"Không có “{name}” trong tệp.")
    return name


def _whole(file: Field, name: str, default: int, *, least: int | None) -> int:
    field = file.get(name)
    return field.whole(least) if field else default
