"""A new user's first minute."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import docdb
from docdb.cli.main import cli


def tour(folder: Path, *options: str) -> Result:
    """Run the tour over a little data."""
    arguments = ["tour", "--folder", str(folder), "--rows", "150", "--app", "social", *options]
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def test_the_tour_shows_patterns_and_where_the_files_are(tmp_path: Path):
    """Application, pattern, index, rows and time, and the path at the end."""
    result = tour(tmp_path)

    assert result.exit_code == 0
    assert "posts_of_author" in result.output
    assert "by_authorId" in result.output
    assert "social.docdb" in result.output


def test_the_files_of_the_tour_are_sound_databases(tmp_path: Path):
    """They stay, and open like any other."""
    tour(tmp_path)

    with docdb.open(tmp_path / "social.docdb") as db:
        assert db.query("posts").count() > 0
        assert db.check() == []


def test_a_second_tour_keeps_what_the_first_one_loaded(tmp_path: Path):
    """Nothing is overwritten, and nothing is loaded twice."""
    tour(tmp_path)
    with docdb.open(tmp_path / "social.docdb") as db:
        before = db.query("posts").ids()

    result = tour(tmp_path)

    assert "loaded by an earlier tour" in result.output
    with docdb.open(tmp_path / "social.docdb") as db:
        assert db.query("posts").ids() == before


def test_an_unknown_application_is_refused_by_name(tmp_path: Path):
    """The nearest name is offered."""
    with pytest.raises(docdb.InvalidArgument) as refused:
        tour(tmp_path, "--app", "ekvy")

    assert "ekvi" in refused.value.hint
