"""IPython's own lines in a cell (`%`, `!`, `?`, `name?`, `x = !ls`) are left out; the rest is Python and stays there.

A line inside of brackets or of a text is never one of them, whatever it begins with.
"""

from __future__ import annotations

import ast
import re

STARTS = re.compile(r"""[%!?]|[\w.*]+\?{1,2}\s*$|[\w.,\s\[\]'"*]+=\s*(?:!|%(?=\w))|(?:pip3?|conda|mamba)\s+\w""")
OTHER_LANGUAGES = re.compile(r"%%(?:!|(?:bash|sh|cmd|script|html|javascript|js|latex|markdown|svg|writefile|file|perl|"
                             r"ruby|sql|R|python2|pypy)\b)", re.IGNORECASE)
TIMED = re.compile(r"%time\s+(?=[^\s-])")
TOKEN = re.compile(r"""\#|\"{3}|'{3}|"(?:\\.|[^"\\])*(?:"|\\?$)|'(?:\\.|[^'\\])*(?:'|\\?$)|[()\[\]{}]""")
LONG_ENDS = {sign * 3: re.compile(r"\\.|" + sign * 3) for sign in "\"'"}


def without_ipython(text: str) -> tuple[str, list[str]]:
    """(the text with IPython's lines emptied, those lines). Line numbers stay, and so does what is Python as it is.

    Of `%time x = f()` the statement stays, since it is run in the notebook and binds x there.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines, left, at, goes_on = text.split("\n"), [], _Place(), False
    if OTHER_LANGUAGES.match(text.lstrip()):
        return "", [line.strip() for line in lines if line.strip()]
    for number, line in enumerate(lines):
        bare = line.lstrip()
        if at.statement_begins() and TIMED.match(bare):
            indent, bare = line[:len(line) - len(bare)], TIMED.sub("", bare, count=1)
            lines[number] = line = f"{indent}{bare}"
        if goes_on or at.statement_begins() and STARTS.match(bare):
            left.append(line.strip())
            indent = line[:len(line) - len(bare)]
            lines[number] = f"{indent}pass" if indent and not goes_on else ""     # it may be all that a block holds
            goes_on = line.endswith("\\")
        else:
            at.read(line)
    return (text, []) if left and _is_python(text) else ("\n".join(lines), left)


class _Place:
    """Where in Python's text the next line begins: how deep in brackets, in which long text, after a backslash."""

    def __init__(self):
        self.depth, self.inside, self.goes_on = 0, "", False

    def statement_begins(self) -> bool:
        return not (self.depth or self.inside or self.goes_on)

    def read(self, line: str) -> None:
        """Go over one line."""
        place, self.goes_on = 0, line.endswith("\\")
        while True:
            if self.inside:
                found = next((one for one in LONG_ENDS[self.inside].finditer(line, place)
                              if one.group() == self.inside), None)
                if found is None:
                    return
                self.inside = ""
            else:
                found = TOKEN.search(line, place)
                if found is None:
                    return
                if found.group() == "#":
                    self.goes_on = False
                    return
                self._take(found.group())
            place = found.end()

    def _take(self, token: str) -> None:
        if token in LONG_ENDS:
            self.inside = token
        elif token in "([{":
            self.depth += 1
        elif token in ")]}":
            self.depth = max(self.depth - 1, 0)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
