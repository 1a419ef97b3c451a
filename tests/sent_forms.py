"""What a browser sends of a form that its reader left as the page showed it."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

Attributes = dict[str, str | None]
_UNSENT = ("submit", "button", "image", "reset", "file")


class _Forms(HTMLParser):
    """Every form of a page: where it leads, and the names and values of its controls."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self.list: Attributes | None = None
        self.options: list[tuple[str, bool]] = []
        self.area: Attributes | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.forms.append((told.get("action") or "", []))
        elif tag == "input":
            self._input(told)
        elif tag == "select":
            self.list, self.options = told, []
        elif tag == "option":
            self.options.append((told.get("value") or "", "selected" in told))
        elif tag == "textarea":
            self.area, self.text = told, ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.list is not None:
            chosen = [value for value, is_selected in self.options if is_selected]
            if not chosen and "multiple" not in self.list:
                chosen = [value for value, _selected in self.options[:1]]
            for value in chosen:
                self._control(self.list, value)
            self.list = None
        elif tag == "textarea" and self.area is not None:
            self._control(self.area, self.text.removeprefix("\r").removeprefix("\n"))
            self.area = None

    def _input(self, told: Attributes) -> None:
        kind = told.get("type") or "text"
        if kind in ("checkbox", "radio"):
            if "checked" in told:
                self._control(told, told.get("value") or "on")
        elif kind not in _UNSENT:
            self._control(told, told.get("value") or "")

    def _control(self, told: Attributes, value: str) -> None:
        if self.forms and told.get("name") and "disabled" not in told:
            self.forms[-1][1].append((str(told["name"]), value))


def left_as_shown(page: str, came_from: str, address: str) -> MultiDict[str, str]:
    """What the form of this page sends that leads to `address`; nothing where there is none."""
    found = _Forms()
    found.feed(page)
    for action, controls in found.forms:
        if urlsplit(action or came_from).path == urlsplit(address).path and controls:
            return MultiDict(controls)
    return MultiDict()
