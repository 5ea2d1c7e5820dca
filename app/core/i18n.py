"""Texts of the interface: written in Vietnamese, translated by the catalogues in app/translations."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

__all__ = ["_", "_l", "ngettext"]
