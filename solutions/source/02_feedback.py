# %% [markdown]
# # {{feedback}} Feedback: what a click means
#
# **The decision.** What will the models of this course learn from? A log holds clicks, silences and, later, purchases. Which
# of them count as *yes*, which as *no*, and which as *nobody knows*? The answer is made here, once, and every later stage
# inherits it.
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
# 1. Of all impressions without a click, which share was never looked at?
# 2. Of all impressions without a click, in which share does the person like the item less than the middle item of the
#    catalogue?
# 3. Which share of the purchases of two weeks does a label on the day of the click miss?
# 4. A ranker trains every night on its own click counts. Five percent random slots are added. By how much do its clicks
#    after 60 nights change, as a share of the best possible?

# %%
predict("feedback.unseen", ...)
predict("feedback.disliked", ...)
predict("feedback.window", ...)
predict("feedback.random_slots", ...)

# %% [markdown]
# ## Who looked?
#
# A click needs a look. Looks are not logged, and they are rarer further down. To see them, fill all slots **at random** for
# a few days: then no position holds better items than another, and what is left between positions is looking.

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
# Does it hold? The world's **truth** knows who looks. And what would have come out of an ordinary log, where a ranker had put
# the better items on top?

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
            "Random slots find the curve; a ranker's log is too steep", "position", "looked at, relative to the first");

# %% [markdown]
# In the ranker's log the curve falls faster, because the items get worse as well. From such a log alone, without further
# assumptions, the two cannot be told apart, however large it is. A share of random slots buys the difference: this is what
# the budget above is for.
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
# The curve is relative to position 1, so these shares assume that everybody looks at the first item. Where that is wrong, even
# more went unseen.

# %%
def unseen_share(curve):
    """Share of ignored impressions that nobody looked at, given an examination curve."""
    return np.average(1 - seen_given_ignored(np.minimum(curve, 1), by_position), weights=1 - by_position)


plots.lines(steps, {"log": list(1 - seen), "truth": 1 - seen_given_ignored(truth.examination(steps), by_position)},
            "The further down, the more of the silence is absence", "position", "share of ignored never looked at")
measured("feedback.unseen", *(unseen_share(curve[end].to_numpy()) for end in ("relative", "high", "low")))

# %% [markdown]
# Is what was ignored at least disliked? Take a log as it is in production, where popular items are shown more, and ask the truth
# how much each person likes what they ignored: more or less than the middle item of the catalogue?

# %%
usual, twin = MemoryLog(), service.fork()
twin.run(policies.Popularity(power=1.0), 6, usual)
late, then = usual.impressions(days=[11, 12]), twin.truth()
ignored = late[late["click"] == 0].iloc[:20_000]
people = np.unique(ignored["user"])
middle = pd.Series(np.median(then.scores(people, by="satisfaction"), axis=1), index=people)
likes = then.satisfaction(ignored["user"].to_numpy(), ignored["item"].to_numpy())
disliked = likes < middle.loc[ignored["user"]].to_numpy()
measured("feedback.disliked", bootstrap(disliked, groups=ignored["user"].to_numpy(), n_boot=200))

# %% [markdown]
# What a system shows, it shows for a reason, so even its ignored items tend to be better than the middle one. Calling them
# negatives teaches the next model to avoid what the last one got right.
#
# ## Three ways to read silence
#
# 1. Every ignored item is a *no*. 2. Only what stands above a click is a *no*, for the eye passed it. 3. Every ignored item is
# a *no* with the weight of the chance that it was seen.
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
# Another way to the same end corrects the rate instead of the label:
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
# Now the test. The log comes from a ranker that sorts each slate by the *length of the title*, which nobody cares about. Each
# reading trains the same simple model, a like rate for each item, and each model then serves the same people in a twin of the
# world. What is compared is clicks there, not fit to the log.

# %%
by_length = MemoryLog()
service.run(policies.FeatureSorter(service.catalog(), "title_length"), 8, by_length)
slates = by_length.impressions(columns=["request_id", "user", "item", "position", "click"])
n_items = len(service.catalog().items)


def like_rate(rows, strength=60):
    """Weighted share of likes of each item, float [n_items], pulled to the average where weights are small."""
    total = np.bincount(rows["item"], rows["weight"], n_items)
    likes = np.bincount(rows["item"], rows["weight"] * rows["label"], n_items)
    return (likes + strength * likes.sum() / total.sum()) / (total + strength)


readings = {"every ignored is a no": labels.every_ignored(slates), "skips above a click": labels.skip_above(slates),
            "weighed by the chance of a look": labels.exposure_weighted(slates, np.clip(look, 1e-3, 1))}
models = {name: like_rate(rows) for name, rows in readings.items()}

# %%
length = service.catalog().items["title_length"]
liked = service.truth().scores(np.arange(300), np.arange(n_items), by="click").mean(0)
pd.DataFrame({name: {"title length (should be 0)": np.corrcoef(rate, length)[0, 1],
                     "true appeal (should be 1)": np.corrcoef(rate, liked)[0, 1]}
              for name, rate in models.items()}).round(2)

# %%
def serve(rate, days=4):
    """Clicks per request of each person in a twin of the world where items are drawn by their like rate."""
    z = (rate - rate.mean()) / rate.std()
    scorer = lambda r: np.pad(z, (0, max(0, r.eligible[-1] + 1 - len(z))))[r.eligible]  # noqa: E731
    log = MemoryLog()
    service.fork().run(policies.PlackettLuce(scorer, temperature=0.3), days, log)
    return objectives.per_user(objectives.clicks(log), log)


outcome = pd.DataFrame({name: serve(rate) for name, rate in models.items()})
plots.bars({name: bootstrap(outcome[name].dropna().to_numpy()) for name in outcome},
           "Weighed by looks, silence earns more clicks", "clicks per request (95% over people)");

# %%
naive, weighed = outcome["every ignored is a no"], outcome["weighed by the chance of a look"]
gain = paired(weighed, naive)
measured("feedback.naive", Estimate(*(part / naive.mean() for part in (gain.value, gain.low, gain.high)), gain.n))

# %% [markdown]
# The naive model learned the page: its rates follow the title length, because long titles stood on top. Weights remove most of
# that. Skips above a click lean the other way: what stands low is kept only where it, or something below it, was clicked, so
# low items look liked. They need no curve, and that is the price.
#
# ## What can lie to you
#
# The same correction, where it does not belong: in the log of a *good* ranker the top position is clicked more for a good
# reason. Dividing by a curve that was itself estimated on that log (“a good ranker's log” in the first figure) takes the
# merit away together with the layout. Lesson {{ranker}} shows what that costs. A correction for position needs random slots to be
# estimated on, or it is a guess.

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
# In a shop the label is not there when the click is. A purchase takes hours or days, so yesterday's clicks look worse than last
# month's, whoever served them.
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


shop, sales = marketplace(people=1000, items=300, seed=0), MemoryLog()
shop.run(policies.Uniform(), 42, sales);

# %%
WINDOW, TODAY = 14 * DAY_S, 24 * DAY_S
everything = labels.conversions(sales.impressions(), sales.outcomes(), as_of=42 * DAY_S, window_s=WINDOW)
known = labels.conversions(sales.impressions(), sales.outcomes(), as_of=TODAY, window_s=WINDOW)
final = everything[everything["time"] < TODAY]
first = sales.outcomes().query("kind == 'purchase'").groupby(["request_id", "item"])["event_time"].min().rename("bought")
joined = final.join(first, on=["request_id", "item"])
same_day = (joined["bought"] // DAY_S == joined["time"] // DAY_S) & (joined["label"] == 1)
missed = ratio(final["label"] - same_day, final["label"], groups=final["user"])
measured("feedback.window", missed)

# %% [markdown]
# Waiting two weeks gives right labels and a model that is two weeks old. The alternative is to use what is known and correct for
# what is still under way.
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
ax = plots.figure("The shop did not get worse last week; its labels are young", "day of the click",
                  "share that buys, 3-day mean")
for name, series in three_days.items():
    ax.plot(series.rolling(3, min_periods=1).mean(), label=name)
ax.legend();

# %%
truth_rate = final.loc[final["time"] >= TODAY - 7 * DAY_S, "label"].mean()
rng = np.random.default_rng(0)
draws = [rate_corrected_for_delay(week["label"].to_numpy()[pick], age[pick], delays) / truth_rate - 1
         for pick in rng.integers(len(week), size=(300, len(week)))]
measured("feedback.corrected", corrected / truth_rate - 1, *np.percentile(draws, [2.5, 97.5]), on="world, last week's clicks")

# %% [markdown]
# The interval is too wide for a verdict, and lies more above zero than below: a purchase that came within hours stands for many,
# so the youngest clicks decide. (The figure leaves out clicks of an age by which under a fifth of the purchases come.) The
# correction also assumes that people take as long as they used to. In a holiday week they do not, and that week's log is mute.
#
# ## The loop: a model that trains on itself
#
# Every night the ranker is trained again on what it showed. Take everything else away: fixed items with the click rates of our
# world, everybody alike, ten slots. Six rankers differ only in what they do with their own log: `counts` orders items by
# clicks, `rates` by clicks per showing, `thompson` by a draw from what is known (below); each with and without random slots.
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
setups = {f"{rule}{' + random slots' if share else ''}": (rule, share)
          for rule in ("counts", "rates", "thompson") for share in (0.0, 0.05)}
rounds = {name: [rehearse(rates, looks, rule, random_slots=share, seed=seed) for seed in range(12)]
          for name, (rule, share) in setups.items()}
late = {name: np.array([run["clicks"][-10:].mean() / best for run in runs]) for name, runs in rounds.items()}
plots.bars({name: bootstrap(values) for name, values in late.items()},
           "Dividing by showings pays; random slots alone do not", "late clicks, share of the best (95% over 12 runs)");

# %%
measured("feedback.random_slots", paired(late["counts + random slots"], late["counts"]))
measured("feedback.thompson", paired(late["thompson"], late["counts"]))

# %% [markdown]
# Five percent random slots show the count ranker every item. It does not help: a good item that was shown now and then has a
# handful of clicks, and the early favourite has thousands. **Exploration is of use only to a model that divides by showings.**
# Thompson sampling needs no random slots: where it knows little its draws are wide.

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
# Move the slider to 0, then to 0.3, for clicks and for `found` (best items shown at least 100 times). Random slots cost
# clicks in proportion to their share, and they cost them for ever; what they buy depends on the rule that reads them.
#
# ## The same loop in the whole world
#
# Real services are not so clean: items are born and die, people have moods and get bored, categories surge. Thirty nights of
# two of the rules, in twins:

# %%
whole = feed(people=250, items=300, seed=2)
nights = {rule: MemoryLog() for rule in ("counts", "thompson")}
for rule, log in nights.items():
    whole.fork().run(Retrained(rule), 30, log)
quality = whole.truth().scores(np.arange(200), np.arange(300), by="satisfaction").mean(0)
top = np.argsort(-quality)[:30]


def tried(log):
    """For each of the 30 most satisfying first items: 1 if it was shown at least 100 times."""
    return np.bincount(log.impressions(columns=["item"])["item"], minlength=300)[top] >= 100


measured("feedback.discovery", paired(tried(nights["counts"]).astype(float), tried(nights["thompson"]).astype(float)))

# %%
def tried_so_far(log, often=100):
    """How many items have been shown at least `often` times, by day."""
    per = log.impressions(columns=["day", "item"]).groupby(["item", "day"]).size().unstack(fill_value=0)
    return (per.cumsum(axis=1) >= often).sum()


ax = plots.figure("Counts settle in the first nights and try nothing new", "day", "items tried so far")
for rule, log in nights.items():
    ax.plot(tried_so_far(log), label=rule)
ax.legend()
pd.DataFrame({rule: {"clicks per request": objectives.clicks(log).mean(), "long clicks per request":
              objectives.long_clicks(log).mean(), "items shown 100 times": (np.bincount(
                  log.impressions(columns=["item"])["item"]) >= 100).sum()} for rule, log in nights.items()}).round(3)

# %% [markdown]
# Compare the clicks in the table with the figure of the loop. This is one seed, so one world, and a table without intervals: with
# another seed the lead in clicks shrinks or grows, and the order by long clicks can turn. The gap in what was ever *tried* is
# of another size. What a service surely loses by the loop is knowledge.
#
# ## What real logs look like
#
# The Open Bandit data come from a shop that logged the chance of every choice; this is their public sample. Here are its
# impressions that were served at random, in three positions.

# %%
if datasets.available("open_bandit"):
    bandit = datasets.open_bandit().impressions.query("policy == 'random'")
    real = {f"position {k}": ratio(rows["click"], np.ones(len(rows))) for k, rows in bandit.groupby("position")}
    plots.bars(real, f"{bandit['click'].sum():.0f} real clicks are too few for a curve", "click rate (95%)", fmt="{:.4f}")
    print(f"{len(bandit):,} impressions, {int(bandit['click'].sum())} clicks")
else:
    print("Open Bandit is not here, so this cell is left out. To get it: course data open_bandit")

# %% [markdown]
# A curve like ours cannot be seen there: three items stand side by side, and the intervals are as wide as any difference. Clicks
# are few in real random traffic, which is why teams are loath to pay for it, and why it has to run all the time.
#
# `compare` puts your code beside the reference:

# %%
compare("feedback.3")

# %% [markdown]
# ## After day 7
#
# The model in service has been retrained seven times, each time on slates of its predecessors. Its offline metric may well have
# risen, because its log agrees with it more and more. Check three things: the share of traffic that is random and logged with its
# chances; how many items were shown for the first time this week; whether labels of the last days were corrected or simply young.
#
# ## Say it in a minute
#
# > "A click tells me yes. No click tells me little: most ignored items were never seen, and those that were seen were shown because
# > a model thought them good. So I keep a few percent of slots random with logged chances, estimate examination there, and weigh
# > silence by the chance of a look. Purchases arrive late, so each label carries its window, and young clicks are corrected by
# > the delays of old ones. And because the model trains on its own log, it must count showings, not only clicks, and explore."
#
# **Red flag:** "Clicks are positives, the rest of the slate are negatives, and we retrain daily so the model stays fresh." That is a
# model of the page, and a loop.
#
# ## You have now
#
# an examination curve and what it cost; weights for silence; `window_label` and its correction, which lesson {{feature_audit}} needs
# for point-in-time tables; a loop that you have seen lock in, and the rule that keeps it open. Next ({{two_tower}}): learn to retrieve.
