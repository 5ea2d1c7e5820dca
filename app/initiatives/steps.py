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
    EndTrialForm,
    MergeForm,
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


def nothing(_initiative: Initiative) -> dict[str, Any]:
    return {}


def as_assigned(initiative: Initiative) -> dict[str, Any]:
    """Who has it now; nobody yet: the unit that leads the topic."""
    topic = initiative.topic
    return {
        "lead_unit_id": initiative.lead_unit_id or (topic.lead_unit_id if topic else None),
        "support_unit_ids": [unit.id for unit in initiative.support_units],
        "responsible": initiative.responsible,
        "due_on": initiative.due_on,
        "product": initiative.product,
    }


def as_reported(initiative: Initiative) -> dict[str, Any]:
    return {"percent": initiative.percent}


def as_tried(initiative: Initiative) -> dict[str, Any]:
    return {
        "place": initiative.trial_place,
        "trial_from": initiative.trial_from,
        "trial_to": initiative.trial_to,
    }


@dataclass(frozen=True)
class StepPage:
    """One step: `address` is the last part of its URL; `standing` fills its form with what is there already."""

    address: str
    words: Any
    step: Step
    action: A
    form: type[StepForm]
    command: Callable[..., Initiative]
    done: Any
    standing: Callable[[Initiative], dict[str, Any]] = nothing
    is_hard: bool = False  # drawn in red: the authors will not like it


PAGES = (
    StepPage("tien-do", _l("Báo tiến độ"), Step.START, A.INITIATIVE_UPDATE, ProgressForm,
             service.report_progress, _l("đã ghi tiến độ."), as_reported),
    StepPage("phan-cong", _l("Phân công"), Step.ASSIGN, A.INITIATIVE_ASSIGN, AssignForm,
             service.assign_initiative, _l("đã phân công."), as_assigned),
    StepPage("ap-dung-thu", _l("Áp dụng thử"), Step.TRIAL, A.INITIATIVE_UPDATE, TrialForm,
             service.start_trial, _l("đã ghi việc áp dụng thử."), as_tried),
    StepPage("ket-thuc-thu", _l("Kết thúc áp dụng thử"), Step.END_TRIAL, A.INITIATIVE_UPDATE, EndTrialForm,
             service.end_trial, _l("đã kết thúc áp dụng thử."), as_reported),
    StepPage("tam-dung", _l("Tạm dừng"), Step.PAUSE, A.INITIATIVE_UPDATE, ReasonForm,
             service.pause_initiative, _l("đã tạm dừng.")),
    StepPage("tiep-tuc", _l("Tiếp tục"), Step.RESUME, A.INITIATIVE_UPDATE, WordForm,
             service.resume_initiative, _l("đã tiếp tục.")),
    StepPage("hoan-thanh", _l("Hoàn thành"), Step.COMPLETE, A.INITIATIVE_COMPLETE, CompleteForm,
             service.complete_initiative, _l("đã ghi kết quả.")),
    StepPage("gop", _l("Gộp vào việc khác"), Step.MERGE, A.INITIATIVE_DECLINE, MergeForm,
             service.merge_initiative, _l("đã gộp.")),
    StepPage("khong-thuc-hien", _l("Không thực hiện"), Step.DECLINE, A.INITIATIVE_DECLINE, ReasonForm,
             service.decline_initiative, _l("đã ghi lý do không thực hiện."), is_hard=True),
    StepPage("mo-lai", _l("Mở lại"), Step.REOPEN, A.INITIATIVE_REOPEN, ReasonForm,
             service.reopen_initiative, _l("đã mở lại.")),
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


def form_for(page: StepPage, initiative: Initiative) -> StepForm:
    """The step's form, filled with what stands."""
    form = page.form(version=initiative.version, **page.standing(initiative))
    if isinstance(form, AssignForm):
        form.lead_unit_id.choices = form.support_unit_ids.choices = units_for_work()
    return form


def take(page: StepPage, person: Person, initiative: Initiative, form: StepForm) -> Initiative:
    """The step itself, with what was typed."""
    return page.command(person, initiative, **form.command_values)
