"""A run's problem and answer as the files they are exchanged in: compressed in its row, plain outside."""

import json
import zlib
from typing import Any

from matchmaker.db import db
from matchmaker.models import Run

Data = dict[str, Any]


def packed(data: Data) -> bytes:
    return zlib.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(), 9)


def unpacked(stored: bytes) -> Data:
    data: Data = json.loads(zlib.decompress(stored))
    return data


def exported_run(run_id: int) -> tuple[Data, Data]:
    """The problem of a run and its answer. Raises LookupError where the run does not exist or came to no answer."""
    run = db.session.get(Run, run_id)
    if run is None or run.problem is None or run.schedule is None:
        raise LookupError(run_id)
    return unpacked(run.problem), unpacked(run.schedule)
