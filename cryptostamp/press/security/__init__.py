"""Lines that are hard to copy: guilloche, micro-text and relief."""
