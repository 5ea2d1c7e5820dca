"""A round as an administrator types it: by which rubric, when, by how many, and how its result follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.campaigns import standard
from app.campaigns.models import Campaign, Round, Rubric
from app.campaigns.rules import Method
from app.campaigns.setup.forms import TOO_LONG, ReasonForm
from app.core.clock import local
from app.core.fields import DayField, WholeField
from app.core.i18n import _, _l

METHODS = [
    (Method.ADJUSTED.value, _l("Trung bình, trừ đi mức rộng tay của từng giám khảo")),
    (Method.MEAN.value, _l("Trung bình cộng")),
    (Method.VALID.value, _l("Trung bình, bỏ phiếu lệch quá xa (từ 5 phiếu)")),
    (Method.TRIMMED.value, _l("Trung bình, bỏ một cao nhất và một thấp nhất (từ 5 phiếu)")),
]
DAY = _l("Viết ngày theo dạng ngày/tháng/năm, ví dụ 05/02/2027.")
SHEETS = _l("Ghi số từ 1 đến 50.")
TIES = ("tie_1", "tie_2", "tie_3")


class RoundForm(ReasonForm):
    """A round: by which rubric, when, by how many, and how its result follows."""

    name = StringField(
        _l("Tên vòng"), validators=[InputRequired(_l("Đặt tên vòng.")), Length(max=120, message=TOO_LONG)]
    )
    rubric = SelectField(_l("Bộ tiêu chí"), validators=[InputRequired(_l("Chọn bộ tiêu chí."))])
    starts_on = DayField(_l("Bắt đầu chấm"), validators=[InputRequired(DAY)])
    ends_on = DayField(_l("Hạn chấm"), validators=[InputRequired(DAY)])
    full_panel = BooleanField(
        _l("Cả hội đồng chấm mọi bài"),
        description=_l("Nên chọn khi có tới khoảng 40 bài: độ chặt của giám khảo tự bù nhau."),
    )
    sheets_per_idea = WholeField(
        _l("Số phiếu mỗi bài"),
        description=_l("Không dùng tới khi cả hội đồng chấm mọi bài."),
        validators=[InputRequired(SHEETS), NumberRange(1, 50, SHEETS)],
    )
    blind = BooleanField(_l("Chấm giấu tên: giám khảo không biết tác giả"))
    method = SelectField(_l("Cách tính điểm"), choices=METHODS, coerce=Method)
    deviation = WholeField(
        _l("Lệch bao nhiêu điểm thì bỏ phiếu"),
        description=_l("Chỉ dùng với cách bỏ phiếu lệch. Thường là 20, hoặc 15."),
        validators=[InputRequired(_l("Ghi số điểm.")), NumberRange(1, 100, _l("Ghi số từ 1 đến 100."))],
    )
    tie_1 = SelectField(_l("Bằng điểm thì xét trước"), validators=[Optional()])
    tie_2 = SelectField(_l("Vẫn bằng thì xét"), validators=[Optional()])
    tie_3 = SelectField(_l("Vẫn bằng nữa thì xét"), validators=[Optional()])
    cut_top = WholeField(
        _l("Bao nhiêu bài đi tiếp"),
        description=_l("Để trống: không giới hạn số bài."),
        validators=[Optional(), NumberRange(1, 500, _l("Ghi số từ 1 đến 500."))],
    )
    pass_mark = WholeField(
        _l("Điểm đạt"),
        description=_l("Để trống: không đặt điểm đạt."),
        validators=[Optional(), NumberRange(0, 1000, _l("Ghi số từ 0 đến 1000."))],
    )
    gives_awards = BooleanField(_l("Giải thưởng trao theo xếp hạng của vòng này"))

    def choose(self, rubrics: list[Rubric], presets: list[tuple[str, str]]) -> RoundForm:
        """Fill the lists: rubrics by id, presets by name, and every criterion that could decide a tie."""
        self.rubric.choices = [
            *((str(rubric.id), rubric.name) for rubric in rubrics),
            *((key, _("Bộ mới theo mẫu %(key)s: %(name)s", key=key, name=name)) for key, name in presets),
        ]
        names = standard.criterion_names([key for key, _name in presets])
        names |= {c.key: c.name for rubric in rubrics for c in rubric.criteria if not c.informs_only}
        for name in TIES:
            self[name].choices = [("", _("Không xét")), *names.items()]
        return self

    @property
    def plan(self) -> dict[str, Any]:
        """The command's keywords."""
        values = {name: value for name, value in self.values.items() if name not in {*TIES, "reason"}}
        ties = [self[name].data for name in TIES if self[name].data]
        return {**values, "tie_break": list(dict.fromkeys(ties))}


def as_typed(round_: Round) -> dict[str, Any]:
    """A round as its form shows it."""
    return {
        **{
            name: getattr(round_, name)
            for name in (
                "name",
                "full_panel",
                "sheets_per_idea",
                "blind",
                "method",
                "deviation",
                "cut_top",
                "pass_mark",
                "gives_awards",
                "version",
            )
        },
        "rubric": str(round_.rubric_id),
        "starts_on": local(round_.starts_at).date(),
        "ends_on": local(round_.ends_at).date(),
        **dict(zip(TIES, round_.tie_break, strict=False)),
    }


def offered(campaign: Campaign, kind: str) -> dict[str, Any]:
    """A new round as the standard frame has it: “so-khao”, or the final by the full panel."""
    rounds = {plan["id"]: plan for plan in standard.data()["phases"] if "rubric" in plan}
    plan = rounds.get(kind.replace("-", "_"), rounds["so_khao"])
    closes_on = local(campaign.closes_at).date()
    values = standard.judged_as(plan, campaign)
    return {
        **values,
        "rubric": plan["rubric"],
        "starts_on": closes_on + timedelta(days=plan["from"]),
        "ends_on": closes_on + timedelta(days=plan["until"]),
        **dict(zip(TIES, values["tie_break"], strict=False)),
        "version": 0,
    }
