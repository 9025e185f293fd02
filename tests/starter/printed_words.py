"""Which words the commands of a subject print, read in their source, so that a new one is not forgotten."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TRANSLATE = {"worded", "headings"}
PRINT = {"print_table", "print_list", "print_facts", "say", "warn", *TRANSLATE}
NAMES = re.compile(r"^(LI-|LP-|[a-z]+(_[a-z]+)+$|[A-Z][a-z]+[A-Z]\w+$)")
"""What is no word: references, codes of refusals, and names of classes."""


@dataclass(frozen=True)
class Commands:
    """The modules of a folder, and those of their functions, that speak the reader's language; None: all."""

    folder: Path
    modules: Mapping[str, set[str] | None]

    def functions(self) -> Iterator[ast.FunctionDef]:
        for module, names in self.modules.items():
            for node in ast.parse((self.folder / f"{module}.py").read_text()).body:
                if isinstance(node, ast.FunctionDef) and (names is None or node.name in names):
                    yield node

    def translated(self) -> set[str]:
        """All words that are passed on to be translated."""
        return {words for function in self.functions() for words in _translated(function)}

    def printing(self) -> set[str]:
        """The functions that print."""
        return {function.name for function in self.functions() if any(_calls(function, PRINT))}

    def untranslated(self) -> set[tuple[str, str]]:
        """All words in functions that print, which are not passed on to be translated."""
        return {
            (function.name, words)
            for function in self.functions()
            if any(_calls(function, PRINT))
            for words in _words(function)
        }


def _words(function: ast.FunctionDef) -> set[str]:
    docstring = ast.get_docstring(function, clean=False)
    words = {text for text in _texts(ast.Module(function.body, [])) if re.search("[a-z]{2}", text)}
    words -= {docstring, *_keys(function), *_translated(function)}
    return {text for text in words if not NAMES.search(text)}


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _calls(node: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and getattr(part.func, "id", None) in names:
            yield part


def _translated(node: ast.AST) -> set[str]:
    return {text for call in _calls(node, TRANSLATE) for arg in call.args for text in _texts(arg)}


def _keys(node: ast.AST) -> set[str]:
    """The keys of facts."""
    return {
        text
        for part in ast.walk(node)
        if isinstance(part, ast.Dict)
        for key in part.keys
        if isinstance(key, ast.Constant)
        for text in _texts(key)
    }
