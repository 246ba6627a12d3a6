"""
The house rules that a machine can check (tests/tidy/ holds the rules themselves).

Each rule is tried twice: on the project, which must be clean, and on snippets, since a rule that
can find nothing proves nothing. When a review finds the same thing twice, it becomes a rule here.

What other tools see is left to them: ruff has the length of lines, the order of imports and the
form of docstrings, basedpyright the types.

The length of this file: it is a list of rules, and each is tried twice.
"""

from functools import cache

import pytest

from docdb import limits
from tests.tidy import documents, imports, layers, names, shape
from tests.tidy.source import Page, Source, read_pages, read_sources, snippet

TABLE = layers.Layers({"errors": 0, "values": 1, "kv": 1, "tables": 2}, frozenset())


@cache
def project_sources() -> tuple[Source, ...]:
    """Every Python file, parsed once for all rules."""
    return read_sources()


@cache
def project_pages() -> tuple[Page, ...]:
    """Every other text file."""
    return read_pages()


def page(path: str) -> Page:
    """One page of the project."""
    return next(each for each in project_pages() if each.path == path)


def source(path: str) -> Source:
    """One Python file of the project."""
    return next(each for each in project_sources() if each.path == path)


class TestLayers:
    """A module imports its own package and lower floors only."""

    def test_project_keeps_to_the_table(self):
        """No module of docdb imports a sibling or a higher floor."""
        table = layers.read_layers(page("docs/architecture.md"))

        assert imports.layer_violations(project_sources(), table) == []

    def test_every_package_of_the_project_has_a_floor(self):
        """The layer table names the packages there are, and brackets those to come."""
        table = layers.read_layers(page("docs/architecture.md"))

        assert layers.packages_without_floor(project_sources(), table) == []

    @pytest.mark.parametrize(
        "text",
        [
            "from docdb.tables.table import Table",
            "import docdb.tables.table",
            "from docdb.kv import keyrange",
            "from docdb import tables",
            "from docdb import open",
            "def late():\n    from docdb.tables.table import Table",
            "if TYPE_CHECKING:\n    from docdb.tables.table import Table",
            "import_module('docdb.tables.table')",
        ],
    )
    def test_an_arrow_upwards_or_sideways_is_refused_however_it_hides(self, text: str):
        """Imports in functions, for types only, and by name count like any other."""
        assert imports.layer_violations([snippet(text)], TABLE)

    @pytest.mark.parametrize(
        "text",
        [
            "from docdb.errors import DocdbError",
            "from docdb.values.kinds import Value",
            "from collections import abc",
        ],
    )
    def test_an_arrow_downwards_or_within_is_allowed(self, text: str):
        """The standard library, lower floors and the own package are free."""
        assert imports.layer_violations([snippet(text)], TABLE) == []

    def test_brackets_mark_rooms_that_are_not_built(self):
        """A bracketed name has a floor and no files."""
        table = layers.read_layers(Page("a.md", "```layers\n0 errors | (runtime)\n1 kv\n```\n"))

        assert table == layers.Layers({"errors": 0, "runtime": 0, "kv": 1}, frozenset({"runtime"}))

    def test_a_package_that_the_table_forgets_is_found(self):
        """Unknown packages, bracketed ones that exist, and missing ones are named."""
        table = layers.Layers({"kv": 0, "aio": 1, "cli": 2}, frozenset({"aio"}))
        files = [snippet("", "docdb/studio/page.py"), snippet("", "docdb/aio.py")]

        found = layers.packages_without_floor(files, table)

        assert found == [
            "docdb/studio: not in the layer table",
            "docdb/aio: in brackets, but built",
            "docdb/cli: in the layer table, but neither built nor in brackets",
            "docdb/kv: in the layer table, but neither built nor in brackets",
        ]


class TestImports:
    """Arrows end, and foreign code comes in by one door."""

    def test_project_has_no_import_cycle(self):
        """No module of docdb reaches itself."""
        assert imports.import_cycles(project_sources()) == []

    def test_a_cycle_is_drawn(self):
        """A cycle is reported as the trail that closes it."""
        files = [
            snippet("from docdb.kv.b import x", "docdb/kv/a.py"),
            snippet("def f():\n    import docdb.kv.a", "docdb/kv/b.py"),
            snippet("from docdb.kv.a import y", "docdb/kv/c.py"),
        ]

        found = imports.import_cycles(files)

        assert found == ["import cycle: docdb.kv.a → docdb.kv.b → docdb.kv.a"]

    def test_a_chain_is_no_cycle(self):
        """Modules may build on each other."""
        files = [
            snippet("from docdb.kv import b", "docdb/kv/a.py"),
            snippet("", "docdb/kv/b.py"),
        ]

        assert imports.import_cycles(files) == []

    def test_project_has_one_door_for_each_third_party_package(self):
        """A foreign package is imported by the file that is named for it."""
        assert imports.third_party_imports(project_sources()) == []

    def test_every_door_of_the_project_is_used(self):
        """No door is kept for a package that went away."""
        assert imports.closed_doors(project_sources()) == []

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("import lmdb", "docdb/kv/memory.py"),
            ("import numpy", "docdb/kv/lmdb.py"),
            ("from rich.table import Table", "docdb/database.py"),
            ("from .kinds import Value", "docdb/values/order.py"),
        ],
    )
    def test_a_foreign_import_elsewhere_is_refused(self, text: str, path: str):
        """Known packages at the wrong place, unknown ones anywhere, relative names."""
        assert imports.third_party_imports([snippet(text, path)])

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("import lmdb", "docdb/kv/lmdb.py"),
            ("from rich.table import Table", "docdb/cli/look.py"),
            ("import struct", "docdb/kv/memory.py"),
            ("import pytest", "tests/kv/test_memory.py"),
        ],
    )
    def test_a_foreign_import_at_its_door_is_allowed(self, text: str, path: str):
        """Each package has a door, and tests are no engine."""
        assert imports.third_party_imports([snippet(text, path)]) == []

    def test_a_door_that_leads_nowhere_is_found(self):
        """A door counts as used when its own file imports its package."""
        found = imports.closed_doors([snippet("import lmdb", "docdb/kv/memory.py")])

        assert "docdb/kv/lmdb.py: the door of lmdb, which it does not import" in found

    def test_project_reads_clock_and_dice_in_one_file(self):
        """A fixed clock and a seed make a whole run repeatable."""
        assert imports.nondeterministic_imports(project_sources()) == []

    @pytest.mark.parametrize("text", ["import time", "from random import Random", "import uuid"])
    def test_a_second_clock_is_refused(self, text: str):
        """``time``, ``random``, ``uuid`` and ``secrets`` have one importer."""
        assert imports.nondeterministic_imports([snippet(text)])
        assert imports.nondeterministic_imports([snippet(text, "docdb/runtime.py")]) == []


class TestNames:
    """A name says what a thing is for."""

    def test_project_has_no_vague_name(self):
        """No module or class is called after what it is not."""
        assert names.vague_names(project_sources()) == []

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("", "docdb/values/utils.py"),
            ("", "docdb/common/order.py"),
            ("", "docdb/kv/lmdb_impl.py"),
            ("class StoreManager: ...", "docdb/kv/memory.py"),
            ("class HTTPBase: ...", "docdb/kv/memory.py"),
        ],
    )
    def test_a_vague_name_is_refused(self, text: str, path: str):
        """The banned words are found in paths and in class names."""
        assert names.vague_names([snippet(text, path)])

    def test_a_word_that_only_contains_a_vague_one_is_allowed(self):
        """``database`` and ``score`` are words of their own."""
        files = [snippet("class Database: ...\nclass Scores: ...", "docdb/database.py")]

        assert names.vague_names(files) == []

    def test_project_exports_no_name_of_a_module(self):
        """``docdb.query`` can be one thing only."""
        assert names.shadowed_exports(project_sources()) == []

    def test_a_function_named_like_a_module_is_refused(self):
        """A package ``query`` and an exported function ``query`` fight over one attribute."""
        facade = snippet("__all__ = ['query']", "docdb/__init__.py")
        package = snippet("def query(): ...", "docdb/query/decorators.py")
        other = snippet("def query(): ...", "docdb/functions/decorators.py")

        assert names.shadowed_exports([facade, package])
        assert names.shadowed_exports([facade, other]) == []

    def test_project_says_what_each_module_offers(self):
        """Every module has ``__all__``."""
        assert names.missing_exports(project_sources()) == []

    def test_a_module_without_exports_is_found(self):
        """A package's docstring file needs none, a module does."""
        assert names.missing_exports([snippet("x = 1")])
        assert names.missing_exports([snippet("__all__: list[str] = []")]) == []
        assert names.missing_exports([snippet("'''Doc.'''", "docdb/kv/__init__.py")]) == []

    def test_project_keeps_packages_to_their_docstrings(self):
        """A package says what it does not know, and re-exports nothing."""
        assert names.wordy_packages(project_sources()) == []

    @pytest.mark.parametrize("text", ["", "'''Kv.'''", "'''It deliberately …'''\nimport os"])
    def test_a_package_that_says_too_little_or_too_much_is_found(self, text: str):
        """Nothing said, nothing left unknown, and more than said are all refused."""
        assert names.wordy_packages([snippet(text, "docdb/kv/__init__.py")])


class TestShape:
    """Files and functions fit a reader."""

    def test_project_has_no_long_file(self):
        """A file of 400 lines defends itself, and none has 600."""
        assert shape.long_files(project_sources()) == []

    def test_a_long_file_needs_a_defence_and_a_very_long_one_gets_none(self):
        """The docstring may defend 599 lines, and no more."""
        defence = "'''Of some length, since it is a table.'''\n"

        assert shape.long_files([snippet("x\n" * 399)]) == []
        assert shape.long_files([snippet("x\n" * 400)])
        assert shape.long_files([snippet(defence + "x\n" * 598)]) == []
        assert shape.long_files([snippet(defence + "x\n" * 599)])

    def test_project_has_no_long_function(self):
        """A function fits on a screen."""
        assert shape.long_functions(project_sources()) == []

    def test_a_function_of_fifty_lines_is_the_longest(self):
        """The docstring is not counted, the signature is."""
        fitting = "def f():\n    '''Long\n    story.'''\n" + "    x\n" * 49

        assert shape.long_functions([snippet(fitting)]) == []
        assert shape.long_functions([snippet(fitting + "    x\n")])

    def test_project_marks_no_unfinished_work(self):
        """What is open is written in the issue list."""
        assert shape.unfinished_work([*project_sources(), *project_pages()]) == []

    def test_a_marker_is_found_in_comments_docstrings_and_pages(self):
        """Texts inside the program may say what they like."""
        marker = "TO" + "DO"

        assert shape.unfinished_work([snippet(f"x = 1  # {marker}: more")])
        assert shape.unfinished_work([snippet(f"def f():\n    '''{marker}'''")])
        assert shape.unfinished_work([Page("a.md", f"{marker}: write this")])
        assert shape.unfinished_work([snippet(f"x = '{marker}'")]) == []

    def test_project_has_no_commented_out_code(self):
        """The history keeps what was."""
        assert shape.commented_out_code(project_sources()) == []

    @pytest.mark.parametrize(
        "comment",
        ["# x = 1", "# import os", "# close(store)", "# if x:", "# return None", "# for x in y:"],
    )
    def test_a_comment_that_runs_is_refused(self, comment: str):
        """Statements and calls are code wherever they stand."""
        assert shape.commented_out_code([snippet(comment)])

    @pytest.mark.parametrize(
        "comment",
        [
            "# The reason.",
            "# Invariant: sorted",
            "# noqa: BLE001 - user code",
            "# if it fails: again",
            "# keys",
            "# 1, 2",
        ],
    )
    def test_a_comment_that_speaks_is_allowed(self, comment: str):
        """Sentences, invariants and directives to tools are no code."""
        assert shape.commented_out_code([snippet(comment)]) == []

    def test_project_says_the_claim_of_every_test(self):
        """The tests read as a specification."""
        assert shape.undocumented_tests(project_sources()) == []

    def test_a_test_without_a_sentence_is_found(self):
        """Methods count, and so do tests inside the files of any package."""
        silent = "class TestIt:\n    def test_x(self): ..."

        assert shape.undocumented_tests([snippet(silent, "tests/kv/test_it.py")])
        assert shape.undocumented_tests([snippet("def f(): ...", "tests/kv/test_it.py")]) == []


class TestDocuments:
    """What is written agrees with what is."""

    def test_project_draws_its_errors_as_they_are(self):
        """The tree of errors in the docstring is the tree of classes."""
        assert documents.drawn_tree_differences(source("docdb/errors.py")) == []

    def test_a_drawing_that_lies_is_found(self):
        """A missing branch and a branch at the wrong place are both named."""
        errors = snippet(
            '"""\nTree::\n\n    DocdbError\n    ├── Full\n    │   └── Disk\n    └── Gone\n"""\n'
            "class DocdbError(Exception): ...\n"
            "class Full(DocdbError): ...\n"
            "class Disk(DocdbError): ...\n",
            "docdb/errors.py",
        )

        found = documents.drawn_tree_differences(errors)

        assert sorted(found) == [
            "docdb/errors.py:1: draws Disk under Full",
            "docdb/errors.py:1: draws Gone under DocdbError",
            "docdb/errors.py:1: lacks Disk under DocdbError",
        ]

    def test_project_documents_every_limit(self):
        """``docs/limits.md`` says the numbers that the code keeps to."""
        values = {name: getattr(limits, name) for name in limits.__all__}

        assert documents.limit_table_differences(page("docs/limits.md"), values) == []

    def test_a_limit_that_is_missing_or_wrong_is_found(self):
        """Both sides are compared, by name and by value."""
        written = Page("limits.md", "| `KEY_MAX` | 1,024 | bytes |\n| `OLD_MAX` | 7 | rows |\n")

        found = documents.limit_table_differences(written, {"KEY_MAX": 1024, "NEW_MAX": 1})

        assert found == [
            "limits.md:1: says NEW_MAX is nothing, code says 1",
            "limits.md:1: says OLD_MAX is 7.0, code says None",
        ]

    def test_project_gives_each_page_one_title(self):
        """A page opens with what it is."""
        assert documents.title_problems(project_pages()) == []

    @pytest.mark.parametrize("text", ["", "\n# Late\n", "# One\n\n# Two\n", "## Small\n"])
    def test_a_page_without_one_title_is_found(self, text: str):
        """None, a late one, and two are refused."""
        assert documents.title_problems([Page("a.md", text)])

    def test_a_comment_in_a_program_is_no_title(self):
        """What stands in a fence is an example."""
        text = "# One\n\n```sh\n# a comment\n```\n"

        assert documents.title_problems([Page("a.md", text)]) == []

    def test_project_has_one_sentence_to_a_line(self):
        """A changed sentence shows as one changed line."""
        assert documents.broken_sentences(project_pages()) == []

    def test_two_sentences_on_a_line_are_found(self):
        """Tables, fences and abbreviations are let be."""
        assert documents.broken_sentences([Page("a.md", "It ends. It begins.")])
        assert documents.broken_sentences([Page("a.md", "- Is it? Yes.")])
        assert documents.broken_sentences([Page("a.md", "1. It, e.g. Convex, ends.")]) == []
        assert documents.broken_sentences([Page("a.md", "| It ends. It begins. |")]) == []
        assert documents.broken_sentences([Page("a.md", "```\nA. B. C.\nIt. Is.\n```")]) == []

    def test_project_names_no_foreign_place(self):
        """Nothing in the project depends on where it was written or comes from one host."""
        assert documents.foreign_places([*project_sources(), *project_pages()]) == []

    def test_a_foreign_place_is_found(self):
        """A path of one machine in a comment is as wrong as in a program."""
        place = "/wor" + "k/main"

        assert documents.foreign_places([snippet(f"# see {place}")])
        assert documents.foreign_places([Page("Makefile", "cp a b\n")]) == []
