"""What would be sent: shown before the button that sends it is pressed."""

from __future__ import annotations

from flask_babel import force_locale

from app.mail.compose import initiatives as of_initiatives
from app.mail.compose import results as of_results
from app.mail.letters import PreviewMail
from app.results.models import Publication


def results(publication: Publication) -> list[PreviewMail]:
    """Every mail that publishing would send, word for word, winners first. Mails are in Vietnamese, whoever looks."""
    with force_locale("vi"):
        return [
            *of_results.to_winners(publication),
            *of_results.to_others(publication),
            *of_initiatives.to_be_forwarded(publication),
        ]
