"""The frames of a figure: which settings are drawn, what each shows, what is stored, and what a page makes of it."""

import json

import pytest
from bs4 import BeautifulSoup

from course_lib.contracts import DataError
from course_lib.teach.publish.execute import clean_text
from course_lib.teach.show import explore_frames
from course_lib.teach.show.explore_frames import Control, controls_of, moving, picture, settings, thinned, values_of
from course_lib.teach.show.frames_html import frames_html, sentence, value_words, without_script
from course_lib.teach.show.widgets import as_output
from course_lib.teach.site.cell_html import code_cell, is_frames

RANGES, START = {"height": (1, 4), "wide": True}, {"height": 2, "wide": True}


def bars(height=2, wide=False, inches=3):
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(inches, 2))
    drawn.subplots().bar(range(3), [height, 1, 4], width=0.9 if wide else 0.3)
    drawn.axes[0].set_title(f"Height {height}")
    return drawn


def drawn(values):
    return as_output(bars(**values))


@pytest.fixture(scope="module")
def held():
    return moving(drawn, RANGES, START, drawn(START))


def kept(markup):
    return json.loads(BeautifulSoup(markup, "html.parser").find("script", type="application/json").string)


def laid_over(start, webp):
    """What is seen: a frame over the picture at the start."""
    seen, above = picture(start), picture(webp, "RGBA")
    seen.paste(above, mask=above.getchannel("A"))
    return seen


def far(one, other):
    """Mean difference of two pictures, of 255."""
    from PIL import ImageChops, ImageStat

    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def test_the_values_are_those_of_the_notebooks_own_controls():
    assert values_of((0, 3), 1) == [0, 1, 2, 3] and values_of(False, False) == [False, True]
    assert values_of((0.0, 0.3, 0.1), 0.1) == [0.0, 0.1, 0.2, 0.3]
    assert values_of((0.0, 1.0), 0.33)[:2] == [0.0, 0.05] and 0.33 in values_of((0.0, 1.0), 0.33)
    assert values_of(["AUC", "log loss"], "AUC") == ["AUC", "log loss"]


def test_too_many_values_are_thinned_and_the_start_and_both_ends_stay():
    for most in (3, 6, 20):
        thin = thinned(list(range(50)), 7, most)
        assert len(thin) <= most and {0, 7, 49} <= set(thin) and thin == sorted(thin)
    assert thinned([1, 2, 3], 2, 9) == [1, 2, 3]


def test_few_controls_are_drawn_together_and_many_one_at_a_time():
    two = [Control("a", [1, 2, 3], 1), Control("b", [1, 2], 0)]
    assert len(settings(two)) == 6 and (2, 1) in settings(two)
    three = [*two, Control("c", [1, 2], 1)]
    assert set(settings(three)) == {(1, 0, 1), (0, 0, 1), (2, 0, 1), (1, 1, 1), (1, 0, 0)}


def test_no_figure_takes_more_frames_than_a_notebook_can_hold():
    for count in (1, 2, 3, 6):
        names = {f"x{place}": (0, 1000) for place in range(count)}
        controls = controls_of(names, dict.fromkeys(names, 500))
        assert 2 * count < len(settings(controls)) <= explore_frames.MOST


def test_where_frames_are_large_fewer_are_kept_and_the_start_and_both_ends_stay():
    ranges, start = {"height": (1, 30)}, {"height": 7}
    every = moving(drawn, ranges, start, drawn(start))
    size_kb = sum(len(frame.webp) for frame in every.frames) / 1024
    fewer = moving(drawn, ranges, start, drawn(start), room_kb=size_kb / 3)
    assert sum(len(frame.webp) for frame in fewer.frames) / 1024 <= size_kb / 3
    assert 3 < len(fewer.frames) < len(every.frames) / 2 and {1, 7, 30} <= set(fewer.controls[0].values)
    assert fewer.controls[0].values[fewer.controls[0].start] == 7
    assert len(moving(drawn, ranges, start, drawn(start), room_kb=0).frames) == explore_frames.FEWEST


def test_each_frame_shows_its_own_setting_over_the_first(held):
    first = drawn(START)["image/png"]
    assert len(held.frames) == 8 and held.together and len({frame.webp for frame in held.frames}) == 8
    for frame in held.frames:
        height, wide = frame.places
        values = {"height": held.controls[0].values[height], "wide": held.controls[1].values[wide]}
        own = picture(drawn(values)["image/png"])
        assert frame.title == f"Height {values['height']}" and far(laid_over(first, frame.webp), own) < 1
        assert values == START or far(picture(first), own) > 1


def test_a_setting_without_a_figure_or_of_another_size_is_named():
    words = {"text/plain": "words"}
    with pytest.raises(DataError, match="'x': 2"):
        moving(lambda values: drawn({}) if values["x"] == 1 else words, {"x": (1, 2)}, {"x": 1}, drawn({}))
    with pytest.raises(DataError, match=r"\(300, 200\) and of \(400, 200\)"):
        moving(drawn, {"inches": (3, 4)}, {"inches": 3}, drawn({"inches": 3}))


def test_what_is_stored_holds_every_frame_and_a_sentence_for_those_without_scripts(held):
    markup = frames_html(held)
    stored = kept(markup)
    assert set(stored["frames"]) == {f"{a} {b}" for a in range(4) for b in range(2)}
    assert stored["frames"]["3 0"][1] == "Height 4" and stored["controls"][0]["words"] == ["1", "2", "3", "4"]
    assert [control["slides"] for control in stored["controls"]] == [True, False]
    said = BeautifulSoup(markup, "html.parser").p.text
    assert said == sentence(held) and said.startswith("The figure is shown at height = 2 and wide = yes. ")
    assert clean_text(markup, {"/root": "~", "/tmp": "<folder>"}) == markup


def test_a_title_with_markup_in_it_stays_words(held):
    frames = [explore_frames.Frame(held.frames[0].places, "", "</script><b>&lt;")]
    markup = frames_html(explore_frames.Moving(held.controls, frames, True))
    assert markup.count("</script>") == 2 and kept(markup)["frames"]["0 0"][1] == "</script><b>&lt;"


def test_a_page_keeps_the_picture_and_the_frames_and_leaves_the_script_out(held):
    picture_output = {"output_type": "display_data", "data": drawn(START)}
    frames = {"output_type": "display_data", "data": {"text/html": [frames_html(held)], "text/plain": sentence(held)}}
    assert is_frames(frames) and not is_frames(picture_output)
    made = code_cell({"source": "explore(bars)", "outputs": [picture_output, frames]}, "H", {})
    soup = BeautifulSoup(made, "html.parser")
    figure = soup.select_one(".moving")
    assert figure.img["alt"] == "Height 2" and figure.p.text == sentence(held) and "no-kernel" not in made
    assert [tag.get("type") for tag in soup.find_all("script")] == ["application/json"]
    assert kept(made) == kept(frames_html(held)) == kept(without_script(frames_html(held)))


def test_values_are_told_as_they_are_read():
    assert [value_words(value) for value in (1000, 0.1, "AUC", True)] == ["1,000", "0.1", "AUC", "yes"]


def test_a_picture_that_gives_bytes_is_a_figure_like_any_other(monkeypatch):
    """As the journey of a request in the first lesson does."""
    import base64

    encoded = drawn(START)["image/png"]

    class Gives:
        def _repr_png_(self):
            return base64.b64decode(encoded)
    monkeypatch.setattr("course_lib.teach.show.widgets.in_notebook", lambda: True)
    assert as_output(Gives())["image/png"] == encoded


def test_a_figure_that_is_another_each_time_is_laid_over_the_one_that_stands_on_the_page():
    """As one that says how many milliseconds a request took."""
    times = iter(range(100))

    def timed(values):
        made = bars(**values)
        made.axes[0].set_xlabel(f"{next(times)} ms")
        return as_output(made)
    shown = timed(START)
    held = moving(timed, RANGES, START, shown)
    start = next(frame for frame in held.frames if frame.places == (1, 1))
    assert picture(start.webp, "RGBA").getchannel("A").getextrema() == (0, 0)
    assert far(laid_over(shown["image/png"], start.webp), picture(shown["image/png"])) == 0


def test_what_says_nothing_of_itself_has_no_title():
    def silent(values):
        return drawn(values) | {"text/plain": "<module.Picture object at 0x7f00>"}
    assert {frame.title for frame in moving(silent, RANGES, START, silent(START)).frames} == {""}


def test_a_start_between_two_values_is_a_value_once():
    assert values_of((0.0, 1.0, 0.5), 1 / 3) == [0.0, 1 / 3, 0.5, 1.0]
    assert values_of((0.0, 1.0, 0.1), 0.1 + 0.2) == [0.0, 0.1, 0.2, 0.1 + 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def test_in_a_notebook_that_is_built_a_table_stands_alone(monkeypatch):
    from course_lib.teach.show import widgets

    shown = []
    monkeypatch.setattr(widgets, "in_notebook", lambda: True)
    monkeypatch.setattr(widgets, "is_built", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda made, **_: shown.append(made))
    widgets.explore(lambda x=1: {"a": x}, x=(1, 3))
    assert len(shown) == 1 and "image/png" not in shown[0]
    widgets.explore(bars, height=(1, 3))
    assert len(shown) == 3 and "text/html" in shown[2]
