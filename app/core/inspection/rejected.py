"""The one way in which an inspection says no."""


class Rejected(Exception):
    """Why a file is not taken, as a code; app.core.uploads has the words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
