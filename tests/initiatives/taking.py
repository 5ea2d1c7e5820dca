"""Every step of the queue with words that would do, so that a test changes only what it is about."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import today
from app.core.db import transaction
from app.initiatives import service
from tests.factories import InitiativeFactory, UnitFactory

TEXT = "Đã đặt mười hai hộp ở các nhà văn hóa."

COMMANDS = {
    "assign": service.assign_initiative,
    "report": service.report_progress,
    "try_out": service.start_trial,
    "end_trial": service.end_trial,
    "pause": service.pause_initiative,
    "resume": service.resume_initiative,
    "complete": service.complete_initiative,
    "decline": service.decline_initiative,
    "merge": service.merge_initiative,
    "reopen": service.reopen_initiative,
}


def words_of(step):
    """What a person would type; a unit or another initiative is made where one is needed."""
    return {
        "assign": lambda: {
            "lead_unit_id": UnitFactory().id,
            "support_unit_ids": [],
            "responsible": "Phó Trưởng phòng",
            "due_on": today() + timedelta(days=1),
            "product": "Mười hai hộp",
            "text": "",
        },
        "report": lambda: {"percent": 40, "text": TEXT, "is_public": True},
        "try_out": lambda: {"place": "Tổ 5", "trial_from": today(), "trial_to": None, "text": ""},
        "end_trial": lambda: {"percent": 80, "text": TEXT},
        "pause": lambda: {"reason": TEXT},
        "resume": lambda: {"text": ""},
        "complete": lambda: {
            "summary": TEXT,
            "measures": [],
            "cost_actual_vnd": None,
            "hours_saved_per_month": None,
        },
        "decline": lambda: {"reason": TEXT},
        "merge": lambda: {"into_code": InitiativeFactory().code, "reason": TEXT},
        "reopen": lambda: {"reason": TEXT},
    }[step]()


def take(step, actor, initiative, **changed):
    """One step in a transaction of its own."""
    words = {"version": initiative.version, **words_of(step), **changed}
    with transaction():
        return COMMANDS[step](actor, initiative, **words)
