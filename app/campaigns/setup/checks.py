"""What is wrong with a rubric or a round, and what is only unwise: errors stop an opening, warnings speak."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from app.campaigns.rules import Method
from app.campaigns.setup.bands import rules as bands
from app.campaigns.setup.planned import CriterionPlan, RoundPlan, RubricPlan
from app.core.i18n import _l

FEW_SHEETS = 3  # judging.md 1: prizes straight after three sheets find the best idea one time in four
ROBUST_PANEL = 5  # below it a robust mean throws away more than a partisan judge could do
CUT_PER_PRIZE, LEAST_CUT = 4, 12


class Finding(NamedTuple):
    key: str
    stops: bool  # a round with it cannot be opened
    text: Any
    values: Mapping[str, Any]

    @property
    def words(self) -> str:
        return str(self.text) % self.values


Values = Mapping[str, Any] | None
Check = Callable[[RoundPlan], Values]


def gaps(criterion: CriterionPlan) -> Any:
    """Where level sentences fail to cover 0 to the maximum: a sentence, or None. No levels at all is allowed."""
    if not criterion.levels:
        return None
    levels = sorted(criterion.levels)
    for level in levels:
        if level.points_from > level.points_to:
            return _l("mức %(a)d–%(b)d viết ngược", a=level.points_from, b=level.points_to)
    if levels[0].points_from != 0:
        return _l("mức thấp nhất phải bắt đầu từ 0")
    for low, high in pairwise(levels):
        if high.points_from > low.points_to + 1:
            return _l("thiếu từ %(a)d đến %(b)d", a=low.points_to + 1, b=high.points_from - 1)
        if high.points_from <= low.points_to:
            return _l("hai mức cùng có %(a)d điểm", a=high.points_from)
    if levels[-1].points_to != criterion.max_points:
        return _l("mức cao nhất phải tới %(a)d", a=criterion.max_points)
    return None


def _every(plan: RoundPlan) -> list[RubricPlan]:
    return [plan.rubric, *plan.rubric.variants]


def _first(found: Sequence[dict[str, Any]]) -> Values:
    return found[0] if found else None


def _no_criteria(plan: RoundPlan) -> Values:
    return _first([{"rubric": r.name} for r in _every(plan) if not r.scored])


def _wrong_sum(plan: RoundPlan) -> Values:
    return _first(
        [
            {"rubric": r.name, "sum": r.total, "scale": r.scale}
            for r in _every(plan)
            if r.scored and r.total != r.scale
        ]
    )


def _wrong_minimum(plan: RoundPlan) -> Values:
    return _first(
        [
            {"criterion": c.name, "max": c.max_points}
            for r in _every(plan)
            for c in r.criteria
            if max(c.minimum or 0, c.note_below or 0, c.note_above or 0) > c.max_points
        ]
    )


def _wrong_levels(plan: RoundPlan) -> Values:
    return _first(
        [{"criterion": c.name, "what": what} for r in _every(plan) for c in r.criteria if (what := gaps(c))]
    )


def _unknown_tie_break(plan: RoundPlan) -> Values:
    scored = {criterion.key for criterion in plan.rubric.scored}
    return {} if set(plan.tie_break) - scored else None


def _other_scale(plan: RoundPlan) -> Values:
    return _first([{"rubric": v.name} for v in plan.rubric.variants if v.scale != plan.rubric.scale])


def _other_tie_break(plan: RoundPlan) -> Values:
    """Means are compared between ideas of different topics, so the criterion must have the same points in both."""
    own = {c.key: c for c in plan.rubric.scored}
    return _first(
        [
            {"rubric": variant.name, "criterion": own[key].name}
            for variant in plan.rubric.variants
            for key in plan.tie_break
            if key in own
            and (key, own[key].max_points) not in {(c.key, c.max_points) for c in variant.scored}
        ]
    )


def _pass_mark_too_high(plan: RoundPlan) -> Values:
    return {"most": plan.most} if plan.pass_mark is not None and plan.pass_mark > plan.most else None


def _prizes_after_few(plan: RoundPlan) -> Values:
    few = plan.gives_awards and 0 < plan.sheets <= FEW_SHEETS
    return {"n": plan.sheets} if few else None


def _small_cut(plan: RoundPlan) -> Values:
    least = max(LEAST_CUT, CUT_PER_PRIZE * plan.prizes)
    small = not plan.gives_awards and plan.cut_top is not None and plan.cut_top < least
    return {"least": least, "prizes": plan.prizes} if small else None


def _robust_with_few(plan: RoundPlan) -> Values:
    robust = plan.method in {Method.TRIMMED, Method.VALID}
    return {} if robust and 0 < plan.sheets < ROBUST_PANEL else None


def _adjusted_alone(plan: RoundPlan) -> Values:
    return {} if plan.method is Method.ADJUSTED and plan.sheets == 1 else None


def _no_tie_break(plan: RoundPlan) -> Values:
    return {} if not plan.tie_break else None


def _no_cut(plan: RoundPlan) -> Values:
    return {} if not plan.gives_awards and plan.cut_top is None and plan.pass_mark is None else None


def _no_levels(plan: RoundPlan) -> Values:
    return _first([{"criterion": c.name} for r in _every(plan) for c in r.criteria if not c.levels])


STOPS, WARNS = True, False


class Rule(NamedTuple):
    """`broken` gives the values that the sentence names, or None where the plan is in order."""

    key: str
    stops: bool
    broken: Check
    says: Any


CHECKS: tuple[Rule, ...] = (
    Rule(
        "no_criteria",
        STOPS,
        _no_criteria,
        _l("Bộ “%(rubric)s” chưa có tiêu chí nào tính điểm."),
    ),
    Rule(
        "wrong_sum",
        STOPS,
        _wrong_sum,
        _l("Bộ “%(rubric)s” có tổng %(sum)d điểm, cần đúng %(scale)d."),
    ),
    Rule(
        "wrong_minimum",
        STOPS,
        _wrong_minimum,
        _l("Điểm tối thiểu hoặc mốc ghi chú của “%(criterion)s” vượt %(max)d điểm."),
    ),
    Rule(
        "wrong_levels",
        STOPS,
        _wrong_levels,
        _l("Các mức của “%(criterion)s” chưa khít: %(what)s."),
    ),
    Rule(
        "unknown_tie_break",
        STOPS,
        _unknown_tie_break,
        _l("Tiêu chí xét khi bằng điểm không có trong bộ tiêu chí, hoặc chỉ để tham khảo."),
    ),
    Rule(
        "other_scale",
        STOPS,
        _other_scale,
        _l("Bộ riêng “%(rubric)s” phải cùng thang điểm với bộ chung."),
    ),
    Rule(
        "other_tie_break",
        STOPS,
        _other_tie_break,
        _l(
            "Bộ riêng “%(rubric)s” phải có “%(criterion)s” với cùng điểm tối đa, vì tiêu chí này xét khi "
            "bằng điểm."
        ),
    ),
    Rule(
        "pass_mark_too_high",
        STOPS,
        _pass_mark_too_high,
        _l("Điểm đạt cao hơn tổng điểm (%(most)d)."),
    ),
    Rule(
        "band_too_high",
        STOPS,
        bands.too_high,
        _l(
            "Không bài nào của bộ “%(rubric)s” đạt được xếp loại “%(band)s”: mức điểm vượt điểm tối đa, "
            "hoặc xét một tiêu chí không tính điểm trong bộ này."
        ),
    ),
    Rule(
        "band_hidden",
        WARNS,
        bands.hidden,
        _l("Xếp loại “%(band)s” không bao giờ dùng tới, vì bài đạt mức đó đã được xếp “%(earlier)s”."),
    ),
    Rule(
        "prizes_after_few",
        WARNS,
        _prizes_after_few,
        _l(
            "Trao giải sau %(n)d phiếu mỗi bài là quá ít để phân định các bài sát nhau. Nên có thêm vòng "
            "chung khảo với cả hội đồng."
        ),
    ),
    Rule(
        "small_cut",
        WARNS,
        _small_cut,
        _l(
            "Nên cho ít nhất %(least)d bài đi tiếp: gấp bốn số giải (%(prizes)d), và không dưới 12, để "
            "bài hay không bị loại vì may rủi."
        ),
    ),
    Rule(
        "robust_with_few",
        WARNS,
        _robust_with_few,
        _l(
            "Cách tính bỏ phiếu lệch chỉ có tác dụng khi mỗi bài có từ 5 phiếu; ít hơn thì tính như trung "
            "bình cộng."
        ),
    ),
    Rule(
        "adjusted_alone",
        WARNS,
        _adjusted_alone,
        _l("Mỗi bài chỉ một phiếu thì không so được giám khảo với nhau, nên không hiệu chỉnh được."),
    ),
    Rule(
        "no_tie_break",
        WARNS,
        _no_tie_break,
        _l("Chưa chọn tiêu chí xét khi bằng điểm. Các bài bằng điểm sẽ đồng hạng."),
    ),
    Rule(
        "no_cut",
        WARNS,
        _no_cut,
        _l("Chưa đặt số bài hay điểm đạt để vào vòng sau, nên không bài nào đi tiếp."),
    ),
    Rule(
        "no_levels",
        WARNS,
        _no_levels,
        _l("“%(criterion)s” chưa có câu mô tả các mức. Giám khảo sẽ khó chấm giống nhau."),
    ),
)


def findings(plan: RoundPlan) -> list[Finding]:
    """What is wrong with the plan, errors first."""
    return [
        Finding(rule.key, rule.stops, rule.says, values)
        for rule in CHECKS
        if (values := rule.broken(plan)) is not None
    ]
