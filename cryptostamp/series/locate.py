"""Find the line of a field in a TOML file, so that a refusal points at what the person wrote.

Rests on the tree-sitter grammar of TOML, because `tomllib` forgets where things stood. Reads only
files that `tomllib` has accepted; values are not interpreted here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import islice
from typing import Final

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

__all__ = ["FieldPath", "LineIndex"]

FieldPath = tuple[str | int, ...]
"""The way to a field: table names, keys, and places in arrays from 0, as in ``("variants", 2, "count")``."""

_MAX_DEPTH: Final = 8
"""Deeper than any field of a series file: what lies below has the line of what holds it."""


class LineIndex:
    """The lines of all fields of one TOML file, counted from 1."""

    def __init__(self, source: bytes) -> None:
        self._lines: dict[FieldPath, int] = {}
        self._array_lengths: dict[FieldPath, int] = {}
        root = Parser(Language(tree_sitter_toml.language())).parse(source).root_node
        self._add_pairs((), root, 0)
        for node in root.named_children:
            if node.type in {"table", "table_array_element"}:
                self._add_table(node)

    def line_of(self, path: FieldPath) -> int:
        """Return the line where `path` is written, or where the nearest thing around it is, or 1."""
        for length in range(len(path), 0, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return line
        return 1

    def _add_table(self, node: Node) -> None:
        path = self._resolve(_keys(node.named_children[0]))
        if node.type == "table_array_element":
            place = self._array_lengths.get(path, 0)
            self._array_lengths[path] = place + 1
            self._note(path, node)
            path = (*path, place)
        self._note(path, node)
        self._add_pairs(path, node, 0)

    def _resolve(self, keys: FieldPath) -> FieldPath:
        """Return a header's path with the place of the latest element where it passes through an array of tables."""
        path: FieldPath = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if number < len(keys) - 1 and path in self._array_lengths:
                path = (*path, self._array_lengths[path] - 1)
        return path

    def _add_pairs(self, prefix: FieldPath, node: Node, depth: int) -> None:
        for pair in node.named_children:
            if pair.type != "pair" or pair.named_child_count < 2:  # noqa: PLR2004 (key and value)
                continue
            path = prefix
            for key in _keys(pair.named_children[0]):
                path = (*path, key)
                self._note(path, pair)
            self._add_value(path, pair.named_children[1], depth + 1)

    def _add_value(self, path: FieldPath, value: Node, depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        if value.type == "inline_table":
            self._add_pairs(path, value, depth)
        elif value.type == "array":
            elements = (child for child in value.named_children if child.type != "comment")
            for place, element in enumerate(elements):
                self._note((*path, place), element)
                self._add_value((*path, place), element, depth + 1)

    def _note(self, path: FieldPath, node: Node) -> None:
        self._lines.setdefault(path, node.start_point[0] + 1)


def _keys(node: Node) -> FieldPath:
    """Return the parts of a bare, quoted or dotted key; `tomllib` knows the rules of quoting."""
    text = (node.text or b"").decode("utf-8", "replace")
    return tuple(islice(_path_down(tomllib.loads(f"{text} = 0")), _MAX_DEPTH))


def _path_down(table: object) -> Iterator[str]:
    while isinstance(table, dict):
        key, table = next(iter(table.items()))
        yield key
