"""Labels judged by what their page earns: the goal's own label is best where data are plenty."""

from course_lib.evidence.label_worth import events_of_labels, worth_of_labels, worth_over_days
from course_lib.world import feed, marketplace


def test_long_clicks_beat_clicks_in_a_feed_and_there_are_no_purchases():
    worth = worth_of_labels(feed(people=300, items=150, seed=0), 6, 300)
    assert set(worth) == {"click", "long click"} and worth["click"] < worth["long click"] <= 1


def test_where_titles_promise_nothing_false_a_click_is_nearly_as_good():
    def lead(**world):
        worth = worth_of_labels(feed(people=300, items=150, seed=1, **world), 6, 300)
        return worth["long click"] - worth["click"]
    assert lead(without=("clickbait", "quality")) < lead() - 0.1


def test_a_shop_has_six_labels_for_each_length_and_clicks_stay_poor():
    worth = worth_over_days(marketplace, [4, 16], people=200, items=150, seeds=range(2))
    assert len(worth) == 12 and worth["click, 16 days"].value < worth["money kept, 16 days"].value


def test_the_rarer_the_label_the_fewer_items_it_tells_of():
    events = events_of_labels(marketplace(people=200, items=150, seed=0), 6)
    assert (events.loc["click"] > events.loc["long click"]).all()
    assert (events.loc["long click"] > events.loc["money kept"]).all()


def test_an_open_label_is_not_read_as_a_no():
    """Where nothing is late, the same people buy and send back the same things: lateness must not change a label."""
    def events(**shop):
        small = marketplace(people=300, items=150, seed=0, without=("arrival",), shop={"stock": False, **shop})
        return events_of_labels(small, 3)["impressions that say yes"]
    late, at_once = events(), events(delay_days=0.0, return_days=0.0)
    assert late["purchase"] == at_once["purchase"] and at_once["money kept"] < at_once["purchase"]
    assert late["money kept"] - at_once["money kept"] <= 1          # one return in eighty takes more than four weeks


def test_the_world_stands_where_its_showings_end_though_a_twin_waits_for_the_labels():
    shop = marketplace(people=200, items=150, seed=0)
    worth_of_labels(shop, 3, 200)
    assert shop.day == 3
