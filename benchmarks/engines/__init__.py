"""One module per system that is measured; the only place where rivals are imported."""
