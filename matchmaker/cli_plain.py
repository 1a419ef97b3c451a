"""What the commands share: kinds of arguments, and errors in one clear line."""

import os
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from matchmaker.domain.rules import RuleBroken
from matchmaker.phrases import phrase
from matchmaker.scheduling.problem import ProblemError
from matchmaker.scheduling.remote import ClusterError, check_cluster

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NUMBER = click.IntRange(1, 2**31 - 1)


class NewFile(click.Path):
    """A file to be written; whether that is possible is asked before any work is done."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
            self.fail(f"{path} cannot be written: {path.parent} is not a folder to write to.", param, ctx)
        return path


class Cluster(click.ParamType[str]):
    """The address of a cluster; whether it can be used is asked before any work is done."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            check_cluster(str(value))
        except ClusterError as error:
            self.fail(str(error), param, ctx)
        return str(value)


CLUSTER = Cluster()
NEW_FILE = NewFile(dir_okay=False, writable=True)


class PlainGroup(AppGroup):
    """Turns what people can do something about into one clear line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        with _plain_errors():
            return super().invoke(ctx)


class PlainCommand(click.Command):
    def invoke(self, ctx: click.Context) -> Any:
        with _plain_errors():
            return super().invoke(ctx)


class _plain_errors:
    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case RuleBroken():
                raise click.ClickException(phrase(error.code, **error.facts)) from error
            case ProblemError():
                raise click.ClickException("\n".join(str(fault) for fault in error.faults)) from error
            case OSError(filename=str() | Path()):
                raise click.ClickException(f"{error.filename}: {error.strerror}") from error
            case OperationalError() | ProgrammingError() if _has_no_tables(error):
                raise click.ClickException("The database has no tables yet. Run `flask db upgrade` first.") from error


def _has_no_tables(error: Exception) -> bool:
    told = str(error)
    return "no such table" in told or "UndefinedTable" in told
