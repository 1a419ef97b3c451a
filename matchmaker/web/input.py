"""What no form of ours sends and no database holds is refused at the door."""

from flask import Flask, abort, request


def init_app(app: Flask) -> None:
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """PostgreSQL stores no character NUL in a text."""
    if any("\x00" in value for values in (request.args, request.form) for value in values.values()):
        abort(400)
