"""Text is read and written in an encoding that is named: nothing depends on the machine's locale."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEMPORARY = {"NamedTemporaryFile", "TemporaryFile"}      # of bytes, unless a mode says text
TEXT_MODES = {"r", "w", "a", "x", "rt", "wt", "at", "xt", "r+", "w+", "a+"}


def mode_of(call: ast.Call, position: int, otherwise: str) -> str:
    """The mode a file is opened with: a keyword, or the argument at `position`."""
    given = [kw.value for kw in call.keywords if kw.arg == "mode"] + call.args[position:position + 1]
    return str(getattr(given[0], "value", "")) if given else otherwise


def leaves_it_to_the_locale(call: ast.Call) -> bool:
    """Whether a call reads or writes text without naming an encoding."""
    keywords = {kw.arg: getattr(kw.value, "value", None) for kw in call.keywords}
    method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if method else getattr(call.func, "id", "")
    if "encoding" in keywords:
        return False
    if name in ("read_text", "write_text"):
        return len(call.args) < (1 if name == "read_text" else 2)
    if name == "fdopen" or name == "open" and not method:
        return "b" not in mode_of(call, 1, "r")
    if name in TEMPORARY:
        return "b" not in mode_of(call, 0, "w+b")
    if name == "open":          # Path.open; another's open(), as of a browser or an archive, has no such mode
        return mode_of(call, 0, "b" if keywords else "r") in TEXT_MODES
    return True in (keywords.get("text"), keywords.get("universal_newlines"))      # subprocess decodes by the locale


def found_in(source: str) -> list[int]:
    return [node.lineno for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and leaves_it_to_the_locale(node)]


@pytest.mark.parametrize("line", [
    "path.read_text()", "path.write_text(words)", "open(path)", "open(path, 'w')", "open(path, mode='a')",
    "path.open()", "path.open('w')", "os.fdopen(handle, 'w')", "tempfile.NamedTemporaryFile('w')",
    "subprocess.run(command, capture_output=True, text=True)"])
def test_a_call_that_leaves_it_to_the_locale_is_found(line):
    assert found_in(line) == [1]


@pytest.mark.parametrize("line", [
    "path.read_text('utf-8')", "path.read_text(encoding='utf-8')", "path.write_text(words, encoding='utf-8')",
    "open(path, 'rb')", "open(path, encoding='utf-8')", "os.fdopen(handle, 'wb')", "path.read_bytes()",
    "path.open('rb')", "webbrowser.open(address)", "tempfile.NamedTemporaryFile()",
    "subprocess.run(command, capture_output=True, text=True, encoding='utf-8')", "subprocess.run(command)"])
def test_a_call_that_does_not_is_left_alone(line):
    assert found_in(line) == []


def test_the_course_names_the_encoding_of_whatever_it_reads_and_writes():
    left = {f"{path.relative_to(ROOT)}:{number}" for path in sorted((ROOT / "course_lib").rglob("*.py"))
            for number in found_in(path.read_text(encoding="utf-8"))}
    assert left == set()
