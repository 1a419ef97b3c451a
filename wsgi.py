"""The application for a WSGI server: `gunicorn wsgi:app`; the `flask` command finds it here too."""

from matchmaker.app import create_app

app = create_app()
