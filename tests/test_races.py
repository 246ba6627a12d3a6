"""Two processes write the same file at once: what is unique stays so, whoever comes first."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import docdb
from docdb import define_schema, define_table, v
from tests.databases import file_path  # noqa: F401 - fixtures are found by being here

ROOT = Path(__file__).parents[1]
SCHEMA = define_schema(
    {
        "people": define_table({}),
        "keys": define_table(
            {"key": v.number(), "by": v.string(), "of": v.id("people", on_delete="restrict")}
        ).index("by_key", ["key"], unique=True),
    }
)
KEYS = 2000

# Says when it is ready, waits for a line, and then inserts every key that it can get.
RACER = """
import json, sys
sys.path.insert(0, {root!r})
import docdb
with docdb.open({path!r}, durability="unsafe") as db:
    person = db.query("people").ids()[0]
    print("ready", flush=True)
    sys.stdin.readline()
    won = []
    for key in range({keys}):
        try:
            db.insert("keys", {{"key": key, "by": {name!r}, "of": person}})
            won.append(key)
        except docdb.UniqueViolation as error:
            assert error.existing
    print(json.dumps(won), flush=True)
"""


def racer(path: str, name: str) -> "subprocess.Popen[str]":
    """Start a process that waits for its signal to race."""
    program = RACER.format(root=str(ROOT), path=path, keys=KEYS, name=name)
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def heard(process: "subprocess.Popen[str]") -> str:
    """Wait for the next line that a process says."""
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.fixture(name="raced")
def file_with_one_person(path: str) -> str:
    with docdb.open(path, SCHEMA, durability="unsafe") as db:
        db.insert("people", {})
    return path


def test_each_unique_key_is_won_by_exactly_one_of_two_processes(raced: str):
    """Both try to insert each of 2,000 keys, as fast as they can."""
    with racer(raced, "one") as one, racer(raced, "other") as other:
        begun = [heard(each) for each in (one, other)]
        for each in (one, other):
            assert each.stdin
            each.stdin.write("go\n")
            each.stdin.flush()
        won = {name: json.loads(heard(each)) for name, each in (("one", one), ("other", other))}

    assert begun == ["ready", "ready"]
    assert Counter([*won["one"], *won["other"]]) == dict.fromkeys(range(KEYS), 1)
    with docdb.open(raced) as db:
        rows = db.query("keys").collect()
        assert sorted(str(row["key"]) for row in rows if row["by"] == "one") == sorted(
            map(str, won["one"])
        )
        assert len(rows) == KEYS
        assert db.check() == []
