"""Runs one method in a process of its own: reads its lines, watches its memory, and ends it where it goes past its limits."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import psutil

from benchmarks.methods import ROOT

LOOK_EVERY, LOOK_SOON, SOON = 0.5, 0.05, 3.0
MIB = 1 << 20


@dataclass
class Run:
    """What a process said and how it ended. Seconds are by the clock, from its start; memory is that of the whole tree."""

    ended: str = "done"
    """done, enough, overtime, memory, or failed"""
    code: int | None = None
    seconds: float = 0.0
    peak_mib: int = 0
    lines: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    last_words: str = ""


def run_process(
    command: Sequence[str],
    *,
    most_seconds: float,
    most_mib: float,
    enough: Callable[[dict[str, Any]], bool] = lambda progress: False,
) -> Run:
    """Run until it ends by itself, `enough` is true of a line, or it takes more time or memory than it may."""
    run, begin = Run(), time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        try:
            run.ended = _watch(process, run, begin, most_seconds, most_mib, enough)
        finally:
            _end_tree(process)
        run.seconds, run.code = time.monotonic() - begin, process.returncode
        errors.seek(0)
        run.last_words = errors.read()[-2000:].decode("utf-8", "replace").strip()
    if run.ended == "done" and run.code:
        run.ended = "failed"
    return run


def _watch(
    process: subprocess.Popen[str],
    run: Run,
    begin: float,
    most_seconds: float,
    most_mib: float,
    enough: Callable[[dict[str, Any]], bool],
) -> str:
    said: queue.Queue[str | None] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_read, args=(process.stdout, said), daemon=True).start()
    looked = 0.0
    while True:
        try:
            line = said.get(timeout=LOOK_EVERY if time.monotonic() - begin > SOON else LOOK_SOON)
        except queue.Empty:
            line = ""
        spent = time.monotonic() - begin
        if line is None:
            process.wait()
            return "done"
        if line and (data := _parsed(line)) is not None:
            run.lines.append((spent, data))
            if "progress" in data and enough(data["progress"]):
                return "enough"
        if spent - looked >= (LOOK_EVERY if spent > SOON else LOOK_SOON):
            looked = spent
            run.peak_mib = max(run.peak_mib, memory_of(process.pid))
        if run.peak_mib > most_mib:
            return "memory"
        if spent > most_seconds:
            return "overtime"


def _read(stream: IO[str], said: queue.Queue[str | None]) -> None:
    try:
        for line in stream:
            said.put(line)
    except ValueError:  # closed from outside
        pass
    said.put(None)


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def memory_of(pid: int) -> int:
    """The memory of a process and all below it in MiB; shared pages are counted once where the system tells."""
    total = 0
    try:
        top = psutil.Process(pid)
        for process in [top, *top.children(recursive=True)]:
            try:
                memory = process.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    except psutil.NoSuchProcess:
        return 0
    return int(total // MIB)


def _end_tree(process: subprocess.Popen[str]) -> None:
    """End the process and what it started, and close its pipes."""
    try:
        top = psutil.Process(process.pid)
        family = [*top.children(recursive=True), top]
    except psutil.NoSuchProcess:
        family = []
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
