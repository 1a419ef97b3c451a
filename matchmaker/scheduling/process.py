"""What the scheduler's own processes share: how they speak, write their answer, and end with whoever started them."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

DONE, ORPHANED, REFUSED = 0, 3, 5


def asked_options(module: str, what: str, arguments: list[str] | None) -> argparse.Namespace:
    """What the process of a module is told that answers the question in a file: where the answer goes, and its limits."""
    parser = argparse.ArgumentParser(f"python -m matchmaker.scheduling.{module}", description=what)
    parser.add_argument("question", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="where the answer goes")
    parser.add_argument("--seconds", type=float, help="the limit by the clock")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def say(line: dict[str, Any]) -> None:
    """One line of JSON on standard output, at once."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def tell_that_it_compiles() -> None:
    say({"compiling": True})


def write_whole(path: Path, data: dict[str, Any]) -> None:
    """Write the file so that whoever reads it finds the old one or the new one, never a half."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def end_with_the_parent() -> None:
    """From now on this process ends when its standard input does."""
    threading.Thread(target=_end_with_standard_input, daemon=True).start()


def _end_with_standard_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):  # a buffered read would hold a lock when the process ends
        pass
    os._exit(ORPHANED)
