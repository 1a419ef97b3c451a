"""How the inner loops are compiled: by Numba, once for each state of these files, and kept on disk.

Functions marked `compiled` take numbers, arrays and tuples of arrays; they make no arrays of their own. So Numba's counting of
references can be left out, which makes the search six times as fast (docs/decisions/0008).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

HERE = Path(__file__).parent
COMPILED = (
    "compiled.py",
    "arrays.py",
    "prices.py",
    "board.py",
    "filling.py",
    "anneal.py",
    "itineraries.py",
    "pricing.py",
    "flow.py",
)


def _cache_folder() -> Path:
    """One folder for each state of the files: Numba itself does not see that a function called from another file changed."""
    state = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in COMPILED)).hexdigest()[:16]
    beside = HERE / "__pycache__"
    try:
        beside.mkdir(exist_ok=True)
        usable = os.access(beside, os.W_OK)
    except OSError:
        usable = False
    return (beside if usable else Path(tempfile.gettempdir(), f"matchmaker-compiled-{os.getuid()}")) / state


CACHE_FOLDER = "NUMBA_CACHE_DIR"
os.environ.setdefault(CACHE_FOLDER, str(_cache_folder()))

from numba import njit  # noqa: E402  the folder has to be known before

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function when it is first called."""
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "forceinline": True, "_nrt": False}
    made: Function = njit(**options)(function)
    return made


@compiled
def count_of_bits(mask: np.uint64) -> int:
    """How many members a set has (Hamming weight; Warren, Hacker's Delight, 5-1)."""
    mask = mask - ((mask >> np.uint64(1)) & np.uint64(0x5555555555555555))
    mask = (mask & np.uint64(0x3333333333333333)) + ((mask >> np.uint64(2)) & np.uint64(0x3333333333333333))
    mask = (mask + (mask >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((mask * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def lowest_place(mask: np.uint64) -> int:
    """The place of the first member of a set that is not empty."""
    return count_of_bits((mask & (~mask + np.uint64(1))) - np.uint64(1))
