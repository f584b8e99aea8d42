"""The text of what a learner handed in is read wherever it stands, and never at the price of an error."""

import linecache

from course_lib.teach.checking.texts import source


def test_a_lambda_on_the_last_line_of_a_call_has_no_text_and_raises_nothing():
    text, file = "kept = dict(first=1,\n            mended=lambda meant, sent, done: done - meant)", "<a cell>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {}
    exec(compile(text, file, "exec"), names)
    assert isinstance(source(names["kept"]["mended"]), str)


def test_a_function_has_its_text_without_the_space_before_it():
    def double(x):
        return 2 * x

    assert source(double) == "def double(x):\n    return 2 * x\n"
