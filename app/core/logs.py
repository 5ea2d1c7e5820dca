"""Logs: one JSON object a line. Never passwords, tokens, cookies, bodies, names, addresses or idea text."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from app.core import events

log = structlog.get_logger()


def configure() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def init_app(app: Flask) -> None:
    configure()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        events.request_id.set(g.get("request_id", ""))

    @app.after_request
    def line(response: Response) -> Response:
        """The route's name, not the address: addresses may carry tokens."""
        if not app.testing and request.endpoint not in {"static", "operations.healthz"}:
            log.info(
                "request",
                request_id=g.get("request_id", ""),
                route=request.endpoint or "-",
                method=request.method,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
                actor=g.get("actor_id"),
            )
        return response
