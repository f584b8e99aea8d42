"""TeX as MathML, which browsers draw by themselves: no script, no font to fetch, and screen readers read it.

It knows what lessons use: letters, sub- and superscripts, fractions, roots, accents, braces below, text. Whatever else
comes is a DataError at build time, so that no reader meets a formula that is half drawn.

Source: MathML Core, w3.org/TR/mathml-core, and the sizes of TeX's spaces from The TeXbook, chapter 18.
"""

from __future__ import annotations

import re
from html import escape

from course_lib.contracts import DataError
from course_lib.teach.site import tex_symbols as known

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\.\d+|\s+|.", re.DOTALL)
OPENING, CLOSING = "([", ")]"
THIN = '<mspace width="0.167em"></mspace>'


def mathml(tex: str, display: bool = False) -> str:
    """A formula as one <math> element. tex: what stands between the dollars. display: on a line of its own.

    Raises DataError for a command that is not known and for braces that do not match; the message holds the formula.
    """
    parser = _Parser(tex)
    body = parser.row(None)
    kind = ' display="block"' if display else ""
    return f'<math{kind} alttext="{escape(" ".join(tex.split()))}"><mrow>{body}</mrow></math>'


def _operator(sign: str, attributes: str = "") -> str:
    return f"<mo{attributes}>{escape(sign)}</mo>"


def _fence(sign: str, size: str = "") -> str:
    """A bracket or bar without space around it; of the height of a letter, or of a stated one."""
    tall = f' stretchy="true" minsize="{size}" maxsize="{size}"' if size else ' stretchy="false"'
    return _operator(sign, f'{tall} lspace="0" rspace="0"')


def _upright(text: str) -> str:
    single = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{single}>{escape(text)}</mi>"


class _Parser:
    """Reads a formula from left to right; `at` is the place of the next token."""

    def __init__(self, tex: str):
        self.tex = tex
        self.tokens = TOKEN.findall(tex)
        self.at = 0

    def fails(self, why: str) -> DataError:
        return DataError(f"the formula ${self.tex.strip()}$ cannot be drawn: {why}. Write it with what "
                         "course_lib/teach/site/tex_symbols.py names, or add the sign there.")

    def peek(self) -> str | None:
        """The next token that is no space, without taking it."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise self.fails("it ends where something has to follow")
        self.at += 1
        return token

    def row(self, end: str | None) -> str:
        """Everything up to the token `end`, which is taken; to the end of the formula where it is None."""
        parts = []
        while (token := self.peek()) != end:
            if token is None:
                raise self.fails(f"{end!r} is missing")
            if token in ("}", r"\right"):
                raise self.fails(f"{token!r} closes nothing")
            parts.append(self.scripted())
        if end is not None:
            self.take()
        return "".join(parts)

    def scripted(self) -> str:
        """One atom with what stands above and below it; a function's name with the space behind it."""
        first = self.peek()
        base = "<mrow></mrow>" if first in ("^", "_") else self.atom()
        name = (first or "").lstrip("\\")
        below = above = ""
        while (sign := self.peek()) in ("^", "_", "'"):
            self.take()
            if sign == "'":
                above += _operator("′")
            elif sign == "^":
                above += self.argument()
            else:
                below += self.argument()
        made = _with_scripts(base, below, above, name in known.LARGE or name in known.LIMITS_BELOW,
                             name == "underbrace")
        is_function = name in known.FUNCTIONS or name == "operatorname"
        return made + THIN if is_function and self._operand_follows() else made

    def _operand_follows(self) -> bool:
        following = self.peek()
        if following is None or following in ("}", "&", ",", "=", ";", "."):
            return False
        return following not in OPENING and following not in CLOSING

    def argument(self) -> str:
        """What a command or a script is applied to: a group in braces, or one atom."""
        if self.peek() == "{":
            self.take()
            return f"<mrow>{self.row('}')}</mrow>"
        token = self.peek()
        if token is not None and token.isdigit() and len(token) > 1:        # \frac12 is one half
            self.tokens[self.at:self.at + 1] = [token[0], token[1:]]
        return self.atom()

    def raw(self) -> str:
        """The text of a group in braces, as it is written."""
        if self.take() != "{":
            raise self.fails("text has to stand in braces")
        parts = []
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            parts.append(self.tokens[self.at])
            self.at += 1
        self.take()
        return "".join(parts)

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            return f"<mrow>{self.row('}')}</mrow>"
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit() or token[0] == "." and len(token) > 1:
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in "()[]|":
            return _fence(token)
        if token in "/.":
            return _operator(token, ' lspace="0" rspace="0"')
        if token in "&#$~\\^_}":
            raise self.fails(f"{token!r} has no meaning here")
        return _operator(known.PLAIN_OPERATORS.get(token, token))

    def command(self, name: str) -> str:
        """What a command draws, with the arguments that it takes."""
        signs = ((known.LETTERS, lambda sign: f"<mi>{sign}</mi>"), (known.UPRIGHT, _upright),
                 (known.OPERATORS, _operator), (known.FENCES, _fence), (known.LARGE, _operator),
                 (known.SPACES, lambda wide: f'<mspace width="{wide}"></mspace>'))
        for table, draw in signs:
            if name in table:
                return draw(table[name])
        if name in known.FUNCTIONS:
            return _upright(name)
        if name in known.ACCENTS:
            sign = _operator(known.ACCENTS[name], ' stretchy="false"')
            return f'<mover accent="true">{self.argument()}{sign}</mover>'
        if name in known.SIZES:
            return self._sized(known.SIZES[name])
        taking = getattr(self, f"_command_{name}", None)
        if taking is None:
            raise self.fails(f"the command \\{name} is not known")
        return taking()

    def _sized(self, size: str) -> str:
        sign = self.take()
        if sign.startswith("\\"):
            sign = known.FENCES.get(sign[1:], "")
        if not sign or sign not in "()[]{}|‖⟨⟩⌊⌋⌈⌉":
            raise self.fails("a size such as \\big stands before a bracket")
        return _fence(sign, size)

    def _command_frac(self) -> str:
        above, below = self.argument(), self.argument()
        return f"<mfrac>{above}{below}</mfrac>"

    def _command_tfrac(self) -> str:
        return f'<mstyle displaystyle="false">{self._command_frac()}</mstyle>'

    def _command_sqrt(self) -> str:
        return f"<msqrt>{self.argument()}</msqrt>"

    def _command_text(self) -> str:
        return f"<mtext>{escape(self.raw()).replace(' ', chr(160))}</mtext>"

    def _command_mathrm(self) -> str:
        return _upright(self.raw())

    _command_operatorname = _command_mathrm

    def _command_underbrace(self) -> str:
        return f'<munder>{self.argument()}{_operator("⏟", " stretchy=" + chr(34) + "true" + chr(34))}</munder>'

    def _command_left(self) -> str:
        opening = self.take().lstrip("\\")
        inside = self.row(r"\right")
        closing = self.take().lstrip("\\")
        ends = [_operator("" if sign == "." else known.FENCES.get(sign, sign), ' stretchy="true" lspace="0" rspace="0"')
                for sign in (opening, closing)]
        return f"<mrow>{ends[0]}{inside}{ends[1]}</mrow>"


def _with_scripts(base: str, below: str, above: str, limits: bool, brace: bool) -> str:
    """The base with its scripts. limits: in a display they stand below and above the sign. brace: always below."""
    if not below and not above:
        return base
    over, under = f"<mrow>{above}</mrow>", f"<mrow>{below}</mrow>"
    kind = "munder" if limits or brace else "msub"
    if below and above:
        both = "munderover" if kind == "munder" else "msubsup"
        return f"<{both}>{base}{under}{over}</{both}>"
    if below:
        return f"<{kind}>{base}{under}</{kind}>"
    alone = "mover" if limits else "msup"
    return f"<{alone}>{base}{over}</{alone}>"
