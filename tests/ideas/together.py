"""Two who press at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.core.db import db


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run each act in a thread of its own, released together; its result, or the refusal it met."""
    db.session.rollback()  # what this test has read must not hold the others back
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        with app.app_context(), db.scope():
            gate.wait()
            try:
                results[place] = act()
            except Exception as refused:  # noqa: BLE001 - a refusal is a result here
                results[place] = refused

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    return results
