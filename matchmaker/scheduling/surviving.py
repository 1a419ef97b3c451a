"""Tasks that survive the workers they were given to: what one that was killed has not done is done again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, ParamSpec, TypeVar, overload

HANDED_OUT = 2
"""How often a task is given to workers before it is done here."""

Given = ParamSpec("Given")
Value = TypeVar("Value")


@overload
def survivor_of(executor: Executor) -> Executor: ...


@overload
def survivor_of(executor: None) -> None: ...


@overload
def survivor_of(executor: Executor | None) -> Executor | None: ...


def survivor_of(executor: Executor | None) -> Executor | None:
    """The same executor, whose tasks survive it."""
    return executor if executor is None or isinstance(executor, Workers) else Workers([lambda: executor])


class Workers(Executor):
    """An executor whose workers may be killed: that costs time, never a result.

    An executor says BrokenExecutor where its workers are gone. The next is started then, and what was lost is handed out
    once more. What is lost again, and everything once no more can be started, is done in this process, as soon as its
    result is asked for. Tasks have to be functions of their arguments alone.
    """

    def __init__(self, starts: Iterable[Callable[[], Executor]]) -> None:
        self._starts = iter(starts)
        self._executor: Executor | None = None
        self._replace(None)

    def submit(self, fn: Callable[Given, Value], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Value]:
        return _Task(self, partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=wait, cancel_futures=cancel_futures)

    def hand_out(self, call: Callable[[], Value]) -> _HandedOut[Value] | None:
        """Give a call to the workers; None where there are none any more."""
        while (executor := self._executor) is not None:
            try:
                return _HandedOut(executor, executor.submit(call))
            except (BrokenExecutor, OSError):
                self._replace(executor)
        return None

    def answer(self, call: Callable[[], Value], handed_out: _HandedOut[Value] | None, timeout: float | None = None) -> Value:
        """What the call came to. Raises what it raised."""
        for _ in range(HANDED_OUT):
            if handed_out is None:
                break
            try:
                return handed_out.future.result(timeout)
            except BrokenExecutor:
                self._replace(handed_out.executor)
                handed_out = self.hand_out(call)
        return call()

    def _replace(self, broken: Executor | None) -> None:
        """Start another executor for a broken one, unless that has been done already."""
        if broken is not self._executor:
            return
        if broken is not None:
            broken.shutdown(wait=False, cancel_futures=True)
        self._executor = None
        for start in self._starts:
            with suppress(BrokenExecutor, OSError):  # it may break while it starts, or not start at all
                self._executor = start()
                return


@dataclass(frozen=True)
class _HandedOut(Generic[Value]):
    executor: Executor
    future: Future[Value]


class _Task(Future[Value]):
    """A future whose call is done here where all else fails. It is asked for its result; nobody is told when it is there,
    so `concurrent.futures.wait` would wait for ever."""

    def __init__(self, workers: Workers, call: Callable[[], Value]) -> None:
        super().__init__()
        self._workers = workers
        self._call = call
        self._handed_out = workers.hand_out(call)

    def done(self) -> bool:
        return super().done() or self._handed_out is None or self._handed_out.future.done()

    def cancel(self) -> bool:
        if self._handed_out is not None:
            self._handed_out.future.cancel()
        return super().cancel()

    def result(self, timeout: float | None = None) -> Value:
        self._settle(timeout)
        return super().result()

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._settle(timeout)
        return super().exception()

    def _settle(self, timeout: float | None) -> None:
        if super().done():
            return
        try:
            answer = self._workers.answer(self._call, self._handed_out, timeout)
        except TimeoutError:
            raise
        except Exception as error:
            self.set_exception(error)
        else:
            self.set_result(answer)
