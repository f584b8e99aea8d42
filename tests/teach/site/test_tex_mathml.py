"""Formulas become MathML that says the same; what is not known is refused with the formula."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from course_lib.contracts import DataError
from course_lib.teach.site.tex_mathml import mathml


def words(tex, **kinds):
    """The signs of a formula in order, and its MathML as a tree; a formula that is no XML fails here."""
    tree = ElementTree.fromstring(mathml(tex, **kinds))
    return "".join(tree.itertext()), tree


def shape(tex):
    """The MathML inside of <math><mrow>, without attributes."""
    inner = re.sub(r"(<\w+)[^>]*>", r"\1>", mathml(tex))
    return inner.removeprefix("<math><mrow>").removesuffix("</mrow></math>")


def test_scripts_hold_to_what_stands_before_them():
    assert shape("x_i^2") == "<msubsup><mi>x</mi><mrow><mi>i</mi></mrow><mrow><mn>2</mn></mrow></msubsup>"
    assert shape("e^{s_{ui}}").startswith("<msup><mi>e</mi><mrow><mrow><msub><mi>s</mi>")
    assert shape("x^2_i") == shape("x_i^2")
    assert shape("B'") == "<msup><mi>B</mi><mrow><mo>′</mo></mrow></msup>"


def test_fractions_roots_and_accents_take_what_follows():
    assert shape(r"\frac1B") == "<mfrac><mn>1</mn><mi>B</mi></mfrac>"
    assert shape(r"\frac12") == "<mfrac><mn>1</mn><mn>2</mn></mfrac>"
    assert shape(r"\frac{a}{b+1}").count("<mrow>") == 2
    assert shape(r"1/\sqrt n").endswith("<msqrt><mi>n</mi></msqrt>")
    assert shape(r"\bar r_k").startswith("<msub><mover><mi>r</mi><mo>¯</mo></mover>")
    assert "displaystyle" in mathml(r"\tfrac{1}{2}")


def test_sums_carry_their_limits_below_and_letters_beside():
    assert shape(r"\sum_{b=1}^{B} x").startswith("<munderover><mo>∑</mo>")
    assert shape(r"\log_M n").startswith("<msub><mi>log</mi>")
    assert shape(r"\underbrace{4d}_{\text{exact}}").startswith("<munder><munder>")


def test_a_functions_name_is_apart_from_a_letter_but_not_from_a_bracket():
    assert "<mspace>" in shape(r"\log q") and "<mspace>" not in shape(r"\log(q)")
    assert "<mspace>" in shape(r"\operatorname{logit} c") and "<mspace>" not in shape(r"\min(m, n)")


@pytest.mark.parametrize(("tex", "reads"), [
    (r"0.99\,q + 0.01\,p", "0.99q+0.01p"), (r"\chi^2_{B-1}", "χB−12"), (r"p^*", "p∗"), (r"18\%", "18%"),
    (r"\{p\}", "{p}"), (r"\mathrm{KL}(p \,\|\, \tilde q)", "KL(p‖q~)"), (r"a \le b \Longleftrightarrow c", "a≤b⟺c"),
    (r"P(\text{click at } k)", "P(click\u00a0at\u00a0k)"), ("1 < 2", "1<2"), ("1 - .99^{100}", "1−.99100"),
])
def test_every_sign_is_kept(tex, reads):
    assert words(tex)[0] == reads


def test_brackets_keep_the_height_of_letters_unless_told_otherwise():
    assert 'stretchy="false"' in mathml("(a)")
    assert 'minsize="1.8em"' in mathml(r"\Big( a \Big)") and 'minsize="1.2em"' in mathml(r"\big[ a \big]")
    assert mathml(r"\left( \frac{a}{b} \right)").count('stretchy="true"') == 2


def test_a_display_stands_on_its_own_line_and_both_keep_the_source():
    assert words("x", display=True)[1].get("display") == "block" and words("x")[1].get("display") is None
    assert words('a < "b"')[1].get("alttext") == 'a < "b"'


@pytest.mark.parametrize(("tex", "why"), [
    (r"\mystery{x}", "mystery"), (r"\frac{a}", "ends where something has to follow"), ("{a", "'}' is missing"),
    ("a}", "closes nothing"), (r"\big x", "before a bracket"), ("a & b", "no meaning"), (r"\text x", "in braces"),
    (r"\left( a", "missing"),
])
def test_what_cannot_be_drawn_is_refused_with_the_formula(tex, why):
    with pytest.raises(DataError, match="cannot be drawn") as caught:
        mathml(tex)
    assert why in str(caught.value) and tex.strip() in str(caught.value)
