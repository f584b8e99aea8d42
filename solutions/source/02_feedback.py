# %% [markdown]
# # {{feedback}} Feedback: what a click means
#
# **The decision.** What will the models of this course learn from? A log holds clicks, silences and, later, purchases.
# Which of them count as *yes*, which as *no*, and which as *nobody knows*? The answer is made here, once, and every
# later stage inherits it.
#
# | | |
# |---|---|
# | Budget | a share of the slots, filled at random, so that the log can answer questions at all |
# | Failure this stage owns | *The model learned the layout of the page, and then its own past.* |
# | Minutes | 80, of which 47 on exercises |
# | Needs | a reward and why it was chosen ({{objective}}) |
# | Leaves behind | an examination curve, labels with weights, a label window with its correction, a loop that explores |

# %%
import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data import datasets, labels
from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives
from course_lib.evidence.estimate import Estimate, bootstrap, paired, ratio
from course_lib.stages.ranking.bandits import Retrained, rehearse
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution
from course_lib.world import feed, marketplace, policies

plots.style()

# %% [markdown]
# ## Predict
#
# An **impression** is one item shown once, in one slot of a slate. Shares are numbers from 0 to 1.
#
# 1. Of all impressions without a click, which share was never looked at? Ten slots, and this world's readers.
# 2. A person clicks one item of a slate and ignores another one above it. In which share of such pairs do they truly like
#    the clicked one more?
# 3. Which share of the purchases of two weeks does a label on the day of the click miss, if a purchase takes 1.2 days on
#    average?
# 4. A ranker trains every night on its own click counts. One slot in ten is filled at random. Which share of the gap to the
#    best possible does that close?

# %%
predict("feedback.unseen", ...)
predict("feedback.disliked", ...)
predict("feedback.window", ...)
predict("feedback.random_slots", ...)

# %% [markdown]
# ## Who looked?
#
# A click needs a look. Looks are not logged, and they are rarer further down. To see them, fill all slots **at
# random** for a few days: then no position holds better items than another, and what is left between positions is
# looking.

# %%
service = feed(people=500, items=300, seed=0)
random_days = MemoryLog()
service.run(policies.Uniform(), 7, random_days)
shown = random_days.impressions(columns=["request_id", "user", "item", "position", "click"])
print(f"{len(shown):,} impressions in random slots, {shown['click'].sum():,} clicks")

# %% [markdown]
# {{card feedback.1}}

# %%
@exercise("feedback.1")
def relative_examination(position, click, n_positions):
    """position int [E] from 1, click 0/1 [E] → float [n_positions], 1 at the first."""
    ### BEGIN SOLUTION
    slot = np.asarray(position) - 1
    rate = np.bincount(slot, click, n_positions) / np.bincount(slot, minlength=n_positions)
    return rate / rate[0]
    ### END SOLUTION


look = relative_examination(shown["position"].to_numpy(), shown["click"].to_numpy(), 10)
print(look.round(2))

# %% [markdown]
# Does it hold? The world's **truth** knows who looks. And what would have come out of an ordinary log, where a ranker
# had put the better items on top?

# %%
ranked = MemoryLog()
truth = service.truth()
service.fork().run(policies.Oracle(service.truth(), "click"), 3, ranked)
ordinary = ranked.impressions(columns=["request_id", "user", "item", "position", "click"])
curve = labels.examination_curve(shown)
steps = np.arange(1, 11)
ends = list(zip(curve["relative"], curve["low"], curve["high"], strict=True))
plots.lines(steps, {"truth": truth.examination(steps), "random slots": ends,
                    "a good ranker's log": relative_examination(ordinary["position"], ordinary["click"], 10)},
            "Who finds the curve of looks, random slots or a ranker's log?", "position", "looked at, relative to the first");

# %% [markdown]
# In the ranker's log the curve falls faster, because the items get worse as well. From such a log alone, without
# further assumptions, worse items and rarer looks cannot be told apart, however large the log is. Random slots tell
# them apart: that is what the share of slots in the table above is spent on.
#
# ## Ignored is not rejected
#
# {{card feedback.2}}

# %%
@exercise("feedback.2")
def seen_given_ignored(examination, click_rate):
    """P(looked | no click), float [K]."""
    ### BEGIN SOLUTION
    return (examination - click_rate) / (1 - click_rate)
    ### END SOLUTION


by_position = shown.groupby("position")["click"].mean().to_numpy()
seen = seen_given_ignored(look, by_position)
pd.DataFrame({"looked at": look, "clicked": by_position, "looked, given ignored": seen}, index=steps).round(3).T

# %% [markdown]
# The curve is relative to position 1, so these shares assume that everybody looks at the first item. Where that is
# wrong, even more went unseen.

# %%
plots.lines(steps, {"log": list(1 - seen), "truth": 1 - seen_given_ignored(truth.examination(steps), by_position)},
            "Further down, more of what is ignored was never looked at", "position", "share of ignored never looked at");

# %% [markdown]
# How much goes unseen depends on how fast looking falls with the position. In this world, position k is looked at with
# chance 1 / k^η, and η is ours to set. So we vary it: at 0 everybody sees everything.

# %%
ETAS = [0.0, 0.35, 0.7, 1.4]


def random_week(eta):
    """A world with this steepness after five days of random slots, and their impressions."""
    world, log = feed(people=500, items=300, seed=0, examination={"eta": eta}), MemoryLog()
    world.run(policies.Uniform(), 5, log)
    return world, log.impressions(columns=["request_id", "user", "item", "position", "click"])


def unseen_with_ends(random_slots):
    """Share of ignored impressions that nobody looked at, with the ends that the examination curve's interval gives."""
    rate = random_slots.groupby("position")["click"].mean().to_numpy()
    curve = labels.examination_curve(random_slots)
    value, low, high = (
        np.average(1 - seen_given_ignored(np.clip(curve[end].to_numpy(), rate, 1), rate), weights=1 - rate)
        for end in ("relative", "high", "low"))
    return Estimate(value, min(low, value), max(high, value), len(random_slots))

# %%
weeks = {eta: random_week(eta) for eta in ETAS}
unseen = {eta: unseen_with_ends(slots) for eta, (_, slots) in weeks.items()}
plots.lines(ETAS, {"log": [unseen[eta] for eta in ETAS]}, "How much of what is ignored was never looked at?",
            "how steeply looking falls with the position (η)", "share of ignored never looked at")
for eta in ETAS:
    measured("feedback.unseen", unseen[eta], at=eta)

# %% [markdown]
# Studies that simulate clicks on lists from top to bottom often set η to 1. Where items stand side by side there may
# be no such curve at all. Read your own off your own random slots.
#
# So silence is no proof of dislike. Does a pair tell more? A person clicks one item and ignores another one of the
# same slate. Take a log as it is in production, where popular items are shown more; of six days we read the last two.
# Then ask the truth how much each person likes both items: the chance of a satisfied click, if they look. Bots are
# left out, for they click without liking anything.

# %%
usual, twin = MemoryLog(), service.fork()
twin.run(policies.Popularity(power=1.0), 6, usual)
late, then = usual.impressions(days=[11, 12]), twin.truth()


def preferred(shown, above):
    """For each pair of a clicked and an ignored item of a slate: user, and 1 if the clicked one is liked more."""
    clicked = shown.loc[shown["click"] == 1, ["request_id", "user", "item", "position", "liking"]]
    ignored = shown.loc[shown["click"] == 0, ["request_id", "position", "liking"]]
    pairs = clicked.merge(ignored, on="request_id", suffixes=("", "_ignored"))
    stood_above = pairs["position_ignored"] < pairs["position"]
    pairs = pairs[stood_above == above]
    return pairs["user"].to_numpy(), (pairs["liking"] > pairs["liking_ignored"]).to_numpy(float)

# %%
people = then.hidden_users()
late = late[~late["user"].isin(people.index[people["bot"]])]
late = late.assign(liking=then.satisfaction(late["user"].to_numpy(), late["item"].to_numpy()))
liked_more = {}
for where, above in (("ignored above the click", True), ("ignored below the click", False)):
    user, more = preferred(late, above)
    liked_more[where] = ratio(more, np.ones(len(more)), groups=user)
    measured("feedback.disliked", liked_more[where], on=f"world, {where}")
ax = plots.bars(liked_more, "In how many pairs is the clicked item the better liked?", "share of pairs (95% over people)")
ax.axvline(0.5, color="#333333", lw=1)

# %% [markdown]
# A pair says something about *one item against another*, where a single silence says little. It is still no label to
# be taken for certain: looks, moods and titles decide some clicks. And what a system shows, it shows for a reason, so
# calling everything that was ignored a negative can teach the next model to avoid what the last one got right.
#
# ## Three ways to read silence
#
# 1. Every ignored item is a *no*.
# 2. Only what stands above a click is a *no*, for the eye passed it.
# 3. Every ignored item is a *no* with the weight of the chance that it was seen.
#
# {{card feedback.3}}

# %%
@exercise("feedback.3")
def skips_and_clicks(click):
    """click 0/1 [B, K] → bool [B, K], True where something may be learnt."""
    ### BEGIN SOLUTION
    from_below = np.flip(np.asarray(click) > 0, axis=1)
    return np.flip(np.maximum.accumulate(from_below, axis=1), axis=1)
    ### END SOLUTION

# %% [markdown]
# A fourth way corrects the click instead of the silence. It is what the literature calls unbiased learning to rank: a
# click at a position that few look at counts for more.
#
# {{card feedback.4}}

# %%
@exercise("feedback.4")
def click_rate_per_look(click, examination):
    """click 0/1 [E], examination [E] in (0, 1] → clicks per look."""
    ### BEGIN SOLUTION
    return np.mean(click / examination)
    ### END SOLUTION

# %% [markdown]
# Now the test. The log comes from a ranker that sorts each slate by the *length of the title*, which nobody cares
# about. Each reading trains the same simple model, a like rate for each item, and each model then serves the same
# people in a twin of the world. What is compared is the clicks earned there, not the fit to the log. What we vary is
# again η: how strong position bias is.

# %%
def pulled(likes, times, strength=60):
    """Share of likes of each item, float [n_items], pulled to the average of all where there is little to go by."""
    return (likes + strength * likes.sum() / times.sum()) / (times + strength)


def like_rates(slates, look, n_items):
    """The like rates that each reading of the same log gives, {reading: float [n_items]}."""
    def from_labels(rows):
        likes = np.bincount(rows["item"], rows["weight"] * rows["label"], n_items)
        return pulled(likes, np.bincount(rows["item"], rows["weight"], n_items))

    chance = np.clip(look, 1e-3, 1)
    clicks = np.bincount(slates["item"], slates["click"] / chance[slates["position"] - 1], n_items)
    return {"every ignored is a no": from_labels(labels.every_ignored(slates)),
            "skips above a click": from_labels(labels.skip_above(slates)),
            "silence weighed by the chance of a look": from_labels(labels.exposure_weighted(slates, chance)),
            "clicks weighed by one over that chance": pulled(clicks, np.bincount(slates["item"], minlength=n_items))}

# %%
def serve(world, rate, days=4):
    """Clicks per request of each person in a twin of the world where items are drawn by their like rate."""
    z = (rate - rate.mean()) / rate.std()

    def scores_of(requests):
        newborn = max(0, requests.eligible[-1] + 1 - len(z))
        return np.append(z, np.zeros(newborn))[requests.eligible]

    log = MemoryLog()
    world.fork().run(policies.PlackettLuce(scores_of, temperature=0.3), days, log)
    return objectives.per_user(objectives.clicks(log), log)

# %%
def readings_at(world, random_slots):
    """A log sorted by title length in this world; like rates of each reading, and what each earns (a column each)."""
    by_length = MemoryLog()
    world.run(policies.FeatureSorter(world.catalog(), "title_length"), 8, by_length)
    slates = by_length.impressions(columns=["request_id", "user", "item", "position", "click"])
    look = relative_examination(random_slots["position"].to_numpy(), random_slots["click"].to_numpy(), 10)
    rates = like_rates(slates, look, len(world.catalog().items))
    return rates, pd.DataFrame({name: serve(world, rate) for name, rate in rates.items()})

# %%
tried_at = {eta: readings_at(*weeks[eta]) for eta in ETAS[:2]}

# %%
tried_at |= {eta: readings_at(*weeks[eta]) for eta in ETAS[2:]}
rates_of, outcome = tried_at[0.7]
world = weeks[0.7][0]
items = world.catalog().items
appeal = world.truth().scores(np.arange(300), np.arange(len(items)), by="click").mean(0)
pd.DataFrame({name: {"title length (should be 0)": np.corrcoef(rate, items["title_length"])[0, 1],
                     "true appeal (should be 1)": np.corrcoef(rate, appeal)[0, 1]}
              for name, rate in rates_of.items()}).round(2).T

# %%
def gain_over_naive(outcome, reading):
    """By what share a reading earns more clicks than counting every silence as a no, over people."""
    both = outcome[[reading, "every ignored is a no"]].dropna()
    gain, scale = paired(both[reading], both["every ignored is a no"]), both["every ignored is a no"].mean()
    return Estimate(gain.value / scale, gain.low / scale, gain.high / scale, gain.n)


gains = {reading: [gain_over_naive(tried_at[eta][1], reading) for eta in ETAS] for reading in list(rates_of)[1:]}
ax = plots.lines(ETAS, gains, "What is gained over taking every silence for a no?",
                 "how steeply looking falls with the position (η)", "change in clicks per request (95% over people)")
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
for eta, by_click, by_silence in zip(ETAS, gains["clicks weighed by one over that chance"],
                                     gains["silence weighed by the chance of a look"], strict=True):
    measured("feedback.naive", by_click, at=eta)
    measured("feedback.silence", by_silence, at=eta)

# %% [markdown]
# Where everybody sees everything there is nothing to correct, and a correction can only add the error of its
# estimated curve. Where looking falls with the position, the naive model learns the page: the table, at η = 0.7,
# shows how far the rates of each reading follow the title length, which decided what stood on top. Dividing has its
# price: a click at a position that few look at counts many times, so at the steepest curve the gain rests on few
# clicks and differs much from seed to seed. Skips above a click need no curve, but what they keep is skewed: what
# stands low is kept only where it, or something below it, was clicked. So low items look liked, even where there is
# no bias to remove.
#
# ## What can lie to you
#
# The same correction, where it does not belong: in the log of a *good* ranker the top position is clicked more for a
# good reason. Dividing by a curve that was itself estimated on that log (“a good ranker's log” in the first figure)
# takes the merit away together with the layout. Lesson {{ranker}} shows what that costs. So estimate a correction for
# position on random slots, or say which assumption stands in for them.

# %%
quiz("feedback.q1", "Your log comes from a good ranker and has no random slots. A colleague estimates the examination curve from click rates "
     "by position and reweighs the training data with it. What happens?",
     choices={
         "Position bias is removed.": "Only if items stood at random. Here the curve holds the ranker's merit as well.",
         "Good items lose, because their merit was taken for position.":
             "Yes. The curve is too steep, so clicks further down count too much and those at the top too little.",
         "Nothing: the bias is the same for all items.": "It is not: an item that always stands on top is affected most.",
         "The model becomes calibrated.": "Calibration is another question; and this reweighing would break it."},
     answer="Good items lose, because their merit was taken for position.")

# %% [markdown]
# ## A purchase comes later
#
# In a shop the label is not there when the click is. A purchase takes hours or days, so yesterday's clicks look worse
# than last month's, whoever served them.
#
# {{card feedback.5}}

# %%
@exercise("feedback.5")
def window_label(click_time, event_time, as_of, window_s):
    """→ float [E]: 1 bought in time, 0 window over without, NaN not known yet."""
    ### BEGIN SOLUTION
    with np.errstate(invalid="ignore"):
        bought = (event_time <= as_of) & (event_time - click_time <= window_s)
    over = click_time + window_s <= as_of
    return np.where(bought, 1.0, np.where(over, 0.0, np.nan))
    ### END SOLUTION


# %%
WINDOW, TODAY = 14 * DAY_S, 24 * DAY_S


def shop_with(delay_days):
    """The log of 42 days of random slots in a shop where a purchase takes so many days on average."""
    shop, log = marketplace(people=700, items=300, seed=0, shop={"delay_days": delay_days}), MemoryLog()
    shop.run(policies.Uniform(), 42, log)
    return log


def missed_same_day(sales):
    """Share of the purchases within two weeks of a click that a label on its own day misses."""
    final = labels.conversions(sales.impressions(), sales.outcomes(), as_of=42 * DAY_S, window_s=WINDOW)
    final = final[(final["time"] < TODAY) & (final["label"] == 1)]
    first = sales.outcomes().query("kind == 'purchase'").groupby(["request_id", "item"])["event_time"].min()
    bought = final.join(first.rename("bought"), on=["request_id", "item"])
    later = bought["bought"] // DAY_S > bought["time"] // DAY_S
    return ratio(later.to_numpy(float), np.ones(len(later)), groups=bought["user"])

# %%
DELAYS = [0.0, 0.3, 1.2, 4.0]
shops = {days: shop_with(days) for days in DELAYS}
missed = {days: missed_same_day(log) for days, log in shops.items()}
plots.lines(DELAYS, {"log": [missed[days] for days in DELAYS]}, "What does a label on the day of the click miss?",
            "days from click to purchase, on average", "share of two weeks' purchases missed")
for days in DELAYS:
    measured("feedback.window", missed[days], at=days)

# %% [markdown]
# The answer depends on how slow buyers are, so look that up in your own log before you choose a window. This world's
# shop is set to 1.2 days; of the conversions after display ads that Chapelle counted at Criteo, about half came
# within a day.

# %%
sales = shops[1.2]
everything = labels.conversions(sales.impressions(), sales.outcomes(), as_of=42 * DAY_S, window_s=WINDOW)
known = labels.conversions(sales.impressions(), sales.outcomes(), as_of=TODAY, window_s=WINDOW)
final = everything[everything["time"] < TODAY]

# %% [markdown]
# Waiting two weeks gives right labels and a model that is two weeks old. The alternative is to use what is known and
# correct for what is still under way.
#
# {{card feedback.6}}

# %%
@exercise("feedback.6")
def rate_corrected_for_delay(label, age_s, delays_s):
    """label 0/1 [E] so far, age_s [E], delays_s [D] of old purchases → the rate, corrected."""
    ### BEGIN SOLUTION
    arrived = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    tells = arrived > 0
    return np.mean(label[tells] / arrived[tells])
    ### END SOLUTION


delays = labels.arrival_curve(sales.impressions(), sales.outcomes(), as_of=TODAY, window_s=WINDOW)
week = known[known["time"] >= TODAY - 7 * DAY_S]
age = TODAY - week["time"].to_numpy()
corrected = rate_corrected_for_delay(week["label"].to_numpy(), age, delays)
print(f"the last week's clicks: bought so far {week['label'].mean():.1%}, corrected {corrected:.1%}")

# %%
def by_day(table, value):
    """Mean of `value` by the day of the click."""
    return value.groupby(table["time"] // DAY_S).mean()


weighed_rows = labels.weigh_by_arrival(known, delays, as_of=TODAY)
in_time = weighed_rows["arrived"] > 0.2
three_days = {"as known on day 24": by_day(known, known["label"]),
              "corrected": by_day(known[in_time], weighed_rows["weight"][in_time]),
              "after all is known": by_day(final, final["label"])}
ax = plots.figure("Did the shop get worse last week, or are its labels young?", "day of the click",
                  "share that buys, 3-day mean")
for name, series in three_days.items():
    ax.plot(series.rolling(3, min_periods=1).mean(), label=name)
ax.legend();

# %% [markdown]
# (The corrected line leaves out clicks so young that a fifth of their purchases or less has come: each would weigh too
# much.) The shop has few purchases, so the error of this one week is mostly luck. Whether the correction is right *on
# average* takes many weeks to tell. They are made from this log: clicks of all ages up to seven days, a purchase after
# some of them, with the delays that old purchases had. What we vary is the assumption that the correction makes: at 0
# today's buyers take as long as those of the old log, at 1 twice as long, as they might in a holiday.

# %%
def error_of_week(delays, slower, rng, n_clicks=20_000, rate=0.06):
    """Relative error of the corrected rate of one week's clicks, whose buyers take 1 + slower times as long."""
    age = rng.uniform(0, 7 * DAY_S, n_clicks)
    buys = rng.random(n_clicks) < rate
    delay = rng.choice(delays, n_clicks) * (1 + slower)
    label = (buys & (delay <= age)).astype(float)
    return rate_corrected_for_delay(label, age, delays) / buys.mean() - 1


SLOWER = [0.0, 0.1, 0.25, 0.5, 1.0]
rng = np.random.default_rng(0)
errors = {slower: bootstrap(np.array([error_of_week(delays, slower, rng) for _ in range(60)])) for slower in SLOWER}
ax = plots.lines(SLOWER, {"log": list(errors.values())}, "How far off is the corrected rate where buyers became slower?",
                 "how much longer buyers take than in the old log", "error of the corrected rate")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
for slower in SLOWER:
    measured("feedback.corrected", errors[slower], at=slower)

# %% [markdown]
# At 0 the correction is right by construction, and that is all it promises. The corrected rate alone cannot say that
# buyers have become slower: its fall looks the same as that of customers who lost interest.
#
# ## The loop: a model that trains on itself
#
# Every night the ranker is trained again on what it showed. Take everything else away: fixed items with the click rates
# of our world, everybody alike, ten slots. The rankers differ only in what they do with their own log: `counts` orders
# items by clicks, `rates` by clicks per showing, `thompson` by a draw from what is known (below); each with and without
# random slots.
#
# {{card feedback.7}}

# %%
@exercise("feedback.7")
def posterior(clicks, showings):
    """→ (alpha, beta) of each item's Beta distribution, after a uniform prior."""
    ### BEGIN SOLUTION
    return 1.0 + clicks, 1.0 + showings - clicks
    ### END SOLUTION

# %%
rates = truth.scores(np.arange(300), by="click").mean(0)
looks = truth.examination(steps)
best = (np.sort(rates)[::-1][:10] * looks).sum()


def rehearsals(rule, share, seeds=range(20), what="clicks", last=60):
    """One value a run, float (20,): the mean of a quantity over the last nights; clicks as a share of the best possible."""
    runs = [rehearse(rates, looks, rule, random_slots=share, seed=seed)[what][-last:] for seed in seeds]
    return np.mean(runs, axis=1) / (best if what == "clicks" else 1)


setups = {f"{rule}{', 10% random slots' if share else ''}": (rule, share)
          for rule in ("counts", "rates", "thompson") for share in (0.0, 0.1)}
late = {name: rehearsals(rule, share, last=10) for name, (rule, share) in setups.items()}
plots.bars({name: bootstrap(values) for name, values in late.items()}, "What do random slots do for each rule?",
           "clicks of the last ten nights, share of the best (95% over 20 runs)");

# %%
def gap_closed(without, with_slots):
    """Share of the gap between a ranker and the best possible that random slots close, over runs."""
    pair = np.c_[without, with_slots]
    return bootstrap(pair, lambda rows: (rows[:, 1] - rows[:, 0]).mean() / (1 - rows[:, 0]).mean())


for rule, claim in (("counts", "feedback.random_slots"), ("rates", "feedback.random_rates")):
    measured(claim, gap_closed(late[rule], late[f"{rule}, 10% random slots"]))

# %% [markdown]
# Random slots show the count ranker every item, and it cannot use that: a good item that was shown now and then has a
# handful of clicks, and the early favourite has thousands. **Exploration can be of use only to a model that divides
# by showings.** Even there it need not pay: random slots cost clicks every night, and whether one slot in ten earns
# them back differed from seed to seed. So the share has to be chosen.
#
# Thompson sampling needs no random slots: where it knows little its draws are wide. Is it better? Counts would be too
# weak a rival to tell. A fair rival ranks by rates, with the share of random slots that was best in other runs. What
# is compared is the clicks of all sixty nights, learning included.

# %%
SHARES = [0.0, 0.01, 0.02, 0.05, 0.1]
other_runs = range(100, 110)
tuned = max(SHARES, key=lambda share: rehearsals("rates", share, other_runs).mean())
rival, thompson = rehearsals("rates", tuned), rehearsals("thompson", 0.0)
print(f"rates do best with {tuned:.0%} random slots: {bootstrap(rival)} of the best possible; Thompson: {bootstrap(thompson)}")
measured("feedback.thompson", paired(thompson, rival), on="world, items that stay")

# %%
def night_by_night(random_slots=0.05, what="clicks"):
    """One quantity over 60 nights for three rules, with the range of six runs."""
    series = {}
    for rule in ("counts", "rates", "thompson"):
        runs = np.array([rehearse(rates, looks, rule, random_slots=random_slots, seed=s)[what] for s in range(6)])
        runs = runs / best if what == "clicks" else runs
        series[rule] = list(zip(runs.mean(0), runs.min(0), runs.max(0), strict=True))
    labels_of = {"clicks": "clicks, share of the best possible", "top_share": "clicks on the top tenth of items",
                 "found": "best tenth of items tried"}
    ends = ", ".join(f"{rule} {values[-1][0]:.2f}" for rule, values in series.items())
    return plots.lines(np.arange(1, 61), series, f"{random_slots:.0%} random: {ends} at last", "night",
                       labels_of[what], marker="")


explore(night_by_night, random_slots=(0.0, 0.5, 0.05), what=["clicks", "top_share", "found"])

# %% [markdown]
# Move the slider to 0, then to 0.3, for clicks and for `found` (the share of the best tenth of items that was shown
# at least 100 times). What random slots bring depends on the rule that learns from them; what they cost is paid every
# night.
#
# ## The same loop in the whole world
#
# Real services are not so clean: items are born and die, people have moods and get bored, categories surge. Thirty
# nights of three rules, in twins: counts, rates with the share of random slots that was best above (5% if the best
# share was none), and Thompson sampling.

# %%
whole = feed(people=250, items=300, seed=0)
share = tuned or 0.05
nights = {"counts": MemoryLog(), "rates": MemoryLog(), "thompson": MemoryLog()}
for rule, log in nights.items():
    whole.fork().run(Retrained(rule, random_slots=share if rule == "rates" else 0.0), 30, log)
quality = whole.truth().scores(np.arange(200), np.arange(300), by="satisfaction").mean(0)
top = np.argsort(-quality)[:30]


def tried(log, often=100):
    """For each of the 30 most satisfying first items: 1 if it was shown often."""
    return (np.bincount(log.impressions(columns=["item"])["item"], minlength=300)[top] >= often).astype(float)

# %%
by_person = {rule: objectives.per_user(objectives.clicks(log), log) for rule, log in nights.items()}
earned = pd.DataFrame(by_person).dropna()
lead = paired(earned["thompson"], earned["rates"])
scale = earned["rates"].mean()
measured("feedback.thompson", Estimate(lead.value / scale, lead.low / scale, lead.high / scale, lead.n),
         on="world, items born and dying")
measured("feedback.discovery", paired(tried(nights["rates"]), tried(nights["thompson"])))

# %%
plots.bars({rule: bootstrap(earned[rule].to_numpy()) for rule in earned}, "Clicks over thirty nights in the whole world",
           "clicks per request (95% over people)")
ax = plots.figure("How many items has each rule tried?", "day", "items shown at least 100 times so far")
for rule, log in nights.items():
    daily = log.impressions(columns=["day", "item"]).groupby(["item", "day"]).size().unstack(fill_value=0)
    ax.plot((daily.cumsum(axis=1) >= 100).sum(), label=rule)
ax.legend();

# %% [markdown]
# In the loop above the items stay, and what was learnt about them is of use for ever. Here every night brings items
# that nobody knows and takes away some that were known, so a rule that tries everything thoroughly pays for trying
# again and again. Compare the two notices: the rules need not come out in the same order where items stay and where
# they do not. Ranking by counts has the same fault in both: it learns nothing about items that it never shows.
#
# ## What real logs look like
#
# The Open Bandit data come from a shop that logged the chance of every choice; this is their public sample. Here are
# its impressions that were served at random, in three positions.

# %%
if datasets.available("open_bandit"):
    bandit = datasets.open_bandit().impressions.query("policy == 'random'")
    real = {f"position {k}": ratio(rows["click"], np.ones(len(rows))) for k, rows in bandit.groupby("position")}
    plots.bars(real, f"{bandit['click'].sum():.0f} real clicks are too few for a curve", "click rate (95%)", fmt="{:.4f}")
    print(f"{len(bandit):,} impressions, {int(bandit['click'].sum())} clicks")
else:
    print("Open Bandit is not here, so this cell is left out. To get it: course data open_bandit")

# %% [markdown]
# A curve like ours cannot be seen there: three items stand side by side, and the intervals are as wide as any
# difference. Clicks are few in real random traffic: that makes it costly to learn from, and it is why such traffic
# has to run all the time.
#
# `compare` puts your code beside the reference:

# %%
compare("feedback.3")

# %% [markdown]
# ## After day 7
#
# The model in service has been retrained seven times, each time on slates of its predecessors. Its offline metric may
# well have risen, because its log agrees with it more and more. Check three things: the share of traffic that is random
# and logged with its chances; how many items were shown for the first time this week; whether labels of the last days
# were corrected or simply young.
#
# ## Say it in a minute
#
# > "A click tells me yes. No click tells me little: many ignored items were never seen, and those that were seen were shown because
# > a model thought them good. So I keep a few percent of slots random with logged chances, estimate examination there, and weigh
# > clicks or silence by the chance of a look. Purchases arrive late, so each label carries its window, and young clicks are corrected by
# > the delays of old ones. And because the model trains on its own log, it must count showings, not only clicks, and explore."
#
# **Red flag:** "Clicks are positives, the rest of the slate are negatives, and we retrain daily so the model stays fresh." That is a
# model of the page, and a loop.
#
# ## You have now
#
# an examination curve from random slots; weights for silence and for clicks; `window_label` and its correction, which
# lesson {{feature_audit}} needs for point-in-time tables; a loop that trains on its own log, under three rules.
# Next ({{two_tower}}): learn to retrieve.
