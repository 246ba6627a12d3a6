"""
tantivy, a search library in Rust: an index that stores its documents. It is made for batches: a
single document costs a commit of a whole segment and a new searcher.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.engines.searcher import FOUND_MAX, chat_name
from benchmarks.sample import Message

__all__ = ["TantivyIndex"]

_WRITER_BYTES = 64 << 20


class TantivyIndex:
    """See the module."""

    name = "tantivy"
    about = "tantivy"
    has_upkeep = False

    def open(self, folder: Path, *, has_search: bool = True) -> None:
        """Make an empty index in a folder."""
        assert has_search, "tantivy does nothing else"
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("content", stored=True, index_option="freq")
        builder.add_text_field("chat", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("role", stored=True, tokenizer_name="raw", index_option="basic")
        self.schema: Any = builder.build()
        place = folder / "tantivy"
        place.mkdir()
        self.index: Any = tantivy.Index(self.schema, path=str(place))
        self.writer: Any = self.index.writer(heap_size=_WRITER_BYTES, num_threads=1)

    def build(self, messages: Sequence[Message]) -> None:
        """Insert messages in one commit."""
        for message in messages:
            self.writer.add_document(_document(message))
        self._commit()

    def add(self, message: Message) -> None:
        """Insert one message in a commit of its own."""
        self.writer.add_document(_document(message))
        self._commit()

    def _commit(self) -> None:
        self.writer.commit()
        self.index.reload()
        self.searcher: Any = self.index.searcher()

    def search(
        self,
        terms: Sequence[str],
        *,
        is_prefix: bool = False,
        chat: int | None = None,
        role: str | None = None,
    ) -> Sequence[Any]:
        """Return the best messages."""
        query, occur, schema = tantivy.Query, tantivy.Occur, self.schema
        exact = terms[:-1] if is_prefix else terms
        asked: list[Any] = [query.term_query(schema, "content", term) for term in exact]
        if is_prefix:
            asked.append(query.regex_query(schema, "content", f"{terms[-1]}.*"))
        any_of = query.boolean_query([(occur.Should, each) for each in asked])
        wanted = {"chat": None if chat is None else chat_name(chat), "role": role}
        filters = [
            (occur.Must, query.const_score_query(query.term_query(schema, name, value), 0.0))
            for name, value in wanted.items()
            if value is not None
        ]
        whole = query.boolean_query([(occur.Must, any_of), *filters]) if filters else any_of
        hits = self.searcher.search(whole, FOUND_MAX, count=False).hits
        return [self.searcher.doc(address).to_dict() for _, address in hits]

    def close(self) -> None:
        """Close the index."""
        self.writer.wait_merging_threads()


def _document(message: Message) -> Any:
    return tantivy.Document(
        content=message["content"], chat=chat_name(message["chatId"]), role=message["role"]
    )
