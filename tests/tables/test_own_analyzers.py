"""
The choice of words: each index has an analyzer, which may be a function of the application's.

Such a function may be missing, may fail, and may change its mind; none of it leaves half a write.
"""

from typing import Any

import pytest

from docdb import Database, SchemaError, define_schema
from tests.databases import OpenDatabase
from tests.tables.worded import (
    PLAIN,
    SCHEMA,
    WITHOUT,
    by_hyphens,
    database_of_notes,  # noqa: F401 - fixtures are found by being here
    found,
    insert,
    opened,
    picky,
    sound_file,  # noqa: F401 - fixtures are found by being here
    without_commits,
)


class TestChoiceOfWords:
    """Each index cuts its texts by the analyzer that it was declared with."""

    @pytest.mark.parametrize(
        ("analyzer", "text", "asked"),
        [
            ("convex", "Straße", "STRAßE"),
            ("simple", "Straße", "STRASSE"),
            ("simple", "x" * 200, "X" * 200),
            ("unaccent", "Đorđe Ćosić", "djordje cosic"),
            ("cjk", "日本語の本", "本語"),
            (picky(), "co-op", "x-op"),
        ],
    )
    def test_it_finds_what_the_analyzer_folds(
        self, open_database: OpenDatabase, analyzer: Any, text: str, asked: str
    ):
        """The same text is cut alike when it is stored, looked for, changed and deleted."""
        table = PLAIN.search_index("by_text", search_field="text", analyzer=analyzer)
        db = open_database(define_schema({"notes": table}))
        (id,) = insert(db, text)
        insert(db, "else")

        assert found(db, asked) == [text]
        db.patch(id, {"text": "else"})
        assert found(db, asked) == []
        db.delete(id)
        assert found(db, "else") == ["else"]

    @pytest.mark.parametrize(
        ("stored", "asked"),
        [
            ("x" * 1_040_000, "x"),  # one word, and too long a one
            ("word " * 200_000, "word"),
            (" ".join(f"w{n:x}" for n in range(100_000)), "w1869f"),
            ("a\ud7ff\uf8ff\U000e0001\u0378\U0010ffff\x00b", "b"),
        ],
    )
    def test_any_text_can_be_indexed(self, db: Database, stored: str, asked: str):
        """As long as a document may be, of any words, of characters that nobody has assigned."""
        (id,) = insert(db, stored)
        insert(db, "other")

        assert found(db, asked) == [stored][: asked != "x"]
        db.patch(id, {"text": f"new {asked}"})
        assert found(db, asked) == [f"new {asked}"]
        db.delete(id)
        assert found(db, asked) == []

    def test_an_unknown_analyzer_leaves_reading(self, file: str):
        """
        A file that is opened without the program's functions can be read, and not changed.

        Deleting took the document out of the table before it was refused, and left its words
        behind.
        """
        with opened(file, by_hyphens()) as db:
            ids = insert(db, *[f"w{n}-x" for n in range(600)])  # more than stay pending
            (last,) = insert(db, "late", of=ids[1])
        with opened(file) as db:
            assert db.get(last) is not None
            assert db.query("notes").count() == 601
            before = without_commits(db)
            for refused in (
                lambda: found(db, "x"),
                lambda: found(db, ""),
                lambda: insert(db, "a"),
                lambda: insert(db, 5),
                lambda: db.patch(last, {"kind": 1}),
                lambda: db.replace(last, {"text": "b"}),
                lambda: db.delete(last),
                lambda: db.delete(ids[0]),
                lambda: db.delete(ids[1]),
            ):
                with pytest.raises(SchemaError):
                    refused()
            with db.write() as tx:
                with pytest.raises(SchemaError):
                    tx.delete(ids[0])
                assert tx.get(ids[0]) is not None
            assert without_commits(db) == before
        with opened(file, by_hyphens()) as db:
            assert found(db, "w7-w599") == ["w599-x", "w7-x"]
            assert db.check() == []

    def test_a_file_can_lose_an_index_whose_analyzer_nobody_has(self, file: str):
        """By a schema without it."""
        with opened(file, by_hyphens()) as db:
            insert(db, *["a-b"] * 600)
        with opened(file, SCHEMA) as db:
            assert len(found(db, "b")) == 600


class TestFailingAnalyzers:
    """An analyzer of the application's may fail, and then nothing has happened."""

    def test_a_document_that_it_refuses_is_not_stored(self, open_database: OpenDatabase):
        """Nor those beside it, and the transaction goes on."""
        db = open_database(by_hyphens("bad"))
        with db.write() as tx:
            (kept,) = insert(tx, "kept-a")
            for refused in (
                lambda: insert(tx, "bad"),
                lambda: insert(tx, *["fine-a"] * 700, "so-bad", "fine-a"),
                lambda: tx.patch(kept, {"text": "bad-a"}),
                lambda: tx.replace(kept, {"text": "bad"}),
            ):
                with pytest.raises(SchemaError):
                    refused()
            insert(tx, "after-a")

        assert found(db, "a") == ["after-a", "kept-a"]
        assert db.query("notes").count() == 2

    def test_an_index_that_cannot_be_made_is_not_made(self, file: str):
        """The schema is refused whole."""
        with opened(file, WITHOUT) as db:
            insert(db, *["a-b"] * 20, "bad")
            before = without_commits(db)

        with pytest.raises(SchemaError):
            opened(file, by_hyphens("bad"))

        with opened(file) as db:
            assert without_commits(db) == before

    def test_one_that_changed_its_mind_stops_what_it_concerns(self, file: str):
        """A document that it indexed and refuses now stays as it is, with all that refer to it."""
        with opened(file, by_hyphens()) as db:
            (old,) = insert(db, "old")
            (new,) = insert(db, "new", of=old)
            insert(db, *["more-old"] * 600, of=new)
            insert(db, "like", like=new)
        with opened(file, by_hyphens("old")) as db:
            before = without_commits(db)
            with db.write() as tx:
                for refused in (
                    lambda: tx.patch(old, {"text": "b"}),
                    lambda: tx.delete(old),
                    lambda: tx.delete(new),
                ):
                    with pytest.raises(SchemaError):
                        refused()
            assert without_commits(db) == before
        with opened(file, by_hyphens()) as db:
            db.delete(old)

            assert found(db, "new-old") == []
            assert found(db, "like") == ["like"]

    @pytest.mark.parametrize("tokens", [None, "text", 5, [5], [""], ["a", None], ["\ud800"]])
    def test_what_is_no_list_of_tokens_is_refused(self, open_database: OpenDatabase, tokens: Any):
        """Whatever it returns instead."""
        table = PLAIN.search_index("by_text", search_field="text", analyzer=lambda _text: tokens)
        db = open_database(define_schema({"notes": table}))

        with pytest.raises(SchemaError):
            insert(db, "a")

        assert insert(db, 5)
        assert db.query("notes").count() == 1

    def test_a_value_that_is_no_text_is_not_shown_to_it(self, open_database: OpenDatabase):
        """It has to answer for texts alone."""
        db = open_database(by_hyphens())

        ids = insert(db, 5, None, ["a"], {"a": "b"})
        for id in ids:
            db.patch(id, {"text": "a-b"})

        assert len(found(db, "b")) == 4
