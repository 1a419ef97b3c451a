"""Settings, each with the environment variable that changes it. `create_app` reads the upper-case names."""

import contextlib
import os
import secrets
from pathlib import Path

INSTANCE = Path(os.environ.get("MATCHMAKER_INSTANCE", Path(__file__).resolve().parent / "instance"))
"""Folder for what belongs to this installation: database, secrets, locks, local mail."""


def _kept_secret(name: str) -> str:
    """A random secret of this installation, made once and kept in a file that only its owner reads."""
    path = INSTANCE / f"{name}.secret"
    if not path.exists():
        INSTANCE.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_suffix(f".{os.getpid()}"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(path.with_suffix(f".{os.getpid()}"), path)
        path.with_suffix(f".{os.getpid()}").unlink()
    return path.read_text().strip()


SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret("key")
SECURITY_PASSWORD_SALT = os.environ.get("PASSWORD_SALT") or _kept_secret("salt")
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{INSTANCE / 'matchmaker.sqlite'}")

PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
"""Where people reach the site; links in mails and calendar files begin with it."""
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
"""How many reverse proxies stand in front and set X-Forwarded-For."""
EDITION = os.environ.get("EDITION")
"""Code of the edition that the site shows; unset: the newest."""

MAIL_FOLDER = os.environ.get("MAIL_FOLDER", str(INSTANCE / "mail"))
"""Without MAIL_SERVER, mails are written as files into this folder."""
MAIL_SERVER = os.environ.get("MAIL_SERVER")
MAIL_PORT = int(os.environ.get("MAIL_PORT", "25"))
MAIL_USERNAME = os.environ.get("MAIL_USERNAME")
MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD")
MAIL_USE_TLS = os.environ.get("MAIL_USE_TLS", "") == "1"
MAIL_DEFAULT_SENDER = os.environ.get("MAIL_SENDER", "matchmaker@example.org")

RATELIMIT_STORAGE_URI = os.environ.get("RATELIMIT_STORAGE", "memory://")
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = "Lax"
MAX_CONTENT_LENGTH = 1_000_000
MAX_FORM_MEMORY_SIZE = 500_000
