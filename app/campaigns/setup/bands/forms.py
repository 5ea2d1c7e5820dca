"""What an administrator may type about bands: a row a band, in it a box for each criterion that counts."""

from __future__ import annotations

from typing import Any

from wtforms import FieldList, FormField, HiddenField, StringField
from wtforms.validators import Length, Optional

from app.campaigns.models import Rubric
from app.campaigns.setup.forms import POINTS, TOO_LONG, ReasonForm, Row, typed_in
from app.campaigns.setup.planned import MOST_BANDS, MOST_CRITERIA, BandPlan
from app.campaigns.setup.plans import rubric_plan
from app.core.fields import WholeField
from app.core.i18n import _, _l


class FloorRow(Row):
    key = HiddenField()
    points = WholeField(_l("Trung bình từ"), validators=[Optional(), POINTS])

    most: int | None = (
        None  # points of the criterion, told by the whole form; None: the rubric has no such criterion
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if self.most is None:
            return True  # no page shows this box, and no band takes it
        fine = super().validate(extra_validators)
        if fine and (self.points.data or 0) > self.most:
            self.points.errors = [_("Nhiều nhất %(max)d điểm.", max=self.most)]
            fine = False
        return fine


class BandRow(Row):
    name = StringField(_l("Xếp loại"), validators=[Optional(), Length(max=20, message=TOO_LONG)])
    floor = WholeField(_l("Điểm từ"), validators=[Optional(), POINTS])
    floors = FieldList(FormField(FloorRow), max_entries=MOST_CRITERIA)

    is_double = False  # another row above has this name, told by the whole form

    @property
    def filled(self) -> bool:
        boxes = [self.floor, *(entry.form.points for entry in self.floors)]
        return bool(self.name.data) or any(box.data is not None or typed_in(box) for box in boxes)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if not self.filled:
            return fine
        if not self.name.data:
            self.name.errors = [_("Đặt tên xếp loại, ví dụ: A.")]
            fine = False
        if self.floor.data is None and not self.floor.errors:
            self.floor.errors = [_("Ghi điểm thấp nhất của xếp loại này, bằng số.")]
            fine = False
        if self.is_double:
            self.name.errors = [_("Đã có xếp loại tên này.")]
            fine = False
        return fine

    def plan(self, known: set[str]) -> BandPlan:
        floors = {entry.form.key.data: entry.form.points.data for entry in self.floors}
        return BandPlan(
            self.name.data or "",
            self.floor.data or 0,  # nothing typed was refused already
            tuple(
                sorted((key, least) for key, least in floors.items() if key in known and least is not None)
            ),
        )


class BandsForm(ReasonForm):
    bands = FieldList(FormField(BandRow), max_entries=MOST_BANDS)

    rubric: Rubric

    @classmethod
    def of(cls, rubric: Rubric, formdata: Any = None) -> BandsForm:
        """As typed; or, without `formdata`, as it is kept, with an empty row to go on with."""
        kept = [
            {"name": band.name, "floor": band.floor, "floors": _boxes(rubric, dict(band.floors))}
            for band in rubric_plan(rubric).bands
        ]
        if len(kept) < MOST_BANDS:
            kept.append(_empty(rubric))
        form = cls(formdata=formdata, data={"version": rubric.version, "bands": kept})
        form.rubric = rubric
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Each row is told what only the whole knows, and then checks itself."""
        most = {criterion.key: criterion.max_points for criterion in rubric_plan(self.rubric).scored}
        taken: set[str] = set()
        for row in (entry.form for entry in self.bands):
            name = (row.name.data or "").casefold()
            row.is_double = bool(name) and name in taken
            taken.add(name)
            for box in (entry.form for entry in row.floors):
                box.most = most.get(box.key.data or "")
        fine: bool = super().validate(extra_validators)
        return fine

    def plans(self) -> tuple[BandPlan, ...]:
        """The bands as typed, in order; rows that were left empty are not there."""
        known = {criterion.key for criterion in rubric_plan(self.rubric).scored}
        return tuple(row.form.plan(known) for row in self.bands if row.form.filled)

    def add(self) -> None:
        if len(self.bands) < MOST_BANDS:
            self.bands.append_entry(_empty(self.rubric))


def _empty(rubric: Rubric) -> dict[str, Any]:
    return {"name": "", "floor": None, "floors": _boxes(rubric, {})}


def _boxes(rubric: Rubric, floors: dict[str, int]) -> list[dict[str, Any]]:
    return [{"key": c.key, "points": floors.get(c.key)} for c in rubric_plan(rubric).scored]
