"""Pages as PDF: laid out by WeasyPrint from templates of their own, with nothing fetched from anywhere."""

from pathlib import Path

from flask import current_app, make_response
from werkzeug.wrappers import Response


class NoPaper(Exception):
    """This machine cannot make a PDF: Pango is missing."""


def pdf_of(html: str, name: str) -> Response:
    """The page as a file to keep. Raises NoPaper."""
    response = make_response(_laid_out(html))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _laid_out(html: str) -> bytes:
    try:
        from weasyprint import CSS, HTML  # takes a second, and Debian's Pango
    except (ImportError, OSError) as error:
        raise NoPaper from error
    sheet = CSS(string=Path(current_app.static_folder or "", "paper.css").read_text(encoding="utf-8"))
    pdf: bytes = HTML(string=html, url_fetcher=_refuse).write_pdf(stylesheets=[sheet])
    return pdf


def _refuse(url: str, *args: object, **options: object) -> dict[str, object]:
    raise ValueError(f"a paper fetches nothing: {url}")
