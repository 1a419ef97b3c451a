"""The command line door: `flask …` for the people who run the conference."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask, current_app
from flask_security import hash_password
from rich.console import Console
from rich.table import Table

from matchmaker.cli_plain import CLUSTER, NUMBER, PlainCommand, PlainGroup
from matchmaker.cli_schedule import schedule
from matchmaker.db import AlreadyRunning, only_one
from matchmaker.domain.roles import ACCOUNT_ROLES, Role
from matchmaker.mail import deliver
from matchmaker.models import Edition
from matchmaker.phrases import fault_words, phrase, run_message
from matchmaker.progress import watching
from matchmaker.services.accounts import create_account, list_accounts
from matchmaker.services.catalogue import CatalogueFaults, load_catalogue
from matchmaker.services.demo import create_demo
from matchmaker.services.doctor import diagnose
from matchmaker.services.editions import get_edition, now_in, set_clock, zone_of
from matchmaker.services.nightly import ExitCode, Night, Wanted, has_published_run, run_night
from matchmaker.services.notices import deliver_notices, given_up_notices
from matchmaker.services.runs import Quality
from matchmaker.services.solving import GIB

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
YEARS = range(1970, 2200)

catalogue = PlainGroup("catalogue", short_help="Districts, chains, projects, programme: load them from files.")
accounts = PlainGroup("accounts", short_help="People who can sign in: create and list them.")
notices = PlainGroup("notices", short_help="The outbox: send what is waiting.")


def init_app(app: Flask) -> None:
    for command in (catalogue, accounts, notices, schedule, demo, clock, nightly, doctor):
        app.cli.add_command(command)


@catalogue.command("load")
@click.argument("folder", type=FOLDER)
def load(folder: Path) -> None:
    """Load an edition's catalogue from FOLDER.

    FOLDER holds event.yaml and the CSV files, as matchmaker/data/shanghai-2024 does. Everything is checked before
    anything is written; loading the same files again changes nothing.
    """
    try:
        loaded = load_catalogue(folder)
    except CatalogueFaults as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        raise click.ClickException(f"{len(error.faults)} faults; nothing was stored.") from error
    table = Table("file", "new", "changed", "unchanged", "gone", box=None)
    for name, counts in loaded.files.items():
        table.add_row(name, str(counts.new), str(counts.changed), str(counts.unchanged), str(counts.gone))
    Console().print(table)
    if loaded.kept:
        click.echo(f"Kept as their hosts changed them: {', '.join(loaded.kept)}. The files say something else.")


@accounts.command("create")
@click.argument("role", type=click.Choice([role.value for role in ACCOUNT_ROLES]))
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--district", help="Code of the district that a host answers for, such as PD.")
@click.option("--investor", type=NUMBER, help="Number of the organisation that an investor belongs to.")
@click.option("--language", type=click.Choice(["en", "zh_Hans_CN"]), default="en", show_default=True)
@click.option("--edition", help="Code of the edition; the newest if left out.")
def create(
    role: str, email: str, name: str, district: str | None, investor: int | None, language: str, edition: str | None
) -> None:
    """Create an account of ROLE for EMAIL and print its first password."""
    created = create_account(
        Role(role),
        email,
        name,
        edition=get_edition(edition),
        district_code=district,
        investor_id=investor,
        language=language,
        now=datetime.now(UTC),
    )
    click.echo(f"{role}: {created.account.email}, password {created.password}")


@accounts.command("list")
@click.option("--role", type=click.Choice([role.value for role in ACCOUNT_ROLES]), help="Only this role.")
def list_them(role: str | None) -> None:
    """List the accounts: role, address, who they answer for, and whether the address is confirmed."""
    table = Table("role", "e-mail", "name", "answers for", "confirmed", box=None)
    for row in list_accounts(role=Role(role) if role else None):
        answers_for = row.investor.name if row.investor else row.district.code if row.district else ""
        table.add_row(row.role.value, row.email, row.name, answers_for, "yes" if row.confirmed_at else "no")
    Console().print(table)


@click.command(cls=PlainCommand)
@click.option("--seed", default=2024, show_default=True, help="Another seed invents another cohort.")
@click.option("--edition", help="Code of the edition; the newest if left out.")
def demo(seed: int, edition: str | None) -> None:
    """Create the demonstration cohort: invented investors, host teams and an organiser.

    A second call changes nothing. The logins of one investor, one host and the organiser are kept in
    demo-logins.txt in the instance folder; they work on this machine only.
    """
    chosen = get_edition(edition)
    made = create_demo(chosen, seed=seed, now=now_in(chosen), hash_password=hash_password)
    logins = Path(current_app.config["INSTANCE"]) / "demo-logins.txt"
    if made.created:
        logins.touch(mode=0o600)
        logins.write_text("".join(f"{each.role.value}, {each.email}, {each.password}\n" for each in made.logins[:3]))
        click.echo(", ".join(f"{count} {what}" for what, count in made.counts.items()))
    else:
        click.echo("The demonstration cohort is there already; nothing was changed.")
    click.echo(f"Logins: {logins}")


@click.command(cls=PlainCommand)
@click.argument("moment", required=False)
@click.option("--edition", help="Code of the edition; the newest if left out.")
def clock(moment: str | None, edition: str | None) -> None:
    """Show the edition's clock, or set it to MOMENT.

    MOMENT is a time in the conference's zone such as 2024-03-23T20:00, or the word `real` for real time.
    """
    chosen = get_edition(edition)
    if moment is not None:
        set_clock(chosen.code, None if moment == "real" else _moment(moment, chosen))
        chosen = get_edition(edition)
    stands = "stands at" if chosen.clock_at else "runs in real time:"
    click.echo(
        f"{chosen.code}: the clock {stands} {now_in(chosen).astimezone(zone_of(chosen)):%Y-%m-%d %H:%M} ({chosen.timezone})"
    )


def _moment(words: str, edition: Edition) -> datetime:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise click.BadParameter(f"{words!r} is not a time such as 2024-03-23T20:00") from None
    if moment.year not in YEARS:
        raise click.BadParameter(f"{words!r} is not in the years from {YEARS[0]} to {YEARS[-1]}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(edition.timezone))).astimezone(UTC)


@click.command(cls=PlainCommand)
@click.option("--seconds", type=click.FloatRange(1, 86400), default=90, show_default=True, help="Time limit of the solver.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes of the solver.")
@click.option(
    "--memory", type=click.FloatRange(0.5, 1024), default=4, show_default=True, help="Memory limit of the solver in GiB."
)
@click.option("--cluster", type=CLUSTER, help="A Dask scheduler whose workers search, such as tcp://10.0.0.5:8786.")
@click.option("--now", help="Do the night as of this time, and let the edition's clock stand there.")
@click.option("--dry-run", is_flag=True, help="Solve and compare; store and publish nothing.")
@click.option("--review", is_flag=True, help="Leave a draft for an organiser to publish.")
@click.option("--first", is_flag=True, help="Do nothing where a night has been published already.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON and no progress.")
@click.option("--edition", help="Code of the edition; the newest if left out.")
def nightly(
    seconds: float,
    seed: int,
    workers: int,
    memory: float,
    cluster: str | None,
    now: str | None,
    dry_run: bool,
    review: bool,
    first: bool,
    as_json: bool,
    edition: str | None,
) -> None:
    """Do the night: pair investors with projects, book slots, publish.

    Killed at any moment it leaves the published diary as it was, and running it again finishes the job.

    \b
    Exit codes: 0 done, 3 another night is running, 4 kept yesterday's schedule, 5 input refused.
    """
    chosen = get_edition(edition)
    if first and has_published_run(chosen):
        click.echo("A night has been published already; this one did nothing.")
        sys.exit(ExitCode.DONE)
    moment = _moment(now, chosen) if now else now_in(chosen)
    wanted = Wanted(seconds, seed, workers, int(memory * GIB), cluster, dry_run, review, moves_clock=now is not None)
    try:
        with only_one("nightly", folder=current_app.config["INSTANCE"]), watching(quiet=as_json) as hear:
            night = run_night(chosen.code, now=moment, wanted=wanted, report=hear)
    except AlreadyRunning:
        click.echo("Another night is running; this one did nothing.", err=True)
        sys.exit(ExitCode.ANOTHER_IS_RUNNING)
    click.echo(json.dumps(_night_as_data(night), ensure_ascii=False, indent=1) if as_json else _night_in_words(night))
    sys.exit(night.exit_code)


def _night_as_data(night: Night) -> dict[str, Any]:
    return asdict(night) | {"exit_code": int(night.exit_code), "message": night.message.value}


def _night_in_words(night: Night) -> str:
    lines = [run_message(night.message), phrase(night.rung) if night.rung else ""]
    lines += [f"  {fault_words(fault)}" for fault in night.facts]
    figures = night.figures
    if figures:
        lines += [
            f"Meetings: {figures['booked']} of {figures['candidates']} candidates",
            f"Must-meets met: {figures['must_meet']['met']} of {figures['must_meet']['stated']}",
            f"Interests met: {figures['interests']['met']} of {figures['interests']['stated']}",
        ]
        lines += ["Changes: " + ", ".join(f"{count} {kind}" for kind, count in figures.get("changes", {}).items())]
    if night.value is not None and night.bound is not None:
        quality = Quality(night.value, night.bound, None)
        room = "none can be better." if quality.is_best else f"at most {quality.missing:,} points more are possible."
        lines.append(f"Value {night.value:,}, proven bound {night.bound:,}: {room}")
    return "\n".join(line for line in lines if line.strip())


@notices.command("deliver")
@click.option("--limit", type=NUMBER, help="Send at most so many.")
def deliver_waiting(limit: int | None) -> None:
    """Send the notices that are waiting, each in its reader's language, and list those that are given up."""
    done = deliver_notices(deliver, now=datetime.now(UTC), limit=limit)
    click.echo(f"{done.sent} sent, {done.failed} failed")
    for each in given_up_notices():
        click.echo(f"Given up: {each.kind} to {each.reader.email}: {each.failure}", err=True)
    sys.exit(1 if done.failed else 0)


@click.command(cls=PlainCommand)
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def doctor(as_json: bool) -> None:
    """Derive every promise of the database anew from its rows; exit 1 with the list of what is wrong."""
    found = diagnose()
    faults = [each for each in found if not each.is_warning]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
    else:
        for each in found:
            click.echo(f"Warning: {each}" if each.is_warning else str(each))
        click.echo(f"{len(faults)} faults." if faults else "Nothing is wrong.")
    sys.exit(1 if faults else 0)
