"""A copy of the real catalogue for tests to break."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.models import Base
from matchmaker.services.catalogue import CatalogueFaults, Fault, load_catalogue
from tests.helpers import ROOT

SHANGHAI_2024 = ROOT / "matchmaker" / "data" / "shanghai-2024"
NOW = datetime(2024, 3, 22, 12, tzinfo=UTC)
ROWS = {
    "event.yaml": 1,
    "districts.csv": 17,
    "chains.csv": 104,
    "chain_releases.csv": 10,
    "projects.csv": 165,
    "activities.csv": 30,
    "partners.csv": 22,
    "policies.csv": 24,
    "travel_minutes.csv": 289,
}


def copy_catalogue(tmp_path: Path) -> Path:
    copy = tmp_path / "catalogue"
    shutil.copytree(SHANGHAI_2024, copy, copy_function=shutil.copyfile)
    copy.chmod(0o755)
    return copy


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def drop_row(folder: Path, file: str, start: str) -> None:
    path = folder / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


def count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(CatalogueFaults) as caught:
        load_catalogue(folder)
    return caught.value.faults


def by_code(model: type[Any], code: str) -> Any:
    return db.session.scalars(select(model).where(model.code == code)).one()
