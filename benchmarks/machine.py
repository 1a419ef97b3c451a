"""What the benchmark ran on: cores, memory and versions, and no names."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil


def machine_lines() -> list[str]:
    """The machine in a few lines."""
    memory = psutil.virtual_memory().total / (1 << 30)
    return [
        f"{os.cpu_count()} cores ({processor()}), {memory:.0f} GiB of memory, {platform.system()}",
        f"Python {platform.python_version()}, OR-Tools {_installed('ortools')}, NumPy {_installed('numpy')}",
        f"Timefold {_installed('timefold')}, Java {java_version() or 'not found'}",
    ]


def processor() -> str:
    """The model of the processor, where the system tells."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), flags=re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def java_version() -> str | None:
    """The version of the Java on the path; none where there is none."""
    java = shutil.which("java")
    if java is None:
        return None
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "([^"]+)"', done.stderr + done.stdout)
    return found[1] if found else None


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
