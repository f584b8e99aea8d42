"""One lesson's page in a real browser: its quizzes answer, a guess is held against the stored run."""

import itertools
import json
import os
import shutil
from pathlib import Path

import pytest

from course_lib.teach.cards import claim as find_claim
from course_lib.teach.ledger.guesses import judge, scale_of
from course_lib.teach.site import lesson_pages, site_frame

ROOT = Path(__file__).resolve().parents[2]
LESSON = "08_feature_audit"
CLAIMS = ("ann.nprobe", "ann.small", "negatives.suppress", "negatives.streaming", "interview.p99", "serving.batching",
          "feature_audit.offline", "metric_stack.correlation", "experiments.peeking", "experiments.naive")
VALUES = (-0.37, -0.04, 0.0213, 0.2718, 0.953, 1.0, 3.14159, 1234.5)
GUESSES = (-3.0, -0.5, 0.0, 0.02, 0.27, 0.9, 1.0, 2.5, 35.0, 240.0, [-0.2, 0.4], [0.1, 0.3], [5.0, 50.0])


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The page of one lesson, and what it needs, in a folder of its own."""
    out = tmp_path_factory.mktemp("lesson")
    page = lesson_pages.read(ROOT / "solutions" / f"{LESSON}.ipynb", {LESSON})
    text = site_frame.templates().get_template("lesson.html").render(
        here=f"{LESSON}.html", title=page.title, page=page, before=None, after=None, asked=[])
    (out / f"{LESSON}.html").write_text(text, encoding="utf-8")
    for path in site_frame.ASSETS:
        shutil.copy(path, out / path.name)
    return out / f"{LESSON}.html"


@pytest.fixture
def page(browser, lesson):
    """The lesson, opened from the disk; afterwards nothing was written to the console and no host was asked."""
    opened = browser.new_page(viewport={"width": 1400, "height": 1000})
    said, asked = [], []
    opened.on("console", lambda held: said.append(held.text) if held.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else asked.append(r.url))
    opened.goto(lesson.as_uri())
    yield opened
    opened.close()
    assert said == [] and asked == []


def shot(page, name, place):
    """A picture of what stands around `place`, where BROWSER_SHOTS names a folder."""
    if folder := os.environ.get("BROWSER_SHOTS"):
        place.scroll_into_view_if_needed()
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_quiz_answers_every_choice_with_its_own_sentence(page, lesson):
    quiz = page.locator(".course-quiz").first
    choices, said = quiz.get_by_role("button"), quiz.get_by_role("status")
    assert quiz.locator("details").count() == 0 and said.text_content() == "" and choices.count() > 1
    heard = []
    for place in range(choices.count()):
        choices.nth(place).focus()
        page.keyboard.press("Enter")
        heard.append(said.text_content())
        assert quiz.locator("[aria-pressed=true]").count() == 1
    assert len(set(heard)) == len(heard)
    assert sum(text.startswith("✓") for text in heard) == 1
    assert quiz.locator(".is-right").count() == 1 and quiz.locator(".is-wrong").count() == len(heard) - 1
    total = page.locator(".course-quiz").count()
    assert f"1 of {total} questions" in heard[-1] if heard[-1].startswith("✓") else f"of {total} questions" in heard[-1]
    shot(page, "site-quiz", quiz)


def test_a_typed_guess_is_compared_with_the_stored_run(page):
    form = page.locator("form.guess").first
    held = json.loads(form.get_attribute("data-held"))
    field, said = form.get_by_role("textbox"), form.get_by_role("status")
    field.fill("a lot")
    page.keyboard.press("Enter")
    assert field.get_attribute("aria-invalid") == "true" and "no number" in said.text_content()
    field.fill("0.1 to 0.2")
    page.keyboard.press("Enter")
    claim = find_claim(held["claim"])
    for row in held["rows"]:
        told = judge(claim, [0.1, 0.2], row["value"], row["low"], row["high"]).says
        assert row["where"] + told in said.text_content()
    assert field.get_attribute("readonly") is not None and form.get_by_role("button").is_disabled()
    shot(page, "site-guess", form)
    said.get_by_role("link").click()
    assert page.evaluate("document.querySelector(':target').dataset.about").endswith(f" {held['claim']}")


def test_the_page_judges_as_the_course_does(page):
    """The same sentence from the script and from ledger/guesses.py, for every kind of number."""
    kinds = {}
    for claim in map(find_claim, CLAIMS):
        kinds.setdefault(_of_claim(claim)["scale"], claim)
    assert len(kinds) > 2
    asked, told = [], []
    for claim, value, guess, wide in itertools.product(kinds.values(), VALUES, GUESSES, (0, 0.05)):
        mine = guess if isinstance(guess, list) else [guess, guess]
        asked.append([_of_claim(claim), {"value": value, "low": value - wide, "high": value + wide}, mine])
        told.append((claim.id, value, guess, judge(claim, guess, value, value - wide, value + wide).says))
    said = page.evaluate("all => all.map(([held, row, mine]) => judge(held, row, mine))", asked)
    other = [(*expected, found) for expected, found in zip(told, said, strict=True) if expected[-1] != found]
    assert len(told) > 500 and other == []


def _of_claim(claim) -> dict:
    ends = [end if abs(end) < float("inf") else None for end in claim.expected]
    return {"scale": scale_of(claim), "ends": ends}


@pytest.mark.parametrize(("typed", "meant"), [
    ("20", [20, 20]), ("5 to 50", [5, 50]), ("(5, 50)", [5, 50]), ("35%", [0.35, 0.35]), ("−0.2 to 0.1", [-0.2, 0.1]),
    ("1,500", [1500, 1500]), ("(5,500)", [5, 500]), ("50 to 5", None), ("much", None), ("", None), ("1 2", None)])
def test_what_is_typed_is_read_as_it_is_meant(page, typed, meant):
    assert page.evaluate("text => read(text)", typed) == meant
