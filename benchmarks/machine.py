"""Where a run was made: the machine, the versions, and the commit that was measured."""

import os
import platform
import sqlite3
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["ROOT", "commit", "machine"]

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("lmdb", "msgpack", "sqlmodel", "duckdb", "ZODB", "tinydb", "montydb", "tantivy")


def machine() -> dict[str, str]:
    """Return what the machine is and which versions it has."""
    found = {
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "Python": sys.version.split()[0],
        "SQLite": sqlite3.sqlite_version,
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def commit() -> str:
    """Return the commit of the checkout, and whether files differ from it."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", "docdb", "benchmarks/*.py")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head} with changes" if changed else head


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
