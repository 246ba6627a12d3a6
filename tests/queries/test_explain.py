"""What a query says about itself."""

import docdb
from docdb import (
    Database,
    define_schema,
    define_table,
    v,
)
from tests.queries.rows import database_of_six_rows, numbers  # noqa: F401 - a fixture


class TestExplain:
    """What a query did, and what would be better."""

    def test_it_says_what_was_read_and_returned(self, db: Database):
        """The index, its fields, the range, the order, the filters and both counts."""
        explained = (
            db.query("rows")
            .with_index("by_n_k", lambda q: q.gte("n", 2))
            .order("desc")
            .filter(lambda q: q.field("k") == 1)
            .explain()
        )

        assert explained[:6] == (
            "rows",
            "by_n_k",
            ("n", "k", "_creationTime", "_id"),
            ("gte('n', 2)",),
            "desc",
            ("q.eq(q.field('k'), 1)",),
        )
        assert (explained.entries_read, explained.documents_returned) == (4, 2)
        assert "gte('n', 2)" in str(explained)

    def test_a_scan_without_filter_needs_no_hint(self, db: Database):
        """It reads what it returns."""
        explained = db.query("rows").explain()

        assert (explained.index, explained.entries_read) == ("by_creation_time", 6)
        assert explained.hint == ""

    def test_a_filter_that_an_index_answers_is_told_so(self, db: Database):
        """The index is named."""
        assert "'by_k'" in db.query("rows").filter(lambda q: q.field("k") == 1).explain().hint

    def test_a_staged_index_is_not_recommended(self):
        """A hint names an index that can be asked."""
        schema = define_schema(
            {"t": define_table({"a": v.number()}).index("later", ["a"], staged=True)}
        )
        db = docdb.open(":memory:", schema)
        db.insert_many("t", [{"a": 1}, {"a": 2}])

        assert "'later'" not in db.query("t").filter(lambda q: q.field("a") == 1).explain().hint

    def test_a_table_that_does_not_exist_is_explained(self, db: Database):
        """It has no entries."""
        assert db.query("never_seen").explain().entries_read == 0
