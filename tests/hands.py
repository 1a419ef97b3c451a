"""Two ways to use a page: by taps, and by keyboard alone. A journey is written once and done by either hand."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

PASSWORD = "seven robots dance"
FARTHEST = 250
DECIDING, TAPPING, TYPING = 1.35, 1.1, 0.35
"""Seconds on a phone: to make up one's mind, to tap, and for each letter."""
LEAST = 24

AT_FOCUS = """(wanted) => {
  const at = document.activeElement;
  if (at === document.body) return { there: false, fault: '' };
  const around = [at, ...(at.labels ?? [])];
  const drawn = (style) => style.outlineStyle !== 'none' && style.outlineWidth !== '0px' || style.boxShadow !== 'none';
  const points = [...at.getClientRects()].flatMap(({ left, right, top, bottom }) =>
    [[(left + right) / 2, (top + bottom) / 2], ...[left + 3, right - 3].flatMap((x) => [[x, top + 3], [x, bottom - 3]])]);
  const onTop = points.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit && around.some((each) => each.contains(hit));
  });
  const fault = !around.some((each) => drawn(getComputedStyle(each))) ? 'shows no focus' : onTop ? '' : 'is hidden';
  return { there: at.matches(wanted), fault: fault && `${at.outerHTML.slice(0, 200)} ${fault}` };
}"""
SIZE = """(at) => {
  const boxes = [at, ...(at.labels ?? [])].map((each) => each.getBoundingClientRect());
  return Math.max(...boxes.map((box) => Math.min(box.width, box.height)));
}"""


class Hand(ABC):
    """Somebody at a page, who counts what it costs: the presses that do something, and the letters that are typed."""

    def __init__(self, page: Page, *, scripts: bool = True) -> None:
        page.set_default_timeout(30_000)
        page.emulate_media(reduced_motion="reduce")  # what is scrolled to is there at once
        self.page = page
        self.scripts = scripts
        self.presses = 0
        self.letters = 0

    @abstractmethod
    def press(self, selector: str) -> None:
        """A button, a link, or what folds open."""

    @abstractmethod
    def write(self, selector: str, text: str) -> None: ...

    @abstractmethod
    def tick(self, selector: str) -> None: ...

    @abstractmethod
    def choose(self, selector: str) -> None:
        """One of several that exclude each other."""

    @abstractmethod
    def choose_first(self, selector: str) -> None:
        """The first entry of a list that unfolds, after the one that says nothing."""

    def open(self, address: str) -> None:
        self.page.goto(address)
        self._look()

    def follow(self, selector: str) -> None:
        """Press it, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.press(selector)
        self._look()

    def answer(self, selector: str, until: str) -> None:
        """Press what is answered in place, or by a new page where no scripts run, and wait for what has to come.

        In place, the reader goes on from there: the focus is not lost.
        """
        if not self.scripts:
            self.follow(selector)
        else:
            self.press(selector)
        self.page.locator(until).first.wait_for()
        self.page.locator("[aria-busy]").first.wait_for(state="detached")
        if self.scripts:
            assert self.page.evaluate("document.activeElement !== document.body"), f"the focus is lost after {selector}"
        self._look()

    def sign_in(self, email: str) -> None:
        self.open("/sign-in")
        self.write("[name=email]", email)
        self.write("[name=password]", PASSWORD)
        self.follow("main form [type=submit]")

    def seconds(self) -> float:
        """How long all this takes somebody on a phone, without reading."""
        return self.presses * (DECIDING + TAPPING) + self.letters * TYPING

    @contextmanager
    def within(self, presses: int) -> Iterator[None]:
        """What is done inside takes at most so many presses."""
        before = self.presses
        yield
        assert self.presses - before <= presses

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def _look(self) -> None:
        """No page is wider than the screen."""
        assert self.page.viewport_size is not None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.page.viewport_size["width"], self.page.url


class Taps(Hand):
    """A finger or a mouse; what it has to hit is large enough."""

    def press(self, selector: str) -> None:
        self._target(selector).click()

    def write(self, selector: str, text: str) -> None:
        self._target(selector).fill(text)
        self.letters += len(text)

    def tick(self, selector: str) -> None:
        self._target(selector).check()

    def choose(self, selector: str) -> None:
        self._target(selector).check()

    def choose_first(self, selector: str) -> None:
        self._target(selector).select_option(index=1)
        self.presses += 1

    def _target(self, selector: str):  # type: ignore[no-untyped-def]  # a Locator
        found = self.page.locator(selector).first
        size = found.evaluate(SIZE)
        assert size >= LEAST, f"{selector} is {size} px small on {self.page.url}"
        self.presses += 1
        return found


class Keys(Hand):
    """A keyboard alone: every control is reached with Tab, and wherever the focus is on the way can be seen."""

    def to(self, selector: str) -> None:
        for _ in range(FARTHEST):
            at = self.page.evaluate(AT_FOCUS, selector)
            assert not at["fault"], f"{at['fault']} on {self.page.url}"
            if at["there"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab on {self.page.url}")

    def press(self, selector: str) -> None:
        self._type_at(selector, "Enter")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.insert_text(text)
        self.presses += 1
        self.letters += len(text)

    def tick(self, selector: str) -> None:
        self._type_at(selector, "Space")

    def choose(self, selector: str) -> None:
        """Tab reaches the group, arrows go on inside it and choose at once; the first one is chosen by Space."""
        group = self.page.locator(selector).first.get_attribute("name")
        self.to(f"form:has({selector}) input[name={group}]")
        self.page.keyboard.press("Space")
        for _ in range(FARTHEST):
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                assert self.page.locator(selector).first.is_checked()
                self.presses += 1
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector} is not reached by arrows on {self.page.url}")

    def choose_first(self, selector: str) -> None:
        self._type_at(selector, "Home")
        self.page.keyboard.press("ArrowDown")

    def _type_at(self, selector: str, key: str) -> None:
        self.to(selector)
        self.page.keyboard.press(key)
        self.presses += 1
