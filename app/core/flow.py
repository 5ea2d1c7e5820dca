"""A state machine as one table: action → (states it may start from, state it ends in)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from app.core.errors import WrongState
from app.core.i18n import _

S = TypeVar("S", bound=StrEnum)


class Flow(Generic[S]):
    """What a thing can become. Holds no roles: who may is in permissions.py."""

    def __init__(self, table: Mapping[StrEnum, tuple[Collection[S], S]]) -> None:
        self._table = {action: (frozenset(starts), end) for action, (starts, end) in table.items()}

    def after(self, state: S, action: StrEnum) -> S:
        """The next state. Raises WrongState where the action cannot start."""
        starts, end = self._table[action]
        if state not in starts:
            raise WrongState(_("Việc này không còn làm được ở trạng thái hiện tại. Hãy tải lại trang."))
        return end

    def can(self, state: S, action: StrEnum) -> bool:
        return action in self._table and state in self._table[action][0]

    def end_of(self, action: StrEnum) -> S:
        """Where an action leads."""
        return self._table[action][1]

    def actions(self, state: S) -> list[StrEnum]:
        """What can be done from here, in the order of the table: the buttons of a page."""
        return [action for action, (starts, _end) in self._table.items() if state in starts]
