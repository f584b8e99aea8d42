"""Every page of the site under axe-core, in light and dark, on a desk and on a phone: nothing serious or critical.

axe-core is no part of the course. AXE=/path/to/axe.min.js names it; `npm install axe-core`, in a folder elsewhere,
brings it. What needs no axe (labels, contrasts, texts of pictures, headings) is tested in tests/teach/site.
"""

import os
from pathlib import Path

import pytest

from course_lib.teach.site import site_build

AXE = os.environ.get("AXE", "")
LOOKS = [(width, scheme) for width in (1400, 390) for scheme in ("light", "dark")]
PATIENCE_MS = 240_000
RUN = """() => { document.querySelectorAll('details').forEach(folded => folded.open = true);
    return axe.run(document, {resultTypes: ['violations']}).then(told => told.violations
        .filter(rule => ['serious', 'critical'].includes(rule.impact))
        .map(rule => [rule.id, rule.help, rule.nodes.length, rule.nodes[0].html.slice(0, 200)])) }"""

pytestmark = pytest.mark.skipif(not AXE, reason="no axe-core: set AXE to its axe.min.js")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site: SITE names one that was built, else it is built here."""
    if built := os.environ.get("SITE"):
        return Path(built).resolve()
    out = tmp_path_factory.mktemp("site") / "pages"
    site_build.build(out)
    return out


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_with_everything_unfolded(site, browser, width, scheme):
    script, found = Path(AXE).read_text(encoding="utf-8"), []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page.set_default_timeout(PATIENCE_MS)
    for path in sorted(site.glob("*.html")):
        page.goto(path.as_uri())
        page.evaluate(script)
        found += [(path.name, *rule) for rule in page.evaluate(RUN)]
    page.close()
    assert found == []
