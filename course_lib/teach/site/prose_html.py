"""Markdown of lessons and pages as HTML: headings with anchors, formulas as MathML, links that stay inside the site."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course_lib.teach.site.tex_mathml import mathml

EXERCISE = re.compile(r"^(?:Exercise|Decide|Referee) (\d+\.\w+)\b")
NOTEBOOK = re.compile(r"^(?:\.\./)?(?:solutions/|notebooks/)?(\d\d_\w+)\.ipynb(#.*)?$")
EMPTY_HEAD = re.compile(r"<thead>(?:\s|</?t[rh][^>]*>)*</thead>")      # of a table that has no headings
OUTSIDE = re.compile(r"^(?:https?:|mailto:|#)")


def plain(markup: str) -> str:
    """The words of a piece of HTML, without tags; of a formula its signs."""
    text = html.unescape(re.sub(r"<[^>]+>", "", markup))
    return " ".join(text.split())


def anchor_of(exercise_id: str) -> str:
    """The anchor of an exercise's heading: "exercise-4-1" for "4.1"."""
    return f"exercise-{exercise_id.replace('.', '-')}"


@dataclass
class Heading:
    """A heading as it stands on a page. words: without tags."""

    level: int
    anchor: str
    words: str


@dataclass
class Anchors:
    """The anchors of one page, each of them once; `headings` in the order of the page."""

    headings: list[Heading] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add(self, level: int, words: str) -> str:
        """The anchor for a heading: its words with hyphens, a number behind where two headings have the same."""
        exercise = EXERCISE.match(words)
        wanted = anchor_of(exercise[1]) if exercise else re.sub(r"[^\w]+", "-", words.lower()).strip("-") or "part"
        anchor, count = wanted, 1
        while anchor in self.taken:
            count += 1
            anchor = f"{wanted}-{count}"
        self.taken.add(anchor)
        self.headings.append(Heading(level, anchor, words))
        return anchor


class _Renderer(IPythonRenderer):
    """HTML of this site. lower: how many levels every heading is put down, so that a page has one of the first."""

    def __init__(self, anchors: Anchors, pages: set[str], lower: int):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.anchors, self.pages, self.lower = anchors, pages, lower

    def heading(self, text: str, level: int, **attrs) -> str:
        level = min(level + self.lower, 6)
        anchor = self.anchors.add(level, plain(text))
        link = f'<a class="anchor" href="#{anchor}" aria-label="Link to this heading">#</a>'
        return f'<h{level} id="{anchor}">{text} {link}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if found := NOTEBOOK.match(url):
            if found[1] in self.pages:
                return f'<a href="{found[1]}.html{found[2] or ""}">{text}</a>'
        elif OUTSIDE.match(url):
            return f'<a href="{html.escape(url)}">{text}</a>'
        return f"{text} (<code>{html.escape(url)}</code> in the course's folder)"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>Picture: {html.escape(text)} (<code>{html.escape(url)}</code> in the course's folder)</em>"

    def table(self, text: str) -> str:
        text = EMPTY_HEAD.sub("", text)
        return f'<div class="wide"><table>{text}</table></div>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{html.escape(code.rstrip())}</code></pre>\n"

    def block_math(self, body: str) -> str:
        return f'<span class="wide formula">{mathml(body, display=True)}</span>'

    def inline_math(self, body: str) -> str:
        return mathml(body)


def to_html(text: str, anchors: Anchors | None = None, pages: set[str] = frozenset(), lower: int = 0) -> str:
    """Markdown as HTML. anchors: those of the page so far, to which its headings are added. pages: lessons that the
    site has, such as "04_negatives"; a link to anything else in the course becomes words. Raises DataError for a
    formula that cannot be drawn."""
    return MarkdownWithMath(renderer=_Renderer(anchors or Anchors(), pages, lower)).render(text)
