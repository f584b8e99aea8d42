"""The site as it lies on the disk: whole, small, leading nowhere but into itself, asking nothing of any host."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from course_lib.teach import cards, lessons
from course_lib.teach.ledger import claims, replicates
from course_lib.teach.ledger.further_runs import survived
from course_lib.teach.show.explore_frames import picture
from course_lib.teach.site.site_frame import POLICY

ROOT = Path(__file__).resolve().parents[3]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
MAY_STAY_OPEN = {"li", "p", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option"}


@pytest.fixture(scope="session")
def pages(site):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(site.glob("*.html"))}


@pytest.fixture(scope="session")
def soups(pages):
    return {name: BeautifulSoup(text, "html.parser") for name, text in pages.items()}


class Nesting(HTMLParser):
    """Finds tags that close what is not open, or that are never closed."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        while self.open and self.open[-1] != tag and self.open[-1] in MAY_STAY_OPEN:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.wrong.append((self.getpos(), tag))


def test_there_is_a_page_for_every_lesson_and_for_each_part(pages):
    lessons_pages = {f"{number}_{name}.html" for name, number in lessons.numbers().items()}
    assert set(pages) == lessons_pages | {"index.html", "ledger.html", "exercises.html", "instructor.html",
                                          "search.html"}


def test_every_page_is_nested_rightly_and_says_its_language_and_title(pages, soups):
    for name, text in pages.items():
        parser = Nesting()
        parser.feed(text)
        assert parser.wrong == [] and set(parser.open) <= MAY_STAY_OPEN, name
        assert soups[name].html["lang"] == "en" and soups[name].title.text.strip(), name
        assert len(soups[name].find_all("h1")) == 1 and soups[name].main is not None, name


def test_every_page_is_below_three_megabytes(site):
    assert {path.name: path.stat().st_size for path in site.iterdir() if path.stat().st_size > 3e6} == {}


def test_every_link_inside_the_site_leads_somewhere(site, soups):
    anchors = {name: {tag["id"] for tag in soup.find_all(id=True)} for name, soup in soups.items()}
    addresses = [(name, tag["href"]) for name, soup in soups.items() for tag in soup.find_all("a", href=True)]
    addresses += [("search-index.js", address) for address, _, _ in index_of(site)]
    lost = []
    for name, address in addresses:
        if re.match(r"https?:|mailto:", address):
            continue
        page, _, anchor = unquote(address).partition("#")
        if (page or name) not in anchors or anchor and anchor not in anchors[page or name]:
            lost.append((name, address))
    assert len(addresses) > 500 and lost == []


def test_no_anchor_stands_twice_on_a_page(soups):
    for name, soup in soups.items():
        found = [tag["id"] for tag in soup.find_all(id=True)]
        assert sorted(set(found)) == sorted(found), name


def test_nothing_is_loaded_from_outside(site, soups):
    asked = []
    for name, soup in soups.items():
        for tag in soup.find_all(True):
            kinds = ("src", "srcset", "data", "poster", "action") + (("href",) if tag.name == "link" else ())
            asked += [(name, tag.name, tag[kind][:80]) for kind in kinds if tag.has_attr(kind)]
            assert not re.search(r"url\(|@import", tag.get("style", "")), (name, tag.name)
    outside = [held for held in asked if not (held[2].startswith("data:image/") or (site / held[2]).is_file())]
    assert len(asked) > 100 and outside == []
    for path in [*site.glob("*.css"), *site.glob("*.js")]:
        if path.name != "search-index.js":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"https?://|url\(|@import|\bfetch\(|XMLHttpRequest|import\(", text), path.name


def test_no_script_stands_in_a_page_and_the_policy_forbids_outside_requests(soups):
    for name, soup in soups.items():
        policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy == POLICY and "default-src 'none'" in policy and "http" not in policy and "*" not in policy
        scripts = [tag for tag in soup.find_all("script") if tag.get("type") != "application/json"]   # frames are data
        assert [tag for tag in scripts if not tag.get("src") or tag.get_text(strip=True)] == [], name
        assert not [tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)], name
        assert soup.find("base") is None and soup.find("iframe") is None


def test_every_picture_has_a_text_of_its_own_and_a_size(soups):
    pictures = [(name, tag) for name, soup in soups.items() for tag in soup.find_all("img")]
    assert len(pictures) > 100
    assert sum(tag["alt"].startswith("Figure under") for _, tag in pictures) <= len(pictures) // 20
    for name, tag in pictures:
        assert len(tag["alt"]) > 10 and not tag["alt"].startswith("<") and int(tag["width"]) > 50, (name, tag["alt"])
    strips = soups["ledger.html"].find_all("svg")
    assert len(strips) > 80 and all(len(tag["aria-label"]) > 40 for tag in strips)


def test_every_field_has_a_label(soups):
    for name, soup in soups.items():
        fields = soup.find_all(["input", "select", "textarea"])
        labels = {label["for"] for label in soup.find_all("label")}
        assert fields and {field["id"] for field in fields} <= labels, name


def test_every_wide_thing_stands_in_a_box_that_scrolls(site, soups):
    for name, soup in soups.items():
        assert [tag for tag in soup.find_all("table") if tag.find_parent(class_="wide") is None] == [], name
        assert [tag for tag in soup.select("math[display=block]") if tag.find_parent(class_="wide") is None] == [], name
    assert re.search(r"\.wide, pre \{ overflow-x: auto", (site / "site.css").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", from 0 to 1. Source: WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    lower, upper = sorted([luminance(one), luminance(other)])
    return (upper + 0.05) / (lower + 0.05)


def test_every_colour_of_words_can_be_read_in_light_and_in_dark(site):
    """Contrast of at least 4.5 on the page and on code (WCAG 2.2, 1.4.3)."""
    style = (site / "site.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for name in ("text", "quiet", "link", "good", "bad", *(name for name in colours if name.startswith("code-"))):
            for ground in ("page", "soft"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
        assert contrast(colours["text"], colours["mark"]) >= 4.5


def test_every_colour_that_stored_words_bring_along_can_be_read(site, soups):
    """Code in a notice lies on white in light and in dark; a colour of a sign or word is one that site.css replaces."""
    style = (site / "site.css").read_text(encoding="utf-8")
    assert '.course-notice pre[style*="background:rgba"] { background: #fff !important' in style
    for name, soup in soups.items():
        for tag in soup.select("[style*=color]"):
            colour = re.search(r"(?:^|;)\s*color:\s*(#\w+)", tag["style"])
            if colour is None or not tag.get_text(strip=True):
                continue
            if tag.find_parent("pre", style=re.compile("background:rgba")):
                full = colour[1] if len(colour[1]) == 7 else "#" + "".join(2 * digit for digit in colour[1][1:])
                assert contrast(full.lower(), "#ffffff") >= 4.5, (name, str(tag)[:80])
            else:
                assert f'{tag.name}[style*="{colour[1]}"]' in style, (name, str(tag)[:80])


def test_headings_go_down_one_level_at_a_time_and_what_is_clicked_has_a_name(soups):
    for name, soup in soups.items():
        levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
        steps = [below - above for above, below in zip(levels, levels[1:], strict=False)]
        assert levels[0] == 1 and max(steps, default=0) <= 1, name
        clicked = soup.find_all(["a", "button", "summary", "label", "legend"])
        nameless = [str(tag)[:80] for tag in clicked if not tag.get_text(strip=True) and not tag.get("aria-label")]
        assert nameless == [], name
        assert {len(soup.find_all(tag)) for tag in ("header", "main", "footer")} == {1}, name
        names = [tag["aria-label"] for tag in soup.find_all("nav")]
        assert len(set(names)) == len(names) > 0, name


def test_no_formula_stands_as_its_source(soups):
    texts = {name: soup.find_all(class_="prose") for name, soup in soups.items() if name[0].isdigit()}
    formulas = sum(len(block.find_all("math")) for blocks in texts.values() for block in blocks)
    assert formulas > 200
    for name, blocks in texts.items():
        for block in blocks:
            for tag in block.find_all(["code", "pre", "math"]):
                tag.decompose()
            assert not re.search(r"\$|\\[a-z]{2,}", block.get_text()), (name, block.get_text()[:300])


def index_of(site) -> list:
    text = (site / "search-index.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("const COURSE_INDEX = ").rstrip(";\n"))


def test_the_search_index_finds_what_lessons_say_and_gives_no_answer_away(site):
    found = index_of(site)
    assert any("logq" in words.lower() and address.startswith("04_negatives.html#") for address, _, words in found)
    assert any(address.startswith("ledger.html#negatives.") for address, _, _ in found)
    everything = " ".join(words for _, _, words in found)
    told = {mistake.says for card in cards.cards_of("negatives") for mistake in card.mistakes}
    assert told and not [says for says in told if says in everything]
    assert not any(address.startswith("instructor") for address, _, _ in found)
    assert "<" not in (site / "search-index.js").read_text(encoding="utf-8")


def test_the_ledger_shows_every_statement_with_the_verdict_that_is_computed(soups):
    shown = {tag["id"]: tag for tag in soups["ledger.html"].select("article.statement")}
    entries = [entry for entry in claims.gather(ROOT / "solutions") if entry.rows or entry.replicates]
    assert {lessons.kept(entry.claim.id) for entry in entries} <= set(shown) and len(entries) > 100
    for entry in entries:
        held = shown[lessons.kept(entry.claim.id)]
        assert held.select_one(".verdict strong").text == entry.verdict.text
        assert held["data-lesson"] == entry.claim.lesson and held["data-kind"] == entry.claim.kind
    for name in ("kind", "verdict", "lesson"):
        offered = {tag["value"] for tag in soups["ledger.html"].select(f"#by-{name} option")} - {""}
        assert offered >= {tag[f"data-{name}"] for tag in shown.values()}


def test_the_ledger_says_what_further_runs_say(soups):
    """The sentence with the counts, as the ledger's own page makes it; nothing of it is typed here."""
    folder = ROOT / "solutions" / "ledger"
    table, further = (replicates.read(folder / held.name) for held in (replicates.TABLE, replicates.FURTHER))
    told = survived(claims.entries_of(table), table, further)
    counts = re.search(r"\*\*(.+?)\*\*", told)[1]
    assert counts in soups["ledger.html"].select_one("#further-runs").get_text()


def test_every_figure_of_explore_moves(soups):
    calls = {name: text.count("\nexplore(") for name in soups if (text := source_of(name))}
    figures = {name: len(soup.select(".moving")) for name, soup in soups.items()}
    assert {name: count for name, count in figures.items() if count != calls.get(name, 0)} == {}
    assert sum(count > 0 for count in calls.values()) > 6
    for name, soup in soups.items():
        for figure in soup.select(".moving"):
            held = json.loads(figure.select_one("script[type='application/json']").string)
            assert figure.img and "is shown at" in figure.p.text and len(held["frames"]) > 3, name
            assert len({webp for webp, _ in held["frames"].values()}) == len(held["frames"]), name
            assert not [title for _, title in held["frames"].values() if " at 0x" in title], name
            start = " ".join(str(control["start"]) for control in held["controls"])
            same = picture(held["frames"][start][0].replace("-", "+").replace("_", "/"), "RGBA")
            assert same.getchannel("A").getextrema() == (0, 0), (name, "the start is another figure than is shown")


def source_of(name):
    path = ROOT / "solutions" / "source" / name.replace(".html", ".py")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_every_prediction_that_the_lesson_measured_can_be_typed(soups):
    for name, soup in soups.items():
        asked = {tag["data-about"].split()[1] for tag in soup.select(".course-notice[data-status=todo]")
                 if tag["data-about"].startswith("Prediction ")}
        typed = {json.loads(form["data-held"])["claim"] for form in soup.select("form.guess")}
        measured = {tag["data-about"].split()[-1] for tag in soup.select(".course-notice:not([data-status=todo])")}
        assert typed == asked & measured, name
        above = [form.find_previous_sibling(class_="course-notice").text for form in soup.select("form.guess")]
        assert [text for text in above if "Replace the dots" in text] == []
    assert sum(len(soup.select("form.guess")) for soup in soups.values()) > 20


def test_every_exercise_is_listed_with_its_known_mistakes_folded(soups):
    for lesson in cards.lessons():
        for held in cards.exercises_of(lesson):
            item = soups["exercises.html"].find(id=held.id)
            assert held.title in item.get_text()
            assert len(item.select("details dt")) >= min(len(getattr(held, "mistakes", ())), 3)
    assert not soups["exercises.html"].select("details[open]")


def test_the_first_page_begins_with_what_the_course_is(soups):
    intro = soups["index.html"].select_one(".prose").get_text()
    assert intro.strip().startswith("You build one recommender") and len(intro) < 1500


def test_the_map_leads_to_the_lessons_and_the_instructors_page_opens_on_a_click(soups):
    led = {tag["href"] for tag in soups["index.html"].select(".map a")}
    assert {"03_two_tower.html", "06_ranker.html", "12_launch.html", "01_objective.html"} <= led
    gate = soups["instructor.html"].select_one("details.gate")
    assert not gate.has_attr("open") and "gives answers away" in soups["instructor.html"].get_text()
    assert gate.find("table") is not None
    assert soups["instructor.html"].find("table") is gate.find("table")


def test_no_page_shows_a_control_by_its_address(soups):
    assert not [name for name, soup in soups.items() if "VBox(" in soup.get_text()]
