"""A figure of explore(), built and stored, moves on a page of the site and in a notebook viewer, in a real browser.

Without scripts, both show the figure at its start and a sentence.
"""

import contextlib
import os
import shutil

import pytest

from course_lib.teach.site import lesson_pages, site_frame

HEAD = "# 99 Figures\n\n**The decision.** Does it move?\n\n| Minutes | 1 |\n|---|---|"
DRAW = """from course_lib.teach import *
import matplotlib.pyplot as plt

def bar(height=2, kind="blue", line=0.5):
    shown = plt.figure(figsize=(4, 3))
    shown.subplots().bar([0, 1], [height, 3], color=kind)
    shown.axes[0].axhline(line)
    shown.axes[0].set_title(f"Height {height}")
    return shown"""
TWO = 'explore(bar, height=(1, 4), kind=["blue", "red"])'
THREE = 'explore(bar, height=(1, 3), kind=["blue", "red"], line=(0.0, 1.0, 0.5))'
PAGES = ("site", "viewer")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """{"site": the page of a lesson, "viewer": the same notebook as nbconvert shows it}, as files."""
    import nbclient
    import nbconvert
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    out = tmp_path_factory.mktemp("frames")
    book = new_notebook(cells=[new_markdown_cell(HEAD), *map(new_code_cell, (DRAW, TWO, THREE))])
    nbclient.NotebookClient(book, timeout=120).execute(env={**os.environ, "COURSE_BUILT": "1"})
    nbformat.write(book, out / "99_figures.ipynb")
    page = lesson_pages.read(out / "99_figures.ipynb", set())
    text = site_frame.templates().get_template("lesson.html").render(
        here="99_figures.html", title=page.title, page=page, before=None, after=None, asked=[])
    (out / "site.html").write_text(text, encoding="utf-8")
    for path in site_frame.ASSETS:
        shutil.copy(path, out / path.name)
    (out / "viewer.html").write_text(nbconvert.HTMLExporter().from_notebook_node(book)[0], encoding="utf-8")
    return {name: out / f"{name}.html" for name in PAGES}


@contextlib.contextmanager
def opened(browser, path, **how):
    """A page without a network (nbconvert's asks for MathJax); afterwards no script of it has failed."""
    page, crashes = browser.new_page(viewport={"width": 1000, "height": 900}, **how), []
    page.on("pageerror", lambda error: crashes.append(str(error)))
    page.route("http*://**", lambda route: route.abort())
    page.goto(path.as_uri())
    yield page
    page.close()
    assert [said for said in crashes if "MathJax" not in said and "require" not in said] == []


def seen(page, place):
    """Pixels of the figure at `place`, as a person sees it: with what lies under a frame."""
    page.wait_for_function("[...document.images].every(image => image.complete)")
    return page.locator("img").nth(place).screenshot()


def told(shown, words):
    """Wait until a figure says this of itself, which it does as soon as it shows it."""
    from playwright.sync_api import expect

    expect(shown).to_have_attribute("alt", words, timeout=30_000)


@pytest.mark.parametrize("name", PAGES)
def test_a_figure_moves_by_keyboard_and_says_where_it_is(built, browser, name):
    with opened(browser, built[name]) as page:
        box, shown = page.locator(".movers").first, page.locator("img").first
        slider, choice = box.get_by_role("slider", name="height"), box.get_by_role("combobox", name="kind")
        start = seen(page, 0)
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == box.locator(".now").text_content() == "3"
        told(shown, "Height 3. At height 3, kind blue.")
        assert page.locator(".course-frames [role=status]").first.text_content() == shown.get_attribute("alt")
        higher = seen(page, 0)
        choice.select_option(label="red")
        told(shown, "Height 3. At height 3, kind red.")
        assert len({start, higher, seen(page, 0)}) == 3
        choice.select_option(label="blue")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        told(shown, "Height 2. At height 2, kind blue.")
        assert seen(page, 0) == start
        if folder := os.environ.get("BROWSER_SHOTS"):
            page.screenshot(path=f"{folder}/frames-{name}.png", full_page=True)


@pytest.mark.parametrize("name", PAGES)
def test_with_three_controls_moving_one_puts_the_others_back(built, browser, name):
    with opened(browser, built[name]) as page:
        box, shown = page.locator(".movers").nth(1), page.locator("img").nth(1)
        box.get_by_role("slider", name="height").press("End")
        told(shown, "Height 3. At height 3, kind blue, line 0.5.")
        box.get_by_role("slider", name="line").press("Home")
        told(shown, "Height 2. At height 2, kind blue, line 0.")
        assert box.get_by_role("slider", name="height").get_attribute("aria-valuetext") == "2"
        assert "One is moved at a time" in box.text_content()
        assert page.locator("img").first.get_attribute("alt") != shown.get_attribute("alt")   # the other stands still


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_the_figure_stands_with_a_sentence(built, browser, name):
    with opened(browser, built[name], java_script_enabled=False) as page:
        shown = page.locator("img").first
        assert shown.bounding_box()["width"] > 200
        said = page.locator(".course-frames p").first
        assert said.is_visible() and said.text_content().startswith("The figure is shown at height = 2 and ")
        assert page.locator("input[type=range], select").count() == 0
        assert page.locator(".course-frames").first.inner_text().strip() == said.text_content()
