"""
Other processes for tests: small programs that open the same store.

A program is text that begins with what ``PREAMBLE`` gives it: ``path``, ``open_store``, ``put``,
``say`` (a line to the test) and ``hear`` (a line from the test).
"""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

__all__ = ["Program", "program", "run"]

ROOT = Path(__file__).parents[2]
PREAMBLE = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from docdb.errors import DocdbError
from docdb.kv.opening import open_store
from tests.kv.store_steps import error_of, everything, now, put
path = {path!r}
def say(text):
    print(text, flush=True)
def hear():
    return sys.stdin.readline().strip()
"""


class Program:
    """A program that runs beside the test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def hear(self) -> str:
        """Wait for the next line that the program says."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def say(self, text: str = "") -> None:
        """Send the program a line."""
        assert self.process.stdin
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Wait for the end of the program, and return its exit code."""
        return self.process.wait(timeout=20.0)


@contextmanager
def program(text: str, path: Path) -> Generator[Program]:
    """Start a program, and kill it at the end of the block if it still runs."""
    command = PREAMBLE.format(root=str(ROOT), path=str(path)) + dedent(text)
    with subprocess.Popen(
        [sys.executable, "-c", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Program(process)
        finally:
            process.kill()


def run(text: str, path: Path) -> str:
    """Run a program to its end, and return what it said."""
    command = PREAMBLE.format(root=str(ROOT), path=str(path)) + dedent(text)
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, timeout=60.0, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
