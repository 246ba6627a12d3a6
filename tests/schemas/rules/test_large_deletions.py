"""A user with a hundred thousand messages goes in one transaction, in bounded memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import docdb
from docdb import fixtures
from tests.databases import file_path  # noqa: F401 - fixtures are found by being here

ROOT = Path(__file__).parents[3]
MESSAGES = 100_000
MEMORY_BYTES_MAX = 256 << 20

# Interrupts the deletion once, repeats it, and says what is left and what it took.
DELETER = """
import json, re, sys
sys.path.insert(0, {root!r})
import docdb
schema = docdb.fixtures.load("aichat").schema
with docdb.open({path!r}, schema, durability="unsafe") as db:
    user = db.query("users").with_index("by_token", tokenIdentifier="ann").first()["_id"]
    before = db.query("messages").count()
    try:
        with db.write() as tx:
            tx.delete(user)
            raise ValueError("stop")
    except ValueError:
        interrupted = db.query("messages").count()
    db.delete(user)
    left = {{name: db.query(name).count() for name in db.schema.tables}}
# Not getrusage(), whose maximum includes what the parent had when it forked.
status = open("/proc/self/status").read()
used = int(re.search(r"VmHWM:\\s+([0-9]+) kB", status)[1]) * 1024
print(json.dumps([before, interrupted, left, used]))
"""


@pytest.mark.slow
def test_a_user_with_many_messages_goes_in_bounded_memory(path: str):
    """Chats, messages, attachments, sessions and shares; somebody else's reply is orphaned."""
    schema = fixtures.load("aichat").schema
    with docdb.open(path, schema, durability="unsafe") as db:
        ann, bob = db.insert_many(
            "users",
            [{"name": name, "tokenIdentifier": name} for name in ("ann", "bob")],
        )
        hers, his = db.insert_many("chats", [{"userId": ann}, {"userId": bob}])
        hello = {"role": "user", "content": "hello " * 40}
        root = db.insert("messages", {"chatId": his, "userId": ann, **hello})
        for start in range(0, MESSAGES, 1000):
            chat = hers if start % 2000 else his
            db.insert_many(
                "messages",
                [{"chatId": chat, "userId": ann, "parentMessageId": root, **hello}] * 1000,
            )
        reply = db.insert(
            "messages", {"chatId": his, "userId": bob, "parentMessageId": root, **hello}
        )

    program = DELETER.format(root=str(ROOT), path=path)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    before, interrupted, left, used = json.loads(done.stdout)
    assert (before, interrupted) == (MESSAGES + 2, MESSAGES + 2)
    assert {name: count for name, count in left.items() if count} == {
        "users": 1,
        "chats": 1,
        "messages": 1,
    }
    assert used < MEMORY_BYTES_MAX
    with docdb.open(path, schema) as db:
        assert "parentMessageId" not in db.get(reply)  # pyright: ignore[reportOperatorIssue]
        assert db.check() == []
