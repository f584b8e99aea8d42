"""The first set of solutions that were written blind; blind_sets.py says what is asked of it."""

from blind_sets import MeasuredSet, book, settled, without_timing

from course_lib.teach import cards


class TestFirstSet(MeasuredSet):
    which = "first"

    def test_what_was_settled_since_is_a_handful_and_the_text_says_so(self):
        places = {held.place: held.exercise for held in book("first")}
        assert set(settled()) <= set(places) and len(settled()) <= 0.02 * len(places)
        for place, sentence in settled().items():
            card = cards.card(places[place])
            assert sentence in f"{card.task} {card.shapes}", place
