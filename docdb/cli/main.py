"""
The ``docdb`` command.

Needs the extra ``docdb-engine[cli]``; commands import what they need when they run, so that
``docdb --help`` is quick.
"""

import sys
from pathlib import Path

import click

from docdb.errors import DocdbError

__all__ = ["cli", "run"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="docdb-engine", prog_name="docdb")
def cli() -> None:
    """docdb: an embedded document-relational database."""


@cli.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docdb-tour"),
    show_default=True,
    help="Where the five database files are kept.",
)
@click.option(
    "--rows",
    type=click.IntRange(1),
    default=5_000,
    show_default=True,
    help="About how many documents each application gets.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which sample data.")
@click.option("--app", "apps", multiple=True, help="Only these applications (repeatable).")
def tour(folder: Path, rows: int, seed: int, apps: tuple[str, ...]) -> None:
    """Load the five applications' sample data, run every access pattern, and show what it did."""
    from docdb.cli.tour import run_tour

    run_tour(folder, rows=rows, seed=seed, apps=apps)


def run() -> None:
    """Run the command line; an error of docdb's own ends it with one line and exit code 1."""
    try:
        cli()
    except DocdbError as error:
        click.echo(f"{error.code}: {error}", err=True)
        sys.exit(1)
