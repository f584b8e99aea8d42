"""Formulas become MathML that holds every sign; what is not known is refused with the formula."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from course_lib.contracts import DataError
from course_lib.teach.lessons import ROOT
from course_lib.teach.site.tex_mathml import mathml


def tree(tex, **kinds):
    return ElementTree.fromstring(mathml(tex, **kinds))


@pytest.mark.parametrize(("tex", "reads"), [
    (r"\chi^2_{B-1}", "χB−12"), (r"18\%", "18%"), (r"\{p\}", "{p}"), (r"a \le b", "a≤b"), ("1 < 2", "1<2"),
    (r"P(\text{click at } k)", "P(click\u00a0at\u00a0k)"), (r"\frac{a}{b+1}", "ab+1"),
])
def test_every_sign_is_kept(tex, reads):
    assert "".join(tree(tex).itertext()) == reads


def test_a_display_stands_on_its_own_line_and_both_keep_the_source():
    assert tree("x", display=True).get("display") == "block" and tree("x").get("display") == "inline"
    assert tree('a < "b"').get("alttext") == 'a < "b"'


def test_a_functions_name_is_apart_from_a_letter_but_not_from_a_bracket():
    assert "mspace" in mathml(r"\log q") and "mspace" not in mathml(r"\log(q)") and "mspace" not in mathml("ab")


@pytest.mark.parametrize("tex", [r"\mystery{x}", "a}", r"\left( a", "x_1_2", r"\frac"])
def test_what_cannot_be_drawn_is_refused_with_the_formula(tex):
    with pytest.raises(DataError, match="cannot be drawn") as caught:
        mathml(tex)
    assert tex in str(caught.value)


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_formula_of_a_lesson_can_be_drawn(path):
    prose = [cell["source"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
             if cell["cell_type"] == "markdown"]
    text = re.sub(r"```.*?```|`[^`]*`", "", "\n".join("".join(part) for part in prose), flags=re.DOTALL)
    for own_line, inline in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", text, flags=re.DOTALL):
        assert mathml(own_line or inline).endswith("</math>")
