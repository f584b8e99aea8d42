"""One cell of an executed notebook as HTML: its code, and what it printed, drew and said."""

from __future__ import annotations

import html
import json
import re

from bs4 import BeautifulSoup

from course_lib.contracts import DataError
from course_lib.teach.ledger.verdict import MIME as CLAIM
from course_lib.teach.show.frames_html import MARK, without_script
from course_lib.teach.site.alt_texts import alt_texts
from course_lib.teach.site.code_html import coloured
from course_lib.teach.site.guess_html import DOTS, guess_form

WIDGET = "application/vnd.jupyter.widget-view+json"
NO_CONTENT = re.compile(r"^<?[\w.]+ (?:object )?at 0x[^>]*>?$|^<[\w.]+ at 0x[^>]*>$")


def flat(text) -> str:
    """Text of a notebook, which may be kept as a list of lines."""
    return "".join(text) if isinstance(text, list) else str(text)


def code_cell(cell: dict, heading: str, widgets: dict, modules: dict[str, str] | None = None,
              rows: dict | None = None) -> str:
    """A code cell. heading: the nearest one above. widgets: the state of the notebook's controls by model id. modules:
    what the notebook calls the modules that draw, see `alt_texts.modules_of`. rows: what the notebook measured, see
    `guess_html.measured_rows`.

    Raises DataError for a cell that shows an error or an output of a kind that no page can show.
    """
    source = flat(cell["source"])
    outputs = cell.get("outputs", [])
    drawn = [flat(output["data"].get("text/plain", "")) for output in outputs if _is_picture(output)]
    texts = iter(alt_texts(source, drawn, heading, modules))
    shown = [_output(output, texts, bool(drawn), widgets, rows or {}) for output in outputs]
    for place, output in enumerate(outputs[1:], 1):
        if is_frames(output) and _is_picture(outputs[place - 1]):
            shown[place - 1:place + 1] = "", f'<div class="moving">{shown[place - 1]}{shown[place]}</div>'
    held = "".join(part for part in shown if part)
    return (f'<div class="cell">{coloured(source)}' if source.strip() else '<div class="cell">') + (
        f'<div class="output">{held}</div></div>' if held else "</div>")


def is_frames(output: dict) -> bool:
    """Whether the output holds the frames of the figure above it."""
    return flat(output.get("data", {}).get("text/html", "")).startswith(MARK)


def _is_picture(output: dict) -> bool:
    """Whether the output is shown as a picture: it holds one, and no HTML, which comes first."""
    data = output.get("data", {})
    return "image/png" in data and "text/html" not in data


def _output(output: dict, texts, has_picture: bool, widgets: dict, rows: dict) -> str:
    """One output; "" for what says nothing without a kernel, such as an address in memory."""
    kind = output.get("output_type")
    if kind == "stream":
        return f"<pre>{html.escape(flat(output['text']).rstrip(), quote=False)}</pre>"
    if kind == "error":
        raise DataError(f"a cell shows an error: {output.get('ename')}: {output.get('evalue')}")
    data = output.get("data", {})
    if is_frames(output):
        return without_script(flat(data["text/html"]))
    if "text/html" in data:
        markup = flat(data["text/html"])
        form = guess_form(markup, rows)
        return _html(DOTS.sub("", markup) if form else markup) + form + _to_ledger(data)
    if "image/png" in data:
        return _picture(flat(data["image/png"]), next(texts))
    if WIDGET in data:
        return _controls(data[WIDGET], has_picture, widgets)
    if "text/plain" not in data:
        raise DataError(f"an output is of kind {kind!r} and holds {sorted(data)}; expected text, HTML, a PNG or a "
                        "control")
    plain = flat(data["text/plain"])
    return "" if NO_CONTENT.match(plain) else f"<pre>{html.escape(plain, quote=False)}</pre>"


def _html(markup: str) -> str:
    """Stored HTML without styles and scripts of its own, every table in a box that scrolls."""
    soup = BeautifulSoup(markup, "html.parser")
    for tag in soup.find_all(["style", "script"]):
        tag.decompose()
    for table in soup.find_all("table"):
        table.attrs.pop("border", None)
        if "dataframe" in table.get("class", []):
            _scopes(table)
        table.wrap(soup.new_tag("div", attrs={"class": "wide"}))
    return str(soup).strip()


def _scopes(table) -> None:
    """Say of a data frame's headings what they head; a heading without words becomes an empty cell."""
    for row in table.find_all("tr"):
        row.attrs.pop("style", None)
    for heading in table.find_all("th"):
        if not heading.get_text(strip=True):
            heading.name = "td"
        else:
            heading["scope"] = "col" if heading.find_parent("thead") else "row"


def _to_ledger(data: dict) -> str:
    """A link to the paragraph of the ledger, below what measured() said."""
    if CLAIM not in data:
        return ""
    held = data[CLAIM]
    row = json.loads(flat(held)) if isinstance(held, str | list) else held
    name = html.escape(str(row["claim"]))
    return f'<p class="to-ledger"><a href="ledger.html#{name}">{name} in the ledger, over all runs</a></p>'


def _picture(base64_png: str, text: str) -> str:
    png = "".join(base64_png.split())
    wide, high = png_size(png)
    return (f'<img src="data:image/png;base64,{png}" width="{wide}" height="{high}" '
            f'alt="{html.escape(text)}">')


def png_size(base64_png: str) -> tuple[int, int]:
    """(width, height) in pixels, from the first bytes of a PNG. Raises DataError for what is none."""
    import base64
    import binascii

    try:
        head = base64.b64decode(base64_png[:64], validate=True)
    except binascii.Error as error:
        raise DataError(f"a picture is not kept as base64: {error}") from error
    if head[:8] != b"\x89PNG\r\n\x1a\n" or len(head) < 24:
        raise DataError("a picture that is kept as PNG is none")
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _controls(view: dict, has_picture: bool, widgets: dict) -> str:
    """A sentence in place of controls that need a kernel: what they are called, and where they stand."""
    named = [_control(state) for state in _inside(view.get("model_id", ""), widgets)]
    listed = f": {', '.join(named)}" if any(named) else ""
    where = "Shown here as it starts. " if has_picture else ""
    return (f'<p class="no-kernel">{where}In the running notebook, controls stand here{html.escape(listed)}. '
            "<code>make lab</code> opens it.</p>")


def _inside(model: str, widgets: dict):
    """The states of the controls of one view that have a name, those in boxes too."""
    state = widgets.get(model, {}).get("state", {})
    if state.get("description"):
        yield state
    for child in state.get("children", []):
        yield from _inside(str(child).removeprefix("IPY_MODEL_"), widgets)


def _control(state: dict) -> str:
    """"trade off (here 0.8)"; the name alone where there is no value, as of a button."""
    value, choices = state.get("value"), state.get("_options_labels")
    if choices and state.get("index") is not None:
        value = choices[state["index"]]
    known = isinstance(value, int | float | str) and value != ""
    return state["description"] + (f" (here {value})" if known else "")
