# %% [markdown]
# # {{feedback}} Feedback: what a click means
#
# **The decision.** A log holds clicks, silences and, later, purchases. What counts as *yes*, as *no*, and as *nobody
# knows yet*?
#
# | | |
# |---|---|
# | Budget | a share of random slots |
# | Failure this stage owns | *The model learned the layout of the page, and then its own past.* |
# | Minutes | 100, of which 65 on exercises |
# | Needs | {{objective}} |

# %%
import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data import datasets, labels, late_labels, page_models, readings
from course_lib.data.log import MemoryLog
from course_lib.evidence import label_worth, objectives
from course_lib.evidence.estimate import Estimate, bootstrap, paired, ratio
from course_lib.evidence.paired_gain import gap_closed, relative_gain
from course_lib.stages.ranking.bandits import Retrained, rehearse
from course_lib.stages.ranking.rate_scorer import RateScorer
from course_lib.teach import compare, decide, measured, plots, predict, quiz, referee
from course_lib.teach.checking.exercises import exercise, hint, solution
from course_lib.world import feed, marketplace, policies

# %% [markdown]
# ## Predict
#
# An **impression** is one item shown in one slot of a **slate**, the list that a request gets; without a click it is a
# *silence*.
#
# 1. Which share of the silences in ten slots was never looked at?
# 2. Purchases come 1.2 days after their click on average. A label is written at the end of the click's day. Which
#    share of those within two weeks does it miss?
# 3. A ranker trains every night on its own click counts. Which share of its gap to the best possible clicks does one
#    random slot in ten close?

# %%
predict("feedback.unseen", ...)
predict("feedback.window", ...)
predict("feedback.random_slots", ...)

# %% [markdown]
# ## Who looked?
#
# By the **examination hypothesis**, a click needs two things: a person *u* looks at position *k*, with chance $e_k$,
# and likes item *i* once they look, with chance $r_{ui}$:
#
# $$P(\text{click}\mid u,i,k)=e_k\,r_{ui}.$$
#
# Looks are rarely logged; where the client reports what was on screen, use that. A position's click rate is
# $\text{CTR}_k=e_k\bar{r}_k$, where $\bar{r}_k$ averages $r_{ui}$ over what stood there. A ranker puts better items on
# top: both factors fall with *k*, its log cannot tell them apart. Something has to move items: two rankers in an A/B test, swaps of neighbours, or slots filled **at random**.
# Then $\bar{r}_k=\bar{r}$ everywhere.

# %%
COLUMNS = ["request_id", "user", "item", "position", "click"]
service = feed(people=500, items=300, seed=0)
random_days = MemoryLog()
service.run(policies.Uniform(), 7, random_days)
shown = random_days.impressions(columns=COLUMNS)
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

# %% [markdown]
# In random slots $\text{CTR}_k/\text{CTR}_1=e_k\bar{r}/(e_1\bar{r})=e_k/e_1$: liking cancels. The world's **truth**
# knows who looks. Does your function find it in random slots, and in a good ranker's log?

# %%
ranked = MemoryLog()
truth = service.truth()
service.fork().run(policies.Oracle(service.truth(), "click"), 3, ranked)
ordinary = ranked.impressions(columns=COLUMNS)
steps = np.arange(1, 11)
curve = labels.examination_curve(shown)
curves = {"truth": truth.examination(steps),
          "random slots": curve[["relative", "low", "high"]].to_numpy().tolist(),
          "a good ranker's log": relative_examination(ordinary["position"], ordinary["click"], 10)}
plots.lines(steps, curves, "Who finds the curve of looks, random slots or a ranker's log?",
            "position", "looked at, relative to the first");

# %% [markdown]
# Random slots give the truth up to chance. The ranker's curve is steeper, because its items also get worse downwards.
# Divide by it, and good items lose.
#
# ### Another page, another curve
#
# Many papers take $e_k\propto1/k$, which assumes a list. A **cascade** (Craswell et al. 2008) assumes more: people read
# from the top and stop at their click. Then a look depends on what stands above, and no curve by position holds.
#
# By **trust bias**, some who look click even what they do not like, with chance $\varepsilon_k$, because it stands
# high: $P(\text{click})=e_k(r+(1-r)\varepsilon_k)$ (Agarwal et al. 2019). Division by $e_k$ leaves $(1-r)\varepsilon_k$
# too much, most for the worst items; subtract $e_k\varepsilon_k$ first, then divide by $e_k(1-\varepsilon_k)$ (Vardasbi
# et al. 2020). The curve from random slots is now
#
# $$\frac{e_k}{e_1}\cdot\frac{r+(1-r)\,\varepsilon_k}{r+(1-r)\,\varepsilon_1}.$$
#
# Trust falls with *k*, so items of small *r* have the steeper curve (second figure; both show made-up pages).

# %%
liked = np.random.default_rng(0).beta(1.5, 6, 40)
found = page_models.layout_curves(relative_examination, liked)
plots.lines(steps, found, "Which curve does each layout have?", "slot by number", "relative looks");

halves = page_models.halves_curves(relative_examination, liked)
plots.lines(steps, halves, "The same for better and worse items?", "position", "relative looks");

# %% [markdown]
# A second row's first item is seen more than the first row's last; a carousel has a cliff where the screen ends. So log
# layout, device and client version, and estimate a curve for each.
#
# Open Bandit holds a fashion shop's real random slots.

# %%
if datasets.available("open_bandit"):
    bandit = datasets.open_bandit().impressions.query("policy == 'random'")
    real = {}
    for k, rows in bandit.groupby("position"):
        real[f"position {k}"] = ratio(rows["click"], np.ones(len(rows)))
    title = f"{bandit['click'].sum():.0f} real clicks are too few for a curve"
    plots.bars(real, title, "click rate (95%)", fmt="{:.4f}")
else:
    print("Open Bandit is not here, so this cell is left out. To get it: course data open_bandit")

# %% [markdown]
# With $c_k$ clicks at *k*, a point's relative standard error is about $\sqrt{1/c_k+1/c_1}$: ±10% (95%) takes nearly 800
# clicks at both positions.
#
# ## Ignored is not rejected
#
# {{card feedback.2}}

# %%
@exercise("feedback.2")
def seen_given_ignored(examination, click_rate):
    """float [K], float [K] → float [K]."""
    ### BEGIN SOLUTION
    return (examination - click_rate) / (1 - click_rate)
    ### END SOLUTION


by_position = shown.groupby("position")["click"].mean().to_numpy()
seen = seen_given_ignored(look, by_position)
columns = {"looked at": look, "clicked": by_position, "looked, given ignored": seen}
pd.DataFrame(columns, index=steps).round(3).T

# %% [markdown]
# Clicks are rare, so a silence says little about the look. A typical person here looks at position *k* with chance
# $1/k^\eta$: at the first always, so relative looks are chances here. So far η was 0.7. Where on this **dial** does it
# **turn** true that most silences were never looked at?

# %%
ETAS = [0.0, 0.35, 0.7, 1.4]


def random_week(eta):
    """A world with this steepness after five days of random slots, and their impressions."""
    world = feed(people=500, items=300, seed=0, examination={"eta": eta})
    log = MemoryLog()
    world.run(policies.Uniform(), 5, log)
    return world, log.impressions(columns=COLUMNS)


def unseen_with_ends(random_slots):
    """Share of ignored impressions never looked at, with the ends of the curve's interval."""
    return Estimate(*readings.unseen_share(random_slots, seen_given_ignored), len(random_slots))

# %%
weeks = {eta: random_week(eta) for eta in ETAS}
unseen = {eta: unseen_with_ends(slots) for eta, (_, slots) in weeks.items()}
plots.lines(ETAS, {"log": list(unseen.values())}, "How much of what is ignored was never seen?",
            "how steeply looks fall with the position (η)", "share of ignored never looked at")
for eta in ETAS:
    measured("feedback.unseen", unseen[eta], at=eta)

# %% [markdown]
# The steeper looks fall, the less a silence says. And if more looks became clicks? Move both.

# %% tags=["widget"]
from course_lib.teach.show import explore, feedback_pictures

explore(feedback_pictures.silences, eta=(0.0, 2.0, 0.2), liked=(0.05, 0.5, 0.05))

# %% [markdown]
# The more looks become clicks, the fewer silences are looks. Is a *pair* better evidence, one item clicked and one
# ignored? In slates drawn by popularity, ask the truth which item the person likes more.

# %%
usual, twin = MemoryLog(), service.fork()
twin.run(policies.Popularity(power=1.0), 6, usual)
late, then = usual.impressions(days=[11, 12]), twin.truth()
people = then.hidden_users()
late = late[~late["user"].isin(people.index[people["bot"]])]
late = late.assign(liking=then.satisfaction(late["user"].to_numpy(), late["item"].to_numpy()))
liked_more = {}
for where, above in (("ignored above the click", True), ("ignored below the click", False)):
    user, more = readings.preferred(late, above)
    liked_more[where] = ratio(more, np.ones(len(more)), groups=user)
    measured("feedback.disliked", liked_more[where], on=f"world, {where}")
plots.bars(liked_more, "Is the clicked item liked more?", "share of pairs, 95% (dice: 0.5)");

# %% [markdown]
# In most pairs it is the clicked one, in nearly all runs with other seeds more often so where the ignored item stood
# *above* the click. We expected 8 pairs in 10: where it stood below that fails; above, it cannot be said. And a slate's
# items were chosen as good: a model that takes silence for dislike unlearns that.
#
# ## Four readings of one log
#
# Each divides an item's *yeses* by its *showings*.
#
# - **Every ignored is a no**: clicks over showings.
# - **Skips above a click** (Joachims et al. 2005): nothing below a slate's lowest click is a showing.
# - **Silence weighed**: a silence is a showing with weight $P(\text{look}|\text{ignored})$. At *k*, $e_kr$ clicks and
#   $e_k-e_kr$ silences with a look give $e_kr/(e_kr+e_k-e_kr)=r$.
# - **Clicks weighed**: a click counts $1/e_k$, so that $E[\text{click}/e_k]=e_kr/e_k=r$. This is *inverse propensity
#   weighting* (Joachims et al. 2017). With 20 looks and 10 clicks in 100 showings, a click counts five: 50 of 100, like
#   10 of 20 looks.
#
# The last needs $e_k>0$ wherever an item may stand. The variance of $\text{click}/e_k$ is $r/e_k-r^2$, at $e_k=0.05$
# about twenty times that at the top. *Clipping* large weights trades it for a bias against items that stood low.
#
# The log comes from a ranker that sorts by *title length*, which nobody cares about.

# %%
def like_rates(slates, look, n_items):
    """The like rate of each item under four readings of one log: {reading: float [n_items]}."""
    click, slot = slates["click"].to_numpy(float), slates["position"].to_numpy() - 1
    chance = np.clip(look, 1e-3, 1)
    rate = slates.groupby("position")["click"].mean().to_numpy()
    seen = np.clip(seen_given_ignored(chance, rate), 0, 1)[slot]
    shown, above = np.ones(len(slates)), slates.index.isin(labels.skip_above(slates).index)
    fractions = {"every ignored is a no": (click, shown),
                 "skips above a click": (click, above),
                 "silence weighed by the chance of a look": (click, np.where(click == 1, 1, seen)),
                 "clicks weighed by one over that chance": (click / chance[slot], shown)}
    return {name: readings.rate_of_items(slates["item"], yes, times, n_items)
            for name, (yes, times) in fractions.items()}

# %%
def serve(world, rate, days=4):
    """Clicks per request of each person in a twin where items are drawn by their like rate."""
    log = MemoryLog()
    world.fork().run(policies.PlackettLuce(RateScorer(rate), temperature=0.3), days, log)
    return objectives.per_user(objectives.clicks(log), log)


def readings_at(world, random_slots):
    """A log sorted by title length in this world: each reading's rates, and what they earn."""
    by_length = MemoryLog()
    world.run(policies.FeatureSorter(world.catalog(), "title_length"), 8, by_length)
    slates = by_length.impressions(columns=COLUMNS)
    look = relative_examination(random_slots["position"].to_numpy(), random_slots["click"], 10)
    rates = like_rates(slates, look, len(world.catalog().items))
    return rates, pd.DataFrame({name: serve(world, rate) for name, rate in rates.items()})

# %%
tried_at = {eta: readings_at(*weeks[eta]) for eta in ETAS[:2]}

# %%
tried_at |= {eta: readings_at(*weeks[eta]) for eta in ETAS[2:]}
rates_of, world = tried_at[0.7][0], weeks[0.7][0]
length = world.catalog().items["title_length"].reset_index(drop=True)
appeal = world.truth().scores(np.arange(300), np.arange(len(length)), by="click").mean(0)
rates_of = pd.DataFrame(rates_of)
pd.DataFrame({"correlation with title length (should be 0)": rates_of.corrwith(length),
              "with true appeal (should be 1)": rates_of.corrwith(pd.Series(appeal))}).round(2)

# %%
def gain_over_naive(outcome, reading):
    """By what share a reading earns more than counting every silence as a no, over people."""
    return relative_gain(outcome[reading], outcome["every ignored is a no"])


gains = {}
for reading in rates_of.columns[1:]:
    gains[reading] = [gain_over_naive(tried_at[eta][1], reading) for eta in ETAS]
plots.lines(ETAS, gains, "What is gained over taking every silence for a no?",
            "how steeply looks fall with the position (η)", "change in clicks per request (95%)")
for place, eta in enumerate(ETAS):
    measured("feedback.naive", gains["clicks weighed by one over that chance"][place], at=eta)
    measured("feedback.silence", gains["silence weighed by the chance of a look"][place], at=eta)

# %% [markdown]
# Where everybody sees everything, a correction only adds its error. Where looks fall, the first reading learns the
# page, as its correlation with title length shows. On average over the runs, both weighings gain more the steeper looks
# fall; at the steepest, weighed clicks lose in some runs. Skips need no curve, but flatter low items, counted only
# where they or something below was clicked: in the run stored here they lose where looks fall little.
#
# {{card feedback.11}}

# %%
def rate_per_look(click, examination, click_rate):
    """click 0/1 [E], chance of a look [E], click rate of the position [E] → clicks per look."""
    ### BEGIN SOLUTION
    seen = seen_given_ignored(examination, click_rate)
    return np.sum(click) / np.sum(np.where(click == 1, 1, seen))
    ### END SOLUTION


### BEGIN SOLUTION: referee("feedback.11", because=..., mended=rate_per_look);
referee("feedback.11", because="e", mended=rate_per_look);
### END SOLUTION

# %% [markdown]
# ## Which label?
#
# A **long click** held the reader for 30 s or more. A shop has purchases, their price, and the **money kept**: a
# purchase's margin, or nothing if it was sent back. A label is worth what its page, the ten best items by rate per
# look, earns in truth. Labels close to the goal are rarer:

# %%
young_shop = marketplace(people=500, items=300, seed=0)
label_worth.events_of_labels(young_shop, 3)

# %% [markdown]
# {{card feedback.8}}

# %%
### BEGIN SOLUTION: choice = ...
choice = {"feed": "long click", "shop": "margin of long clicks"}
### END SOLUTION
decide("feedback.8", choice, feed=feed, marketplace=marketplace);

# %%
worth = label_worth.worth_over_days(marketplace, [3, 24])
by_days = {name: plots.color("", "24" in name) for name in worth}
plots.bars(worth, "Which label of a shop earns most?",
           "worth of its page, share of the best page's (95%, 4 shops)", colors=by_days);

# %% [markdown]
# Clicks ask another question than the goal, and more days do not mend that. The margin of long clicks is a *proxy*,
# rich in events; money kept is the goal, and rare. Four shops cannot tell them apart.
#
# ## A purchase comes later
#
# {{card feedback.5}}

# %%
@exercise("feedback.5")
def window_label(click_time, event_time, as_of, window_s):
    """→ float [E]: 1 yes, 0 no, NaN not known yet."""
    ### BEGIN SOLUTION
    with np.errstate(invalid="ignore"):
        bought = (event_time <= as_of) & (event_time - click_time <= window_s)
    over = click_time + window_s <= as_of
    return np.where(bought, 1.0, np.where(over, 0.0, np.nan))
    ### END SOLUTION

# %%
WINDOW, TODAY = 14 * DAY_S, 24 * DAY_S


def shop_with(delay_days):
    """The log of 42 random days in a shop where a purchase takes so many days on average."""
    shop = marketplace(people=700, items=300, seed=0, shop={"delay_days": delay_days})
    log = MemoryLog()
    shop.run(policies.Uniform(), 42, log)
    return log


def missed_same_day(sales):
    """Share of the purchases within two weeks of a click that a label on its own day misses."""
    user, later = late_labels.missed_same_day(sales.impressions(), sales.outcomes(), until=TODAY,
                                              window_s=WINDOW, as_of=42 * DAY_S)
    return ratio(later, np.ones(len(later)), groups=user)

# %%
DELAYS = [0.0, 0.3, 1.2, 4.0]
shops = {days: shop_with(days) for days in DELAYS}
missed = {days: missed_same_day(log) for days, log in shops.items()}
plots.lines(DELAYS, {"log": list(missed.values())}, "What does a label on the click's day miss?",
            "days from click to purchase, on average", "share of two weeks' purchases missed")
for days in DELAYS:
    measured("feedback.window", missed[days], at=days)

# %% [markdown]
# In all recorded runs it misses over two thirds at 1.2 days, and over a third at 0.3.
#
# ### Why a young window overstates the rate
#
# Let *p* be the share of clicks that buy within the window *W*, *F(a)* the share of those purchases that has come by
# age *a*, *y* the share of clicks younger than *W*, and $\bar{F}$ the mean of *F* over them. A young click has label 1
# or none. So $p\,y\,\bar{F}$ young and $1-y$ old clicks have a label, and, as $p<1$, their mean is
#
# $$\frac{p\,y\,\bar{F}+p\,(1-y)}{p\,y\,\bar{F}+(1-y)}\;>\;p.$$
#
# If open windows count as *no*, it is $p(1-y(1-\bar{F}))<p$. Waiting for *W* is right while the rate stays. A fourth
# way corrects each click by its age, from $P(\text{bought by age }a)=p\,F(a)$.
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


sales = shops[1.2]
delays = labels.arrival_curve(sales.impressions(), sales.outcomes(), as_of=TODAY, window_s=WINDOW)
clicks = late_labels.clicks_and_purchases(sales.impressions(), sales.outcomes())
clicks = clicks[clicks["time"] < TODAY]

# %%
def rates_of_young(days):
    """The share of the last days' clicks that buys: three readings, and what came of them."""
    recent = clicks[clicks["time"] >= TODAY - days * DAY_S]
    time, bought = recent["time"].to_numpy(), recent["bought"].to_numpy()
    known = window_label(time, bought, TODAY, WINDOW)
    so_far = np.nan_to_num(known)
    return {"rows that have a label": bootstrap(known[~np.isnan(known)]),
            "open windows are a no": bootstrap(so_far),
            "corrected by delay": rate_corrected_for_delay(so_far, TODAY - time, delays),
            "after all is known": bootstrap(window_label(time, bought, 42 * DAY_S, WINDOW))}


LAST = [2, 4, 7, 10, 13, 16, 20, 24]
table = pd.DataFrame([rates_of_young(days) for days in LAST])
plots.lines(LAST, table.to_dict("list"), "Which share of the clicks of the last days buys?",
            "days of clicks used; a window is 14 days", "share that buys (logarithmic)", logy=True);

# %% [markdown]
# Up to 14 days, all rows that have a label are purchases. Open windows taken for a no understate the rate; the
# correction makes up for much of that.
#
# Is the correction right *on average*, and with slower buyers?

# %%
def error_of_week(delays, slower, rng):
    """Relative error of one week's corrected rate, whose buyers take 1 + slower times as long."""
    label, age, truly = late_labels.made_week(delays, slower, rng)
    return rate_corrected_for_delay(label, age, delays) / truly - 1


SLOWER = [0.0, 0.1, 0.25, 0.5, 1.0]
rng, errors = np.random.default_rng(0), {}
for slower in SLOWER:
    errors[slower] = bootstrap(np.array([error_of_week(delays, slower, rng) for _ in range(60)]))
    measured("feedback.corrected", errors[slower], at=slower)
plots.lines(SLOWER, {"log": list(errors.values())}, "How far off is the rate with slower buyers?",
            "how much longer buyers take than in the old log", "error, share of the rate");

# %% [markdown]
# At 0 the correction is right by construction. Slower buyers lower the corrected rate as fewer buyers would, and the
# mean delay so far cannot tell them apart: young clicks show short delays only.
#
# So compare at equal age. Of the purchases within three days of clicks at least three days old, which share came on the
# first day, now and before? That is $F(1)/F(3)$, whatever the rate. This ratio becomes a monitor with a threshold and
# an owner; when it trips, read *mature* clicks only, whose window is over.
#
# {{card feedback.9}}

# %%
### BEGIN SOLUTION: choice = ...
choice = {"app": "corrected", "app days": 6, "gifts": "mature", "gifts days": 28}
### END SOLUTION
decide("feedback.9", choice);

# %% [markdown]
# ## The loop: a model that trains on itself
#
# Every night the ranker is trained again on what it showed. Here items stay and people are alike. `counts` orders items
# by clicks, `rates` by clicks per showing: under both, an item never shown scores 0. **Thompson sampling** draws each
# item's rate from what is known of it: $\text{Beta}(1+c,1+n-c)$ after *c* clicks in *n* showings, if all rates were
# equally likely beforehand. That is wide where *n* is small, so an unknown item sometimes draws high and gets its
# trial.

# %%
rates = truth.scores(np.arange(300), by="click").mean(0)
looks = truth.examination(steps)
best = (np.sort(rates)[::-1][:10] * looks).sum()


def rehearsals(rule, share, seeds=range(20), last=60):
    """Clicks of the last nights as a share of the best possible, float [runs]."""
    runs = [rehearse(rates, looks, rule, random_slots=share, seed=seed) for seed in seeds]
    return np.mean([nights["clicks"][-last:] for nights in runs], axis=1) / best


late = {}
for rule in ("counts", "rates", "thompson"):
    late[rule] = rehearsals(rule, 0.0, last=10)
    late[f"{rule}, 10% random slots"] = rehearsals(rule, 0.1, last=10)

plots.bars({name: bootstrap(values) for name, values in late.items()},
           "What do random slots do for each rule?", "last ten nights, share of the best (95%)")
for rule, claim in (("counts", "feedback.random_slots"), ("rates", "feedback.random_rates")):
    measured(claim, gap_closed(late[rule], late[f"{rule}, 10% random slots"]))

# %% [markdown]
# For `counts` the gap grew in every run. But clicks are counted while a tenth of the slots is random, and that has a
# price. Thompson's fall shows a price above the whole change for `counts`. So whether *exploration*, showing in order
# to learn, taught the other slots anything cannot be read off here; they were not counted alone. For `rates`, price
# included, less than half of the gap closes on average.
#
# Of twenty million items, 1% random slots in a million daily requests of ten show each once in 200 days. So explore
# among candidates, with known chances, and let features carry what is learnt.
#
# {{card feedback.10}}

# %%
### BEGIN SOLUTION: choice = ...
choice = {"feed": 0.1, "shop": 0.0}
### END SOLUTION
decide("feedback.10", choice);

# %% [markdown]
# Is Thompson sampling better? Its rival ranks by rates with the random share that was best in *other* runs. Thompson
# differs twice: it draws, and starts unknown items at one half, not at 0. In the second comparison items come and go;
# the share is not tuned anew.

# %%
SHARES = [0.0, 0.01, 0.02, 0.05, 0.1]
other_runs = range(100, 110)
tuned = max(SHARES, key=lambda share: rehearsals("rates", share, other_runs).mean())
rival, thompson = rehearsals("rates", tuned), rehearsals("thompson", 0.0)
print(f"rates with {tuned:.0%} random slots: {bootstrap(rival)}; Thompson: {bootstrap(thompson)}")
measured("feedback.thompson", paired(thompson, rival), on="world, items that stay")
whole = feed(people=250, items=300, seed=0)
share = tuned or 0.05
nights = {"counts": MemoryLog(), "rates": MemoryLog(), "thompson": MemoryLog()}
for rule, log in nights.items():
    whole.fork().run(Retrained(rule, random_slots=share if rule == "rates" else 0.0), 30, log)

# %%
quality = whole.truth().scores(np.arange(200), np.arange(300), by="satisfaction").mean(0)
top = np.argsort(-quality)[:30]


def tried(log, often=100):
    """For each of the 30 most satisfying first items: 1 if it was shown often."""
    item = log.impressions(columns=["item"])["item"]
    return (np.bincount(item, minlength=300)[top] >= often).astype(float)


by_person = {rule: objectives.per_user(objectives.clicks(log), log) for rule, log in nights.items()}
earned = pd.DataFrame(by_person).dropna()
measured("feedback.thompson", relative_gain(earned["thompson"], earned["rates"]),
         on="world, items born and dying")
measured("feedback.discovery", paired(tried(nights["rates"]), tried(nights["thompson"])))
plots.bars({rule: bootstrap(earned[rule].to_numpy()) for rule in earned},
           "Clicks over thirty nights in the whole world", "clicks per request (95% over people)");

# %% [markdown]
# Where items stay, Thompson sampling earned more in every run. Where they come and go, runs disagree; on average it
# gives more of the best items a fair trial.
#
# ## What can lie to you
#
# If a client loses 15% of its clicks, its people seem to dislike everything. In the curve of looks only a loss equal in
# all slots cancels. An alarm compares clicks with later events that imply one, for each client.

# %%
quiz("feedback.q1")
quiz("feedback.q2")
quiz("feedback.q3")
compare("feedback.6")

# %% [markdown]
# ## After day 7
#
# The model was retrained seven times on its predecessors' slates. Its offline metric may rise only because its log
# agrees with it more (not measured here). Check the share of random slots, logged with their chances; how many items
# were shown for the first time; whether recent labels are corrected or only young; whether buyers, at equal age, take
# as long as before. A frozen copy of day 0's model on a small share tells the loop from the season.
#
# ## Say it in a minute
#
# > "Many ignored items were never seen. So I keep some slots random, with logged chances, and estimate looks there for
# > each layout. I train on the label closest to the goal that is dense enough, and correct young clicks while old
# > delays hold. The model trains on its own log, so it explores."
#
# **Red flag:** "Clicks are positives, the rest of the slate negatives, and we retrain daily so the model stays fresh."
# A model of the page, and a loop.
#
# ## You have now
#
# Looks, labels, a correction for late ones. Next: retrieval ({{two_tower}}).
