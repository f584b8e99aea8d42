"""The frames of a figure: which settings are drawn, that each shows its own, and that a changed figure stands still."""

import base64

import pytest
from bs4 import BeautifulSoup

from course_lib.contracts import DataError
from course_lib.teach.show.widgets import as_output
from course_lib.teach.site import figure_frames
from course_lib.teach.site.cell_html import code_cell, explored
from course_lib.teach.site.explore_calls import Redrawable
from course_lib.teach.site.figure_frames import Control, alike, controls_of, moving, settings, thinned, values_of
from course_lib.teach.site.moving_html import value_words

WIDGET = {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "m"},
                                                  "text/plain": "VBox()"}}


def bars(height=2, wide=False):
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(3, 2))
    drawn.subplots().bar(range(3), [height, 1, 4], width=0.9 if wide else 0.3)
    drawn.axes[0].set_title(f"Height {height}")
    return drawn


def stored(**setting):
    held = as_output(bars(**setting))
    return held["image/png"], held["text/plain"]


@pytest.fixture
def drawn():
    return moving(Redrawable(bars, {"height": (1, 4), "wide": True}), *stored(height=2, wide=True))


def test_the_values_are_those_of_the_notebooks_own_controls():
    assert values_of((0, 3), 1) == [0, 1, 2, 3] and values_of(False, False) == [False, True]
    assert values_of((0.0, 0.3, 0.1), 0.1) == [0.0, 0.1, 0.2, 0.3]
    assert values_of((0.0, 1.0), 0.33)[:2] == [0.0, 0.05] and 0.33 in values_of((0.0, 1.0), 0.33)
    assert values_of(["AUC", "log loss"], "AUC") == ["AUC", "log loss"]


def test_too_many_values_are_thinned_and_the_start_and_both_ends_stay():
    for most in (3, 6, 20):
        kept = thinned(list(range(50)), 7, most)
        assert len(kept) <= most and {0, 7, 49} <= set(kept) and kept == sorted(kept)
    assert thinned([1, 2, 3], 2, 9) == [1, 2, 3]


def test_few_controls_are_drawn_together_and_many_one_at_a_time():
    two = [Control("a", [1, 2, 3], 1), Control("b", [1, 2], 0)]
    assert len(settings(two)) == 6 and (2, 1) in settings(two)
    three = [*two, Control("c", [1, 2], 1)]
    assert set(settings(three)) == {(1, 0, 1), (0, 0, 1), (2, 0, 1), (1, 1, 1), (1, 0, 0)}


def test_no_figure_takes_more_frames_than_a_page_can_hold():
    for count in (1, 2, 3, 6):
        names = {f"x{place}": (0, 1000) for place in range(count)}
        controls = controls_of(Redrawable(lambda **values: values, names))
        assert 2 * count < len(settings(controls)) <= figure_frames.MOST


def test_each_frame_shows_its_own_setting(drawn):
    assert len(drawn.frames) == 8 and drawn.together
    for frame in drawn.frames:
        height, wide = (control.values[place] for control, place in zip(drawn.controls, frame.places, strict=True))
        assert frame.title == f"<Figure: Height {height}>" and alike(frame.png, stored(height=height, wide=wide)[0])
    assert len({frame.png for frame in drawn.frames}) == 8


def test_a_figure_that_is_no_longer_the_stored_one_does_not_move():
    held = Redrawable(bars, {"height": (1, 4)})
    assert moving(held, *stored(height=2)) is not None
    assert moving(held, *stored(height=3)) is None
    assert moving(held, stored(height=2)[0], "<Figure: Height 5>") is None
    blank = base64.b64encode(bytes(as_png(white=True))).decode()
    assert moving(held, blank, "<Figure: Height 2>") is None


def as_png(white):
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (300, 200), "white" if white else "black").save(made, "png")
    return made.getvalue()


def test_a_setting_without_a_figure_is_named():
    with pytest.raises(DataError, match="'x': 1"):
        moving(Redrawable(lambda x=1: "words", {"x": (1, 2)}), "", "")


def test_the_cell_holds_labelled_controls_and_every_frame(drawn):
    png, title = stored(height=2, wide=True)
    picture = {"output_type": "display_data", "data": {"image/png": png, "text/plain": title}}
    assert explored([picture, WIDGET]) == (0, 1) and explored([picture]) == (None, None)
    made = code_cell({"source": "explore(bars)", "outputs": [picture, WIDGET]}, "H", {}, moving=("move-7", drawn))
    soup = BeautifulSoup(made, "html.parser")
    assert "no-kernel" not in made and soup.fieldset.has_attr("hidden")
    slider, choice = soup.find("input", id="move-7-0"), soup.find("select", id="move-7-1")
    assert {label["for"] for label in soup.find_all("label")} == {"move-7-0", "move-7-1"}
    assert slider["type"] == "range" and slider["value"] == "1" and slider["aria-valuetext"] == "2"
    assert choice.find("option", selected=True).text == "yes"
    frames = soup.template.find_all("img")
    assert {img["data-at"] for img in frames} == {f"{a} {b}" for a in range(4) for b in range(2)}
    assert next(img for img in frames if img["data-at"] == "3 0")["alt"] == "Height 4. At height 4, wide no."
    assert "no-kernel" in code_cell({"source": "explore(bars)", "outputs": [picture, WIDGET]}, "H", {})


def test_values_are_told_as_they_are_read():
    assert [value_words(value) for value in (1000, 0.1, "AUC", True)] == ["1,000", "0.1", "AUC", "yes"]
