"""The first thing that happens when somebody types docdb."""

import pytest

from docdb.cli import entry


def test_missing_libraries_are_named_with_their_remedy(monkeypatch: pytest.MonkeyPatch):
    """Who installed the engine alone is told what to install, not where an import failed."""
    monkeypatch.setattr(entry, "find_spec", lambda name: None)

    with pytest.raises(SystemExit) as ended:
        entry.main()

    assert "docdb-engine[cli]" in str(ended.value.code)
