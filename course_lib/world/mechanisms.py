"""Every mechanism's parameters: units, source or calibration, and a switch.

README.md of this folder says which phenomenon goes away with which block. Logits are natural log-odds. [C] marks a
value calibrated here: chosen so that the table of `calibration.py` comes near real data, not measured by anyone.
What a shop adds is in shop.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from .blocks import Block, check_block


@dataclass(frozen=True)
class Size(Block):
    people: int = 8000  # on day 0, bots included
    items: int = 4000  # on day 0
    requests_per_day: float = 40_000  # about, on an ordinary day before anyone's mood has changed
    slate_size: int = 10
    categories: int = 24
    regions: int = 8
    width: int = 16  # of hidden topics and tastes
    content_width: int = 32  # of the visible content vector

    def __post_init__(self):
        check_block(self, people=(32, 16_000_000), items=(50, 10_000_000), requests_per_day=(1, 1e9),
                    slate_size=(1, 100), categories=(2, 127), regions=(1, 1000), width=(2, 256),
                    content_width=(2, 1024))


@dataclass(frozen=True)
class Births(Block):
    """Items are born and die, at a rate that keeps the catalogue's size. Source: MovieTweetings, a third of whose
    ratings fall on titles of the year; feeds turn over faster [C]."""

    on: bool = True
    life_days: float = 60.0  # mean of an exponential life

    def __post_init__(self):
        check_block(self, life_days=(1, 1e6))


@dataclass(frozen=True)
class Taste(Block):
    """How people and items are spread, and how strongly affinity (a cosine, -1..1) moves a click. Source: world.md."""

    click: float = 11.0  # logits a unit of affinity [C]
    base: float = -7.0  # logits: a click on an item of affinity 0 that has nothing else for it
    item_noise: float = 0.35  # of an item's topic around its category, in lengths of the category's vector
    person_noise: float = 0.3
    content_noise: float = 0.5  # of visible content around the topic
    category_skew: float = 0.6  # Zipf exponent of how common categories are
    activity_sigma: float = 1.0  # of log visits a day: heavy-tailed. Source: ML-100K's users, sigma 1.1 [C]

    def __post_init__(self):
        check_block(self, click=(0, 50), base=(-60, 60), item_noise=(0, 10), person_noise=(0, 10),
                    content_noise=(0, 10), category_skew=(0, 5), activity_sigma=(0, 3))


@dataclass(frozen=True)
class Quality(Block):
    """Some of an item's quality shows before the click, all of it after."""
    on: bool = True
    click: float = 0.35  # logits a standard deviation, before the click. Source: world.md
    satisfy: float = 0.9  # logits a standard deviation, after it [C]


@dataclass(frozen=True)
class Clickbait(Block):
    """Appeal beyond quality earns clicks and loses satisfaction. Source: world.md; regret [C]."""

    on: bool = True
    click: float = 0.8  # logits a unit of appeal (0 for most items, exponential for a share of them)
    satisfy: float = -1.6  # logits a unit of appeal
    share: float = 0.15  # of items that have any

    def __post_init__(self):
        check_block(self, share=(0, 1))


@dataclass(frozen=True)
class Examination(Block):
    """P(look at position k) = k^-eta; the patient have a smaller eta; off: everything is seen. Source: position bias
    k^-1 and k^-0.7 in the click-model literature (Chuklin et al. 2015); eta .7 as in world.md."""

    on: bool = True
    eta: float = 0.7
    patience_sigma: float = 0.25  # spread of eta between people, as a share of it

    def __post_init__(self):
        check_block(self, eta=(0, 10), patience_sigma=(0, 1))


@dataclass(frozen=True)
class Mood(Block):
    """A session's intent: a category that outweighs the long-term taste for as long as the session lasts [C]."""

    on: bool = True
    share: float = 0.3  # of sessions that have one
    weight: float = 0.5  # of the intent in the session's taste

    def __post_init__(self):
        check_block(self, share=(0, 1), weight=(0, 1))


@dataclass(frozen=True)
class Freshness(Block):
    """New items attract; some are hits for a while (buzz, exponential over items). Source: recent popularity beats
    personalised models under MovieTweetings' time split; sizes [C]."""

    on: bool = True
    fresh: float = 0.5  # logits at birth, for all
    fresh_days: float = 4.0
    buzz: float = 0.9  # logits at birth, mean over items
    buzz_days: float = 9.0

    def __post_init__(self):
        check_block(self, fresh_days=(0.1, 1e6), buzz_days=(0.1, 1e6))


@dataclass(frozen=True)
class Trends(Block):
    """Categories and single items surge and decay; a surging category gets more births [C]."""

    on: bool = True
    category: float = 0.5  # logits, mean height of a surge
    category_every_days: float = 14.0
    item: float = 1.6
    item_share: float = 0.06  # of items that surge in each period of `item_every_days`
    item_every_days: float = 30.0
    decay_days: float = 5.0

    def __post_init__(self):
        check_block(self, category_every_days=(1, 1e6), item_every_days=(1, 1e6), decay_days=(0.1, 1e6),
                    item_share=(0, 1))


@dataclass(frozen=True)
class Calendar(Block):
    """Weekends and a holiday: more visits, and in the holiday one category that everyone wants [C]."""

    on: bool = True
    weekend: float = 1.2  # visits on days 5 and 6 of a week, against weekdays
    holiday_start_day: int = 45
    holiday_days: int = 7
    holiday_visits: float = 1.5
    holiday_category: int = 0
    holiday_logits: float = 1.0

    def __post_init__(self):
        check_block(self, weekend=(0, 100), holiday_visits=(0, 100), holiday_days=(0, 100_000),
                    holiday_category=(0, 126))


@dataclass(frozen=True)
class SocialProof(Block):
    """A visible click counter attracts: popularity feeds on itself even under a policy that ignores it. Source:
    Salganik, Dodds, Watts 2006, doi:10.1126/science.1121066; size [C]."""

    on: bool = True
    click: float = 0.12  # logits a unit of log(1 + clicks in all / 10)


@dataclass(frozen=True)
class Repeats(Block):
    """What was clicked before attracts less. Memory holds a person's latest clicks [C]."""

    on: bool = True
    logits: float = -3.0
    memory: int = 48  # clicks a person remembers

    def __post_init__(self):
        check_block(self, memory=(1, 10_000))


@dataclass(frozen=True)
class Satisfaction(Block):
    """Clicked → satisfied or disappointed, seen in the log only through dwell. Source: log-normal dwell, Yin et al.
    2013; sizes [C]."""

    base: float = -1.2  # logits
    affinity: float = 3.0  # logits a unit of affinity
    dwell_short_s: float = 12.0  # median when disappointed
    dwell_long_s: float = 75.0  # median when satisfied
    dwell_sigma: float = 0.8
    stays: float = 0.08  # more chance of another request in the session, a satisfied click [C]
    goes: float = 0.10  # less of it, a disappointed click [C]

    def __post_init__(self):
        check_block(self, dwell_short_s=(0.1, 1e5), dwell_long_s=(0.1, 1e5), dwell_sigma=(0, 5))


@dataclass(frozen=True)
class Reading(Block):
    """How long after the request a click falls: people read down the page, then make up their mind. Seconds [C]."""

    pace_s: float = 0.8  # to pass a position
    pause_s: float = 2.5  # median of the pause before the click, log-normal
    pause_sigma: float = 0.7

    def __post_init__(self):
        check_block(self, pace_s=(0, 1e5), pause_s=(0.01, 1e5), pause_sigma=(0, 5))


@dataclass(frozen=True)
class Retention(Block):
    """Visits follow smoothed satisfaction, and the disappointed leave for good. Source: Hohnhold et al. 2015
    (users learn slowly from what they click), doi:10.1145/2783258.2788583; sizes [C]."""

    on: bool = True
    smoothing: float = 0.12  # weight of an active day in the smoothed satisfaction
    disappointment: float = 1.0  # satisfied clicks that one disappointment undoes
    usual: float = 0.04  # (satisfied - disappointed) a request at which visits are as planned
    visits: float = 1.2  # logits of visits a unit above the usual
    leave: float = 0.004  # chance to leave after an active day at the usual satisfaction
    leave_slope: float = 4.0  # how fast that falls with satisfaction

    def __post_init__(self):
        check_block(self, smoothing=(0, 1), leave=(0, 1))


@dataclass(frozen=True)
class Joining(Block):
    """People keep joining [C]."""
    on: bool = True
    per_day: float = 0.004  # of the people of day 0

    def __post_init__(self):
        check_block(self, per_day=(0, 10))


@dataclass(frozen=True)
class Novelty(Block):
    """A change of policy lifts clicks until people are used to it. Source: novelty in facts.md §7; size [C]."""

    on: bool = True
    logits: float = 0.25
    decay_days: float = 5.0

    def __post_init__(self):
        check_block(self, decay_days=(0.1, 1e6))


@dataclass(frozen=True)
class Sharing(Block):
    """The satisfied share with friends, who next day want the item and come more often: interference [C]."""

    on: bool = True
    rate: float = 0.12  # of satisfied clicks
    accept: float = 0.5  # chance that a friend takes note
    logits: float = 2.0  # on the shared item
    lasts_days: int = 3
    visits: float = 0.08  # more visits for each share noted

    def __post_init__(self):
        check_block(self, rate=(0, 1), accept=(0, 1), lasts_days=(1, 100))


@dataclass(frozen=True)
class Spam(Block):
    """Some creators are spammers: catchy, worthless items, reported, and clicked by bots of theirs [C]."""

    on: bool = True
    creators: float = 0.01  # share of creators
    bots: float = 0.004  # share of people
    attack_day: int = 0  # bots are silent before
    bot_click: float = 0.9
    appeal: float = 1.0  # of spam, logits
    report_rate: float = 0.005  # of disappointed clicks
    spam_report_rate: float = 0.08

    def __post_init__(self):
        check_block(self, creators=(0, 1), bots=(0, 1), bot_click=(0, 1), report_rate=(0, 1),
                    spam_report_rate=(0, 1))


@dataclass(frozen=True)
class PolicyScore(Block):
    """The visible safety score is a classifier's: right most of the time [C]. Off: it is right always."""

    on: bool = True
    noise: float = 0.18  # standard deviation

    def __post_init__(self):
        check_block(self, noise=(0, 10))


@dataclass(frozen=True)
class Arrival(Block):
    """Outcomes reach the log late. Off: at once."""
    on: bool = True
    mean_hours: float = 3.0

    def __post_init__(self):
        check_block(self, mean_hours=(0, 1e5))
