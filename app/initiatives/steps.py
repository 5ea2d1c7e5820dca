"""The steps an initiative's page offers: for each its words, form and command, in the order of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.i18n import _l
from app.initiatives import service
from app.initiatives.forms import (
    AssignForm,
    CompleteForm,
    ProgressForm,
    ReasonForm,
    StepForm,
    TrialForm,
    WordForm,
)
from app.initiatives.models import Initiative
from app.initiatives.queries import units_for_work
from app.initiatives.rules import INITIATIVE_FLOW, Step
from app.permissions import Action as A
from app.permissions import Person, can


@dataclass(frozen=True)
class StepPage:
    """One step: `address` is the last part of its URL."""

    address: str
    words: Any
    step: Step
    action: A
    form: type[StepForm]
    command: Callable[..., Initiative]
    done: Any
    look: str = "btn-line"


PAGES = (
    StepPage("phan-cong", _l("Phân công"), Step.ASSIGN, A.INITIATIVE_ASSIGN, AssignForm,
             service.assign_initiative, _l("Đã phân công."), ""),
    StepPage("tien-do", _l("Báo tiến độ"), Step.START, A.INITIATIVE_UPDATE, ProgressForm,
             service.report_progress, _l("Đã ghi tiến độ."), ""),
    StepPage("ap-dung-thu", _l("Áp dụng thử"), Step.TRIAL, A.INITIATIVE_UPDATE, TrialForm,
             service.start_trial, _l("Đã ghi việc áp dụng thử.")),
    StepPage("tam-dung", _l("Tạm dừng"), Step.PAUSE, A.INITIATIVE_UPDATE, ReasonForm,
             service.pause_initiative, _l("Đã tạm dừng.")),
    StepPage("tiep-tuc", _l("Tiếp tục"), Step.RESUME, A.INITIATIVE_UPDATE, WordForm,
             service.resume_initiative, _l("Đã tiếp tục."), ""),
    StepPage("hoan-thanh", _l("Hoàn thành"), Step.COMPLETE, A.INITIATIVE_COMPLETE, CompleteForm,
             service.complete_initiative, _l("Đã ghi kết quả.")),
    StepPage("khong-thuc-hien", _l("Không thực hiện"), Step.DECLINE, A.INITIATIVE_DECLINE, ReasonForm,
             service.decline_initiative, _l("Đã ghi lý do không thực hiện."), "btn-danger"),
    StepPage("mo-lai", _l("Mở lại"), Step.REOPEN, A.INITIATIVE_REOPEN, ReasonForm,
             service.reopen_initiative, _l("Đã mở lại.")),
)  # fmt: skip


def offered(person: Person, initiative: Initiative) -> list[StepPage]:
    """The steps that this person can take from where the initiative stands."""
    return [
        page
        for page in PAGES
        if INITIATIVE_FLOW.can(initiative.state, page.step) and can(person, page.action, initiative)
    ]


def by_address(address: str) -> StepPage | None:
    return next((page for page in PAGES if page.address == address), None)


def form_for(page: StepPage, initiative: Initiative, suggested_unit_id: int | None) -> StepForm:
    """The step's form, filled with what stands."""
    form = page.form(version=initiative.version, **standing(page, initiative, suggested_unit_id))
    if isinstance(form, AssignForm):
        form.lead_unit_id.choices = form.support_unit_ids.choices = units_for_work()
    return form


def standing(page: StepPage, initiative: Initiative, suggested_unit_id: int | None) -> dict[str, Any]:
    if page.form is AssignForm:
        return {
            "lead_unit_id": initiative.lead_unit_id or suggested_unit_id,
            "support_unit_ids": [unit.id for unit in initiative.support_units],
            "responsible": initiative.responsible,
            "due_on": initiative.due_on,
            "product": initiative.product,
        }
    if page.form is ProgressForm:
        return {"percent": initiative.percent}
    if page.form is TrialForm:
        return {
            "place": initiative.trial_place,
            "trial_from": initiative.trial_from,
            "trial_to": initiative.trial_to,
        }
    return {}


def values_of(form: StepForm) -> dict[str, Any]:
    """The command's keywords."""
    return form.command_values if isinstance(form, CompleteForm) else form.values
