"""What a publication can become, and who may take which step of it."""

from __future__ import annotations

from enum import StrEnum

from app.core.flow import Flow


class PublicationState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class PublicationAction(StrEnum):
    PUBLISH = "results.publish"
    SUPERSEDE = "results.supersede"
    WITHDRAW = "results.withdraw"


P = PublicationState

PUBLICATION_FLOW = Flow[PublicationState]({
    #  action                        may start from      ends in
    PublicationAction.PUBLISH:   ({P.PROPOSED},        P.PUBLISHED),
    PublicationAction.SUPERSEDE: ({P.PUBLISHED},       P.SUPERSEDED),
    PublicationAction.WITHDRAW:  ({P.PROPOSED},        P.WITHDRAWN),
})  # fmt: skip
