"""The application as a web server sees it: `granian --interface wsgi wsgi:app`."""

from app import create_app

app = create_app()
