"""The class page of people whose names, files, answers and outputs are markup: no request, no script, no navigation."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "teach"))
import made_class  # noqa: E402

from course_lib.teach.classroom import page as classpage  # noqa: E402

AWAY = "http:⁄⁄192.0.2.1⁄"                             # no folder's name holds a slash; those in zips and texts do
MARKUP = {
    "script": "<script>location='//192.0.2.1/s'</script>", "image": "<img src=//192.0.2.1/i onerror=alert(1)>",
    "refresh": "<meta http-equiv=refresh content='0;url=//192.0.2.1/r'>", "base": "<base href=//192.0.2.1/b>",
    "frame": "</pre></section><iframe src=//192.0.2.1/f></iframe>",
    "svg": "<svg onload=alert(2)><a href=//192.0.2.1/a>",
    "style": "</style><style>@import '//192.0.2.1/c';body{background:url(//192.0.2.1/u)}</style>",
    "link": "<link rel=stylesheet href=//192.0.2.1/l>", "object": "<object data=//192.0.2.1/o></object>",
    "form": "<form action=//192.0.2.1/p><button autofocus onfocus=alert(3)>", "scheme": "javascript:alert(4)",
    "attribute": "\" onmouseover=alert(5) x=\"", "quote": "' onfocus=alert(6) autofocus tabindex=1 x='",
    "comment": "--><!--><script>alert(7)</script>", "entity": "&lt;script&gt;alert(8)&lt;/script&gt;",
    "video": "<video src=//192.0.2.1/v autoplay onloadstart=alert(9)></video>",
    "template": "<details open ontoggle=alert(10)>", "prefetch": "<link rel=prefetch href=//192.0.2.1/d>",
}
BAD = """() => [...document.querySelectorAll('*')].filter(e =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'BASE', 'IMG', 'LINK', 'SVG', 'svg', 'VIDEO', 'BUTTON']
        .includes(e.tagName)
    || (e.tagName === 'META' && /refresh/i.test(e.getAttribute('http-equiv') || ''))
    || (e.hasAttribute('href') && !/^#[a-z0-9-]+$/.test(e.getAttribute('href')))
    || [...e.attributes].some(a => /^on|^src|^action|^autofocus|^tabindex/i.test(a.name))).map(e => e.outerHTML)"""
POLICY = '<meta http-equiv="Content-Security-Policy"'


def answers(markup):
    """Bodies by which a text comes to the page: printed, returned, raised, as an error's name, in the code."""
    text = repr(markup)
    return [f"print({text})\nreturn {text}", f"raise ValueError({text})",
            f"raise type({text}, (Exception,), {{}})({text})",
            f"return np.bincount(row, amount, n_requests) * 3.25  # {markup}"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The file of the page, and how many people are on it."""
    folder = tmp_path_factory.mktemp("markup") / "class"
    folder.mkdir()
    for place, (kind, markup) in enumerate(MARKUP.items()):
        name = f"{place} {markup.replace('//', AWAY).replace('/', '⁄')}"
        home = folder / name
        home.mkdir()
        bodies = answers(markup)
        (home / f"{name[:60]}.ipynb").write_text(made_class.answer(bodies[place % len(bodies)]))
        with zipfile.ZipFile(home / "more.zip", "w") as held:
            held.writestr(f"{markup}.txt", "x")
            held.writestr(f"{markup}.ipynb", json.dumps({"cells": [{"cell_type": "code", "source": (
                f"!{markup}\n@exercise({markup!r})\ndef f(): pass")}]}))
        if kind == "style":
            (folder / "a loose file.ipynb").write_text("{" + markup)
    (folder / "mistakes.toml").write_text(f"[[mistake]]\nexercise = '1.1'\ngroup = '0123456789'\n"
                                          f"says = '''{MARKUP['script']}'''\n")
    out = folder.parent / "class.html"
    assert classpage.main([str(folder), "-o", str(out), "--effect-seconds", "0", "--workers", "2"]) == 0
    return out, len(MARKUP) + 1


@pytest.mark.parametrize("policy", [True, False], ids=["as it is", "without its policy"])
def test_it_makes_no_request_runs_no_script_and_goes_nowhere(browser, compared, tmp_path, policy):
    file, people = compared
    text = file.read_text()
    assert POLICY in text and all(markup.split(">")[0][:20].replace("<", "&lt;") in text
                                  for kind, markup in MARKUP.items() if markup.startswith("<"))
    shown = tmp_path / "class.html"
    shown.write_text(text if policy else text.replace(POLICY, '<meta name="was"'))
    asked, gone, said = [], [], []
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    page.on("request", lambda request: asked.append(request.url))
    page.on("framenavigated", lambda frame: gone.append(frame.url))
    for event in ("dialog", "console", "pageerror", "popup", "download", "websocket", "worker", "frameattached"):
        page.on(event, lambda what, event=event: said.append((event, str(what))))
    page.goto(shown.as_uri())
    assert page.locator("table.matrix tbody tr").count() == people and page.evaluate(BAD) == []
    for opened in page.locator("summary:visible").all():
        opened.click()
    links = page.locator("table.matrix td a").all()
    assert len(links) >= len(MARKUP)
    for link in links:
        link.hover()
        link.click()
        assert page.locator("section.detail:visible").count() == 1
    for _ in range(30):
        page.keyboard.press("Tab")
    page.wait_for_timeout(1500)                              # a refresh would come now
    assert asked == [shown.as_uri()] and said == []
    assert {url.partition("#")[0] for url in gone} == {shown.as_uri()} and page.evaluate(BAD) == []
    page.close()


def test_what_is_looked_for_would_be_found(browser, tmp_path):
    """The same page with one answer not escaped: each of the three is seen."""
    (tmp_path / "a.html").write_text("<p>x</p>" + "".join(MARKUP.values()))
    asked, said = [], []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto((tmp_path / "a.html").as_uri(), wait_until="commit")
    page.wait_for_timeout(1500)
    assert len(asked) > 1 and (said or page.url != (tmp_path / "a.html").as_uri())
    page.close()
