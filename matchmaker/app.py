"""The application factory: settings, extensions, pages and commands put together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker import cli, i18n, mail, phrases, web
from matchmaker.db import db, migrate

ROOT = Path(__file__).resolve().parent.parent

csrf = CSRFProtect()
bootstrap = Bootstrap5()


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from `config.py` at the top of the project, then `settings` over it."""
    app = Flask(
        "matchmaker",
        root_path=str(ROOT / "matchmaker"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "matchmaker" / "static"),
    )
    app.config.from_pyfile(str(ROOT / "config.py"))
    app.config.from_mapping(settings or {})
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    Path(app.config["INSTANCE"]).mkdir(parents=True, exist_ok=True)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    bootstrap.init_app(app)
    i18n.init_app(app)
    phrases.init_app(app)
    mail.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    i18n.word_anew(app)
    return app
