"""A rubric as one form: a row a criterion, a row a level."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.campaigns.models import Rubric
from app.campaigns.setup.forms import POINTS, TOO_LONG, ReasonForm, Row, typed_in
from app.campaigns.setup.planned import MOST_CRITERIA, MOST_LEVELS, CriterionPlan, LevelPlan
from app.campaigns.setup.plans import criterion_plan
from app.core.fields import WholeField
from app.core.i18n import _, _l

EMPTY_LEVELS = 4


class LevelRow(Row):
    points_from = WholeField(_l("Từ điểm"), validators=[Optional(), POINTS])
    points_to = WholeField(_l("Đến điểm"), validators=[Optional(), POINTS])
    label = StringField(_l("Tên mức"), validators=[Optional(), Length(max=60, message=TOO_LONG)])
    text = TextAreaField(_l("Mô tả mức"), validators=[Optional(), Length(max=500, message=TOO_LONG)])

    @property
    def filled(self) -> bool:
        return any(field.data not in (None, "") or typed_in(field) for field in self)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if not self.filled:
            return fine
        for field in (self.points_from, self.points_to):
            if field.data is None and not field.errors:
                field.errors = [_("Ghi điểm của mức này, bằng số.")]
                fine = False
        if not self.label.data:
            self.label.errors = [_("Đặt tên mức, ví dụ: Tốt.")]
            fine = False
        return fine


class CriterionRow(Row):
    key = HiddenField()
    name = StringField(_l("Tiêu chí"), validators=[Optional(), Length(max=200, message=TOO_LONG)])
    question = TextAreaField(
        _l("Câu hỏi cho giám khảo"),
        description=_l("Ví dụ: Ai được lợi, và có đo được không?"),
        validators=[Optional(), Length(max=300, message=TOO_LONG)],
    )
    max_points = WholeField(
        _l("Điểm tối đa"), validators=[Optional(), NumberRange(1, 1000, _l("Ghi số từ 1 đến 1000."))]
    )
    minimum = WholeField(
        _l("Điểm tối thiểu"),
        description=_l("Trung bình dưới mức này thì bài không đi tiếp."),
        validators=[Optional(), POINTS],
    )
    informs_only = BooleanField(_l("Chỉ tham khảo, không tính vào điểm"))
    note_below = WholeField(_l("Ghi chú khi cho dưới"), validators=[Optional(), POINTS])
    note_above = WholeField(_l("Ghi chú khi cho trên"), validators=[Optional(), POINTS])
    remove = BooleanField(_l("Bỏ tiêu chí này"))
    levels = FieldList(FormField(LevelRow), min_entries=EMPTY_LEVELS, max_entries=MOST_LEVELS)

    @property
    def filled(self) -> bool:
        return bool(self.name.data) or self.max_points.data is not None or typed_in(self.max_points)

    def validate(self, extra_validators: Any = None) -> bool:
        if self.remove.data:
            return True
        fine = super().validate(extra_validators)
        if not self.filled:
            return fine
        if not self.name.data:
            self.name.errors = [_("Đặt tên tiêu chí.")]
            fine = False
        if self.max_points.data is None and not self.max_points.errors:
            self.max_points.errors = [_("Ghi điểm tối đa, bằng số từ 1.")]
            fine = False
        return fine

    def plan(self) -> CriterionPlan:
        return CriterionPlan(
            key=self.key.data or "",
            name=self.name.data or "",
            max_points=self.max_points.data or 0,
            question=self.question.data or "",
            minimum=self.minimum.data,
            informs_only=bool(self.informs_only.data),
            note_below=self.note_below.data,
            note_above=self.note_above.data,
            levels=tuple(
                sorted(
                    LevelPlan(
                        row["points_from"].data or 0,  # nothing typed was refused already
                        row["points_to"].data or 0,
                        row["label"].data or "",
                        row["text"].data or "",
                    )
                    for row in (entry.form for entry in self.levels)
                    if row.filled
                )
            ),
        )


class RubricForm(ReasonForm):
    name = StringField(
        _l("Tên bộ tiêu chí"),
        validators=[InputRequired(_l("Đặt tên bộ tiêu chí.")), Length(max=160, message=TOO_LONG)],
    )
    scale = WholeField(
        _l("Tổng điểm của giám khảo"),
        description=_l("Điểm tối đa các tiêu chí cộng lại phải đúng bằng số này."),
        validators=[InputRequired(_l("Ghi tổng điểm.")), NumberRange(1, 1000, _l("Ghi số từ 1 đến 1000."))],
    )
    community_points = WholeField(
        _l("Điểm bình chọn của cộng đồng"),
        description=_l("Cộng thêm vào điểm giám khảo; 0 nếu không có."),
        validators=[Optional(), NumberRange(0, 100, _l("Ghi số từ 0 đến 100."))],
        default=0,
    )
    criteria = FieldList(FormField(CriterionRow), min_entries=1, max_entries=MOST_CRITERIA)

    @classmethod
    def of(cls, rubric: Rubric, formdata: Any = None) -> RubricForm:
        """As typed; or, without `formdata`, as it is kept, with an empty row to go on with."""
        kept = {
            "version": rubric.version,
            "name": rubric.name,
            "scale": rubric.scale,
            "community_points": rubric.community_points,
            "criteria": [_typed(criterion_plan(criterion)) for criterion in rubric.criteria],
        }
        form = cls(formdata=formdata, data=kept)
        if rubric.variant_of_id is not None:  # it shares these with the rubric that it is a variant of
            del form.scale, form.community_points
        return form

    def plans(self) -> tuple[CriterionPlan, ...]:
        """The criteria as typed; rows that were left empty or ticked away are not there."""
        return tuple(row.form.plan() for row in self.criteria if row.form.filled and not row.form.remove.data)

    def add(self, wanted: str) -> None:
        """Another row: “tieu-chi”, or “muc-2” for a level of the third criterion."""
        place = wanted.removeprefix("muc-")
        if wanted == "tieu-chi":
            if len(self.criteria) < MOST_CRITERIA:
                self.criteria.append_entry()
        elif place.isdecimal() and int(place) < len(self.criteria):
            levels: Any = self.criteria[int(place)].form.levels
            if len(levels) < MOST_LEVELS:
                levels.append_entry()


def moved(typed: ImmutableMultiDict[str, str], place: int, to: int) -> MultiDict[str, str]:
    """What was typed with two criteria changed about, digit for digit, mistakes included."""
    names = {str(place): str(to), str(to): str(place)}

    def renamed(name: str) -> str:
        found = re.fullmatch(r"criteria-(\d+)-(.+)", name)
        return f"criteria-{names[found[1]]}-{found[2]}" if found and found[1] in names else name

    return MultiDict((renamed(name), value) for name, value in typed.items(multi=True))


def _typed(plan: CriterionPlan) -> dict[str, Any]:
    return {**plan._asdict(), "levels": [level._asdict() for level in reversed(plan.levels)]}
