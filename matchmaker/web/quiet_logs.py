"""What opens an account or answers for it stands in some addresses, so it is left out of the lines of every log."""

import logging
import re

from flask import Flask

_KEYS = re.compile(r"(/(?:answer|confirm|join|new-password)/|/calendar/(?=[^/\s]+\.ics))[^/\s\"'?]+")
_LOGGERS = ("werkzeug", "gunicorn.access", "gunicorn.error")


class WithoutKeys(logging.Filter):
    """Words a line as it will be read, and keeps the keys out of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        quiet = _KEYS.sub(r"\1…", told)
        if quiet != told:
            record.msg, record.args = quiet, ()
        return True


_filter = WithoutKeys()


def init_app(app: Flask) -> None:
    for logger in (app.logger, *map(logging.getLogger, _LOGGERS)):
        logger.addFilter(_filter)
