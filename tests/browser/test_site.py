"""The site in a real browser, from the disk: every page opens, nothing is asked of a host, filters and search work."""

import os

import pytest

from course_lib.teach.site import site_build

WIDTHS = (1400, 390)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "pages"
    site_build.build(out)
    return out


@pytest.fixture
def page(browser):
    """A page of its own; afterwards nothing was written to the console and no host was asked."""
    opened = browser.new_page(viewport={"width": 1400, "height": 1000})
    said, asked = [], []
    opened.on("console", lambda held: said.append(held.text) if held.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else asked.append(r.url))
    yield opened
    opened.close()
    assert said == [] and asked == []


def shot(page, name):
    """A picture of what is seen, where BROWSER_SHOTS names a folder."""
    if folder := os.environ.get("BROWSER_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_every_page_opens_and_none_scrolls_sideways(site, page):
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            for path in sorted(site.glob("*.html")):
                page.goto(path.as_uri())
                assert page.locator("h1").count() == 1, path.name
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, (path.name, width, wide)
                shot(page, f"site-{path.stem}-{width}-{scheme}")


def test_pictures_and_formulas_are_drawn(site, page):
    page.goto((site / "04_negatives.html").as_uri())
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 50)")
    fractions = page.locator("math mfrac")
    assert fractions.count() > 0 and fractions.first.bounding_box()["height"] > 15


def test_the_ledger_is_filtered_and_sorted(site, page):
    page.goto((site / "ledger.html").as_uri())
    everything = page.locator(".statement:visible").count()
    page.get_by_label("Verdict", exact=True).select_option("does not hold")
    shown = page.locator(".statement:visible")
    assert 0 < shown.count() < everything
    assert set(shown.locator(".verdict strong").all_text_contents()) == {"does not hold"}
    assert page.get_by_role("status").text_content().startswith(f"{shown.count()} of ")
    page.get_by_label("Verdict", exact=True).select_option("")
    page.get_by_label("Sorted by", exact=True).select_option("verdict")
    order = page.locator(".statement").evaluate_all("all => all.map(s => s.dataset.verdict)")
    assert len(order) == everything and order[0] != order[-1]
    assert all(order.index(word) + order.count(word) - 1 == len(order) - 1 - order[::-1].index(word)
               for word in set(order))                          # each verdict's statements stand together
    page.get_by_label("Words", exact=True).fill("logQ")
    assert 0 < page.locator(".statement:visible").count() < everything
    shot(page, "site-ledger-filtered")


def test_the_search_finds_logq_by_keyboard_alone(site, page):
    page.goto((site / "index.html").as_uri())
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("logQ")
    page.keyboard.press("Enter")
    page.locator("#results li").first.wait_for()
    assert page.url.startswith("file:") and page.url.endswith("search.html?q=logQ")
    assert "logq" in page.locator("#results mark").first.text_content().lower()
    shot(page, "site-search")
    address = page.locator("#results a").first.get_attribute("href")
    page.locator("#results a").first.click()
    page.wait_for_url(f"**/{address}")
    assert "logq" in page.locator("main").text_content().lower()


def test_the_instructors_page_is_shown_on_a_click(site, page):
    page.goto((site / "instructor.html").as_uri())
    table = page.locator("main table").first
    assert not table.is_visible()
    page.locator(".gate > summary").press("Enter")
    assert table.is_visible()


def test_the_map_stands_in_two_rows(site, page):
    page.goto((site / "index.html").as_uri())
    for row in page.locator(".flow").all():
        assert len({box.bounding_box()["y"] for box in row.locator("li").all()}) == 1


def test_the_policy_stops_what_would_go_outside(site, browser):
    """Its own page, whose console is expected to speak: a picture from a host is not even asked for."""
    text = (site / "search.html").read_text(encoding="utf-8")
    changed = site / "changed.html"
    changed.write_text(text.replace("<h1>", '<img src="http://127.0.0.1:9/spy.png" alt="spy"><h1>', 1))
    try:
        opened, said = browser.new_page(), []
        opened.on("console", lambda message: said.append(message.text))
        opened.goto(changed.as_uri())
        opened.close()
    finally:
        changed.unlink()
    assert any("Content Security Policy" in text and "spy.png" in text for text in said)


def test_whoever_comes_back_from_what_was_found_sees_the_same_list_again(site, page):
    page.goto((site / "search.html").as_uri() + "?q=logQ")
    page.locator("#search-field").fill("beam search")
    found = page.locator("#results a").evaluate_all("all => all.map(link => link.textContent)")
    page.locator("#results a").first.click()
    page.wait_for_url("**/*.html#*")
    page.go_back()
    page.locator("#results li").first.wait_for()
    assert page.locator("#search-field").input_value() == "beam search"
    assert found and page.locator("#results a").evaluate_all("all => all.map(link => link.textContent)") == found


def test_an_address_of_a_statement_shows_it_though_the_ledger_is_sorted_when_it_opens(site, page):
    page.goto((site / "ledger.html").as_uri())
    last = page.locator(".statement").last.get_attribute("id")
    page.goto("about:blank")
    page.goto((site / "ledger.html").as_uri() + f"#{last}")
    page.wait_for_timeout(300)
    assert page.locator(f"[id='{last}']").evaluate("held => held.getBoundingClientRect().top") < 900
    assert page.evaluate("scrollY") > 1000


def test_without_scripts_no_control_stands_there_that_does_nothing(site, browser):
    opened = browser.new_context(java_script_enabled=False).new_page()
    for name in ("ledger.html", "08_feature_audit.html"):
        opened.goto((site / name).as_uri())
        assert opened.locator("main :is(select, input, button):visible").count() == 0, name
        assert opened.locator("main").inner_text().strip()
    opened.goto((site / "ledger.html").as_uri())
    assert opened.locator(".statement:visible").count() > 100
    assert "need JavaScript" in opened.locator("noscript").text_content()
    opened.context.close()
