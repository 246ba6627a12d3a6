"""The pytest plugin, in runs of its own."""

import json

import pytest

from tests.testing.conftest import RunTests

pytest_plugins = ["pytester"]

DAMAGE = """
from docdb import define_schema, define_table, v

SCHEMA = define_schema({"notes": define_table({"n": v.number()}).index("by_n", ["n"])})

def damage(db):
    db.insert("notes", {"n": 1})
    with db._sessions.store.write(timeout=None) as batch:
        (key, _), *_ = next(batch.scan(b"I", b"J"))
        batch.apply([(key, None)])
        batch.commit()

"""

IDS = """
import json

from docdb import fixtures
import pytest

@pytest.fixture
def note(request):
    def write(*facts):
        with open(request.node.name + ".json", "w") as file:
            json.dump(facts, file)
    return write

@pytest.mark.parametrize("name", fixtures.names())
def test_app(name, docdb_app, docdb_clock, note):
    db = docdb_app(name)
    tables = {row["name"] for row in db.system.query("_tables") if "component" not in row}
    ids = [db.query(table).ids() for table in sorted(tables)]
    docdb_clock.advance(3_600_000)
    note(ids, [db.insert("mine", {"n": n}) for n in range(20)])
    db.delete(next(filter(None, ids))[0])

def test_app_again(docdb_app, note):
    db = docdb_app("social")
    note(db.query("posts").ids(), db.insert("mine", {}))

def test_memory(docdb_memory, note):
    note([docdb_memory().insert("a", {}), docdb_memory(seed=1).insert("a", {})])

def test_file(docdb_file, note):
    note([docdb_file().insert("a", {}), docdb_file(name="other").insert("a", {})])
"""


def test_databases_are_open_in_the_test_and_closed_after_it(run_tests: RunTests):
    """A fixture opens any number of databases; after the test all of them are closed."""
    done = run_tests("""
        import docdb, pytest

        opened = []

        def test_open(docdb_memory, docdb_file, tmp_path):
            opened.extend([docdb_memory(), docdb_memory(limits="convex"), docdb_file()])
            for db in opened:
                db.insert("notes", {"n": 1})
                assert db.check() == []
            assert (tmp_path / "test.docdb").is_file()

        @pytest.mark.parametrize("place", [0, 1, 2])
        def test_closed(place):
            with pytest.raises(docdb.Closed):
                opened[place].query("notes").count()
    """)

    done.assert_outcomes(passed=4)


def test_a_file_is_opened_again_by_its_name(run_tests: RunTests):
    """Closing a file and opening it anew finds what was written; other names are other files."""
    done = run_tests("""
        import docdb, pytest

        def test_it(docdb_file):
            with docdb_file() as db:
                id = db.insert("notes", {"n": 1})
            assert docdb_file(read_only=True).get(id)["n"] == 1
            assert docdb_file(name="other.docdb").get(id) is None
    """)

    done.assert_outcomes(passed=1)


def test_the_clock_is_that_of_every_database_of_the_test(run_tests: RunTests):
    """Creation times follow ``docdb_clock``, unless a database was given another clock."""
    done = run_tests("""
        def test_it(docdb_memory, docdb_file, docdb_app, docdb_clock):
            docdb_clock.advance(1500)
            for db in (docdb_memory(), docdb_file(), docdb_app("social")):
                assert int(db.get(db.insert("a", {}))["_creationTime"]) == 1767225601500
            db = docdb_memory(clock=lambda: 5.0)
            assert int(db.get(db.insert("a", {}))["_creationTime"]) == 5

        def test_it_stands_again(docdb_clock):
            assert docdb_clock() == 1767225600000.0
    """)

    done.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "test",
    [
        "def test_it(docdb_memory): damage(docdb_memory(SCHEMA))",
        "def test_it(docdb_file): damage(docdb_file(SCHEMA))",
        "def test_it(docdb_file):\n    with docdb_file(SCHEMA) as db: damage(db)",
    ],
)
def test_planted_damage_fails_the_test(test: str, run_tests: RunTests):
    """An index that disagrees with its documents is found, in a file that was closed as well."""
    done = run_tests(DAMAGE + test)

    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["databases are not sound:", "*: notes: *"])


def test_a_file_that_can_no_longer_be_opened_fails_the_test(run_tests: RunTests):
    """A file that was overwritten is reported by the error that opening it raises."""
    done = run_tests("""
        def test_it(docdb_file, tmp_path):
            docdb_file().close()
            (tmp_path / "test.docdb").write_bytes(b"no database" * 1000)

        def test_a_file_may_be_gone(docdb_file, tmp_path):
            docdb_file().close()
            (tmp_path / "test.docdb").unlink()
    """)

    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(["*test.docdb: Store*"])


def test_no_test_sees_what_another_wrote_to_an_application(run_tests: RunTests):
    """Inserts, changes, deletions, new tables and a closed database are gone with their test."""
    done = run_tests("""
        import pytest

        @pytest.mark.parametrize("turn", [1, 2, 3])
        def test_write(turn, docdb_app, docdb_clock):
            db = docdb_app("social")
            assert db.query("posts").count() == docdb_app("social").query("posts").count() > 10
            assert db.query("mine").first() is None
            assert [row["name"] for row in db.system.query("_tables")].count("mine") == 0
            docdb_clock.advance(1e9)
            for n in range(20):
                db.insert("mine", {"n": n, f"field{n}": turn})
            for id in db.query("posts").ids():
                db.patch(id, {"text": "changed"})
                db.delete(id)
            assert db.check() == []

        def test_close(docdb_app):
            docdb_app("social").close()

        def test_after(docdb_app):
            db = docdb_app("social")
            assert db.query("posts").filter(lambda q: q.field("text") == "changed").count() == 0
            assert db.query("posts").count() > 10 and db.check() == []
    """)

    done.assert_outcomes(passed=5)


def test_a_transaction_that_is_left_open_fails_its_own_test(run_tests: RunTests):
    """Whoever forgets to end a write is told; the next test has a database that can be written."""
    done = run_tests("""
        kept = []

        def test_forgetful(docdb_app):
            kept.append(docdb_app("social").write())

        def test_next(docdb_app):
            docdb_app("social").insert("mine", {})
    """)

    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(["docdb_app('social') cannot be reset: *"])


def test_an_unknown_application_fails_with_the_near_name(run_tests: RunTests):
    """The error is that of ``docdb.fixtures``, and nothing is left behind."""
    done = run_tests("""
        import docdb, pytest

        def test_it(docdb_app):
            with pytest.raises(docdb.InvalidArgument, match="social"):
                docdb_app("socal")
            with pytest.raises(docdb.InvalidArgument):
                docdb_app("social", rows="many")
            with pytest.raises(docdb.InvalidArgument):
                docdb_app("social", rows=0)
    """)

    done.assert_outcomes(passed=1)


@pytest.fixture
def ids_when_run(run_tests: RunTests, pytester: pytest.Pytester):
    """A function that runs the tests of ``IDS`` and returns the ids that each noted."""

    def run(*arguments: str) -> dict[str, object]:
        run_tests(IDS, *arguments).assert_outcomes(passed=8)
        notes = sorted(pytester.path.glob("*.json"))
        return {each.stem: json.loads(each.read_text()) for each in notes}

    return run


def test_ids_do_not_depend_on_order_or_processes(ids_when_run):
    """Alone, backwards and on two processes, a test gets the same ids."""
    backwards = [f"test_it.py::{name}" for name in ("test_file", "test_memory", "test_app_again")]

    once = ids_when_run()
    again = ids_when_run(*backwards, "test_it.py::test_app")
    parallel = ids_when_run("-n", "2")

    assert len(once) == 8
    assert again == once
    assert parallel == once
