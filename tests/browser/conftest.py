"""JupyterLab as `course lab` starts it, on work copies in a folder of its own, in a real headless Chromium."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from course_lib import lab as course_lab

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "teach"))       # for made_class, where these tests are run by themselves
NAMES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if name and (found := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
ASK_MODEL = """() => { const w = window.jupyterapp?.shell.currentWidget;
    if (!w?.content?.model?.sharedModel) return false;
    const code = w.content.model.sharedModel.toJSON().cells.filter(c => c.cell_type === 'code' && c.source.length),
          bad = code.flatMap(c => c.outputs).filter(o => o.output_type === 'error').map(o => o.ename + ': ' + o.evalue),
          idle = w.sessionContext.session?.kernel?.status === 'idle';
    return bad.length || (idle && code.every(c => c.execution_count)) ? {bad, ran: code.length} : false }"""
IDLE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SECONDS = 1000


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        for item in items:
            if "browser" in Path(item.fspath).parts:
                item.add_marker(pytest.mark.skip(reason="no Chromium: set CHROMIUM to its program"))


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """(base URL, token, root) of JupyterLab on loopback with the course's own settings; root/work holds copies."""
    root = tmp_path_factory.mktemp("course")
    course_lab.copy_lessons(ROOT / "notebooks", root / "work")
    shutil.copytree(ROOT / ".jupyter", root / ".jupyter")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    token = secrets.token_hex(16)
    command, environment = course_lab.lab_command(
        ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
         f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"], root)
    environment |= {"JUPYTER_CONFIG_DIR": str(root / "cfg"), "JUPYTER_RUNTIME_DIR": str(root / "run"),
                    "JUPYTERLAB_WORKSPACES_DIR": str(root / "ws"), "JUPYTERLAB_SETTINGS_DIR": str(root / "set"),
                    "IPYTHONDIR": str(root / "ipy"), "COURSE_PROGRESS": str(root / "progress.sqlite"),
                    "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))}
    environment.pop("MPLBACKEND", None)          # pytest's own; in a notebook the figures are inline
    with open(root / "server.log", "w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    base, deadline = f"http://127.0.0.1:{port}", time.time() + 120
    try:
        while True:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{base}/api?token={token}", timeout=2).status == 200:
                    break
            if process.poll() is not None or time.time() > deadline:
                pytest.fail("JupyterLab did not start:\n" + (root / "server.log").read_text()[-3000:])
            time.sleep(0.2)
        yield base, token, root
    finally:
        process.terminate()                                # shuts its kernels down too
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


class Reader:
    """A person at JupyterLab: opens a notebook, runs it, types into cells, moves sliders, looks."""

    def __init__(self, page, served):
        self.page, (self.base, self.token, self.root) = page, served
        self.outside, self.crashes = [], []
        inside = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(inside) else self.outside.append(r.url))
        page.on("pageerror", lambda e: self.crashes.append(str(e)))

    def open(self, name: str) -> None:
        self.page.goto(f"{self.base}/lab/workspaces/{secrets.token_hex(4)}/tree/work/{name}?token={self.token}&reset",
                       timeout=90_000)
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=90_000)
        self.page.wait_for_function(IDLE, timeout=90_000)

    def run_all(self) -> int:
        """Run every cell; how many ran. Asks the notebook's model: cells out of view may not be in the page."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        outcome = self.page.wait_for_function(ASK_MODEL, timeout=300 * SECONDS, polling=200).json_value()
        assert outcome["bad"] == []
        return outcome["ran"]

    def set_cell(self, index: int, source: str) -> None:
        """Type into a cell (through its model: what the editor shows) and run it."""
        self.page.evaluate("""async ([index, source]) => { const w = jupyterapp.shell.currentWidget;
            w.content.activeCellIndex = index; w.content.widgets[index].model.sharedModel.setSource(source);
            await jupyterapp.commands.execute('notebook:run-cell') }""", [index, source])
        self.page.wait_for_function(IDLE, timeout=60_000)

    def cells(self) -> list[dict]:
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells")

    def find(self, words: str) -> int:
        """Index of the first code cell whose source holds `words`."""
        sources = [c["source"] if isinstance(c["source"], str) else "".join(c["source"]) for c in self.cells()]
        return next(i for i, c in enumerate(self.cells()) if c["cell_type"] == "code" and words in sources[i])

    def said(self, index: int) -> str:
        """All text and HTML that a cell shows."""
        def flat(value):
            return "".join(value) if isinstance(value, list) else str(value)
        return "\n".join(flat(output.get("text", "")) + "".join(map(flat, output.get("data", {}).values()))
                         for output in self.cells()[index].get("outputs", []))

    def look(self, index: int) -> None:
        """Scroll a cell into view."""
        self.page.evaluate("""async index => { const w = jupyterapp.shell.currentWidget;
            w.content.activeCellIndex = index; await w.content.scrollToItem(index, 'center') }""", index)
        self.page.wait_for_timeout(300)

    def shot(self, name: str) -> None:
        """A screenshot, where BROWSER_SHOTS names a folder."""
        if folder := os.environ.get("BROWSER_SHOTS"):
            self.page.screenshot(path=f"{folder}/{name}.png")

    def move_slider(self) -> tuple[str, str]:
        """Drag the first slider in view; the figure in the same cell before and after, as data URLs."""
        from playwright.sync_api import expect

        output = self.page.locator(".jp-Cell-outputWrapper").filter(has=self.page.locator(".noUi-handle")).first
        handle, figure = output.locator(".noUi-handle").first, output.locator("img").first
        handle.scroll_into_view_if_needed(timeout=30_000)
        figure.wait_for(timeout=30_000)
        before = figure.get_attribute("src")
        self.shot("slider-before")
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 60, y, steps=8)
        self.page.mouse.up()
        expect(figure).not_to_have_attribute("src", before, timeout=60_000)
        self.page.wait_for_function(IDLE, timeout=60_000)
        self.shot("slider-after")
        return before, figure.get_attribute("src")


@pytest.fixture
def reader(served):
    """A Reader with a fresh browser; afterwards no page error and no request to an outside host is allowed."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        one = Reader(browser.new_page(viewport={"width": 1400, "height": 1100}), served)
        yield one
        browser.close()
    assert one.outside == [] and one.crashes == []


@pytest.fixture(scope="module")
def browser():
    """Chromium by itself, for pages on the disk."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield opened
        opened.close()
