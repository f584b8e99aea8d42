"""Every column of a catalogue is content or is named as left out."""

import numpy as np
import pandas as pd

from course_lib.contracts.content import FEW, N_HASHED, content_of

N = 200


def column(values):
    content, names, notes = content_of(pd.DataFrame({"c": values}))
    assert len(notes) == 1 and content.shape == (len(values), len(names)) and np.isfinite(content).all()
    return content, notes[0]


def test_numbers_are_standardised_and_their_gaps_flagged():
    content, note = column([1.0, 3.0, None, 5.0])
    assert content[:, 1].tolist() == [0, 0, 1, 0] and abs(content[[0, 1, 3], 0].mean()) < 1e-6 and "1 of 4" in note
    assert np.allclose(column(["1", "3", "5"])[0], column([1, 3, 5])[0])
    assert "logarithm" in column([0, 1, 2, 1e6])[1]


def test_dates_are_numbers_in_any_spelling():
    text = ["2020-01-01", "2020-01-03", "2020-01-05"]
    assert np.allclose(column(text)[0], column(pd.to_datetime(text))[0])
    assert "dates" in column(text)[1] and np.allclose(column(text)[0], column([1, 3, 5])[0])


def test_categories_of_any_size_and_lists_are_used():
    few, many = column([f"c{n % FEW}" for n in range(N)]), column([f"c{n % (FEW + 1)}" for n in range(N)])
    assert few[0].shape[1] == FEW and (few[0].sum(1) == 1).all()
    assert many[0].shape[1] == N_HASHED and np.allclose(many[0][0], many[0][FEW + 1]) and "hashed" in many[1]
    lists, barred = column([["a", "b"], ["b"], []]), column(["a|b", "b", ""])
    assert lists[0].tolist() == barred[0].tolist() == [[1, 1], [0, 1], [0, 0]]
    assert column(pd.Series(["a", "b", None], dtype="category"))[0].tolist() == [[1, 0], [0, 1], [0, 0]]


def test_texts_that_share_words_are_near():
    content, note = column([f"word{n} mug" for n in range(N - 2)] + ["red tea pot", "tea pot, RED"])
    assert np.allclose(content[-1], content[-2]) and "text" in note and content.shape[1] == N_HASHED


def test_what_says_nothing_is_named():
    for values, why in (([1, 1], "one value alone"), ([None, None], "empty"), ([{}, {"a": 1}], "dict"),
                        ([f"id{n}" for n in range(N)], "differs for every item")):
        content, note = column(values)
        assert content.shape[1] == 0 and "c is left out" in note and why in note


def test_the_same_table_gives_the_same_numbers_whatever_the_order_of_rows():
    table = pd.DataFrame({"a": [f"word{n} mug" for n in range(N)], "b": range(N)})
    shuffled = table.sample(frac=1, random_state=0)
    assert np.allclose(content_of(table)[0][shuffled.index], content_of(shuffled)[0], atol=1e-6)


def test_blank_text_is_missing_as_csv_writes_it():
    content, note = column(["1.5", "", "3", " "])
    assert content[:, 1].tolist() == [0, 1, 0, 1] and "numbers, 2 of 4 missing" in note
    assert "dates, 1 of 3 missing" in column(["2020-01-01", "", "2020-01-05"])[1]
    assert "categories with 2 values" in column(["a", "", "b"])[1]
    assert "it is empty" in content_of(pd.DataFrame({"c": ["", " ", None]}))[2][0]


def test_numbers_with_commas_are_numbers():
    assert np.allclose(column(["1,000", "3,000.0", "5,000"])[0], column([1, 3, 5])[0])
    assert "with commas between thousands" in column(["1,000", "3,000.0"])[1]
