"""A process that is killed at any moment loses nothing that was acknowledged, and tears nothing."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

import docdb
from tests.crash.writer import SCHEMA

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.crash
@pytest.mark.parametrize("seed", range(4))
def test_acknowledged_commits_survive_a_kill(tmp_path: Path, seed: int):
    """Each transaction is there as a whole or not at all, with its indexes and unique keys."""
    path = tmp_path / "app.docdb"
    dice = Random(seed)
    acknowledged: list[int] = []

    for _ in range(25):
        acknowledged += killed_after(path, dice.random() * 0.15)
        with docdb.open(path, SCHEMA) as db:
            by_key = db.query("t").with_index
            whole = [by_key("by_key", key=f"-{n}").count() for n in acknowledged[-50:]]
            first = [by_key("by_key", key=str(n)).count() for n in acknowledged[-50:]]
            assert whole == [1] * len(whole)
            assert first == [int(n % 5 != 0) for n in acknowledged[-50:]]

    with docdb.open(path, SCHEMA) as db:
        assert db.check() == []
        assert db.query("t").with_index("by_text", text="changed").count() >= len(acknowledged) // 5
    assert acknowledged == sorted(set(acknowledged))


def killed_after(path: Path, seconds: float) -> list[int]:
    """Let a process write for so long, kill it, and return what it had acknowledged."""
    command = [sys.executable, "-m", "tests.crash.writer", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT) as process:
        assert process.stdout is not None
        begun = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        said = begun + process.stdout.read()
    return [int(line) for line in said.split(b"\n")[:-1]]
