# %% [markdown]
# # {{interview}} Interview: say it under pressure
#
# **The decision.** In lesson {{start_here}} it was: *which ten, for this person, now?* You have since built every stage of
# the answer. In a design interview, and in the meeting that follows a bad night, you have to choose again: what to say first,
# which number to quote, where to look, what to leave out. This lesson practises that, with the clock running.
#
# | | |
# |---|---|
# | Budget | 45 minutes at a whiteboard; one minute for the first sentence; 50 ms for the system you describe |
# | Failure this stage owns | *They knew it, and could not say it.* Or: *they said it, and did not know it.* |
# | Minutes | 150, of which 44 on exercises and 45 on the mock |
# | Needs | nothing by force; your own measurements from earlier lessons are used where there are any |
# | Leaves behind | your answers beside the reference, and an order in which to look when a number falls |

# %%
import os
import warnings

os.environ["OMP_NUM_THREADS"] = "1"          # one thread a request, as servers have it; read when numpy loads
import numpy as np
import pandas as pd

from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.intervals import wilson_interval
from course_lib.evidence.units import unit_table
from course_lib.serving.first_system import first_system
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.teach.interview import incident, mock, probes, redflags, rubric
from course_lib.teach.interview.at_hand import AtHand
from course_lib.teach.ledger import claims
from course_lib.world import feed, policies

# %%
plots.style()
warnings.simplefilter("ignore")

# %% [markdown]
# ## Predict
#
# 1. Measure the 99th percentile (p99) of each stage's time in a recommender and add them up. How many times as large as the
#    p99 of the whole request is the sum?
# 2. An index lives on five machines, a fifth of the items on each. One of them comes back empty. What share of recall@10
#    is lost?
# 3. Recall falls overnight. We put sixty faults, small ones and large ones, one at a time into the four stages. Each time you
#    count what every stage loses of the wanted items, and name the one whose loss has risen most. In what share of the sixty is
#    that the stage at fault?

# %%
predict("interview.p99", ...)
predict("interview.shard", ...)
predict("interview.trace", ...)

# %% [markdown]
# ## Numbers at hand
#
# "It depends" is true and worth nothing; "it depends on this, and when I measured it, it was so much" is an answer. The next
# cell gathers every claim of this course with what came out. Where you have run a lesson on this machine, your own number
# stands beside the solution's. Where you have not, you quote the solution's, and the table says so.

# %%
at_hand = AtHand()
print(at_hand.whose())
at_hand.show("objective.retention", "ann.refine", "launch.p99")

# %% [markdown]
# ## Five questions
#
# Each choice below has been given in an interview by somebody who was sure of it. Choose, then read what is said about the
# *other* choices: those are your follow-up questions.

# %%
for question in ("interview.two_tower", "interview.ann", "interview.feature_store", "interview.gap", "interview.ab"):
    quiz(question)

# %% [markdown]
# Here is what you could have quoted. A claim that *does not hold* is worth more in a conversation than one that does: you have
# measured something that a textbook states otherwise.

# %%
at_hand.show("two_tower.als", "ann.nprobe", "ann.refine", "feature_audit.offline", "feature_audit.day", "metric_stack.correlation", "launch.spillover")

# %% [markdown]
# ## Strong, or a red flag?
#
# Sixteen answers. Some sound weak and are strong, some the reverse. Write down the letters of those you would be glad to hear;
# all others count as **red flags**, answers after which an interviewer stops listening.

# %%
redflags.deck()

# %%
### BEGIN SOLUTION: strong = ...
strong = "b d f i l n p"
### END SOLUTION
redflags.sort_answers(strong, at_hand)

# %% [markdown]
# Look at what the strong ones share. None praises a component. Each names a condition, a cost or a measurement, and two of
# them admit what is not known.
#
# ## At the whiteboard: how big is it?
#
# Two briefs, as an interviewer gives them: a feed and a marketplace. Their numbers are made up and round; what matters is
# that you ask for them. First the functions.
#
# {{card interview.1}}

# %%
@exercise("interview.1")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    """→ (requests a second at the peak, workers needed)."""
    ### BEGIN SOLUTION
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, int(np.ceil(rate * ms / 1000 / busy))
    ### END SOLUTION


# %% [markdown]
# {{card interview.2}}

# %%
@exercise("interview.2")
def machines(items, bytes_each, machine_gb, usable, copies):
    """→ (shards, machines) for an index that is swapped while it serves."""
    ### BEGIN SOLUTION
    both_bytes = 2 * items * bytes_each
    shards = int(np.ceil(both_bytes / (machine_gb * 1e9 * usable)))
    return shards, shards * copies
    ### END SOLUTION


# %% [markdown]
# Both briefs through both functions, with 20 ms of work a request, workers busy 60% of the time, and machines of 32 GB of
# which the index may have half, two copies each. Then what one second of the peak moves: features read for every candidate,
# and a row logged for every item shown.

# %%
rows, moved = {}, {}
for name, b in mock.BRIEFS.items():
    rate, workers = capacity(b.users_a_day, b.requests_a_user, b.peak, 20, 0.6)
    shards, hosts = machines(b.items, b.vector_bytes, 32, 0.5, 2)
    rows[name] = {"people a day": b.users_a_day, "items": b.items, "requests a second": rate, "workers": workers, "shards": shards,
                  "index machines": hosts, "log, GB a day": b.users_a_day * b.requests_a_user * b.slate * b.row_bytes / 1e9}
    moved[f"{name}: features read"] = rate * b.candidates * b.feature_bytes / 1e6
    moved[f"{name}: rows logged"] = rate * b.slate * b.row_bytes / 1e6
pd.DataFrame(rows).map("{:,.0f}".format)

# %%
ratio = min(moved[f"{name}: features read"] / moved[f"{name}: rows logged"] for name in mock.BRIEFS)
ax = plots.bars(moved, f"Reading features moves at least {ratio:.0f} times the bytes of the log", "MB a second, at the peak",
                fmt="{:,.0f}", colors={key: plots.color(key.split(":")[0]) for key in moved})

# %% [markdown]
# Features read are easily left out of a design. They are why item features are kept in the ranker's own memory and only what is
# fresh comes over the network (lesson {{feature_audit}}), and why the number of candidates is a decision about money.
#
# ## Where fifty milliseconds go
#
# {{card interview.3}}

# %%
@exercise("interview.3")
def request_quantile(ms, plan, q=0.99):
    """ms: part → float [R]; plan: steps of parts asked at the same time → the q-quantile of a request, ms."""
    ### BEGIN SOLUTION
    total = 0.0
    for step in plan:
        total = total + np.maximum.reduce([ms[part] for part in step])
    return float(np.quantile(total, q))
    ### END SOLUTION


# %% [markdown]
# The system of lesson {{start_here}}, on real films where they are there, answers a few hundred people one by one. (If it has
# not been trained on this machine, this cell takes a while, once.)

# %%
def made_up():
    """A month of a made-up service, for a machine that cannot get the film data."""
    from course_lib.contracts import Dataset
    from course_lib.data.log import MemoryLog, interactions

    world, log = feed(people=1000, items=1500, seed=0), MemoryLog()
    world.run(policies.Popularity(power=0.3), 30, log)
    return Dataset("a made-up service", interactions(log.impressions()), world.catalog(), world.users())


system, films, hidden = first_system(made_up)
on = "ml100k" if "title" in films.items else "world"
people, items = np.array(sorted(hidden))[:250], np.arange(len(films.items), dtype=np.int32)
healthy = incident.Night(system, hidden, people, items)
print(f"recall@10 {bootstrap(healthy.recall)}, answered in full and in time {healthy.answered():.1%}")

# %%
timed = incident.Night(system, hidden, np.array(sorted(hidden))[:700], items, singles=700).answers.values()
ms = {stage: np.array([answer.trace[stage].ms for answer in timed]) for stage in incident.STAGES}
spent = np.stack(list(ms.values()), axis=1)
p99 = {stage: bootstrap(times, lambda t: np.quantile(t, 0.99), n_boot=300) for stage, times in ms.items()}
p99["added up"] = bootstrap(spent, lambda rows: np.quantile(rows, 0.99, axis=0).sum(), n_boot=300)
p99["the request"] = bootstrap(spent, lambda rows: np.quantile(rows.sum(1), 0.99), n_boot=300)


def sum_over_request(rows, q=0.99):
    """Sum of the stages' quantiles over the request's own; a row a request, a column a stage."""
    return np.quantile(rows, q, axis=0).sum() / np.quantile(rows.sum(axis=1), q)


over = bootstrap(spent, sum_over_request, n_boot=300)
ax = plots.bars(p99, f"The stages' p99s add up to {over.value:.2f} times the request's", "99th percentile, ms", fmt="{:.1f}",
                colors={**dict.fromkeys(ms, plots.GREY), "added up": plots.color("bad"), "the request": plots.color("good")})
assert np.isclose(request_quantile(ms, [[stage] for stage in incident.STAGES]), np.quantile(spent.sum(1), 0.99))
measured("interview.p99", over, on=f"{on}, this machine", beside=f"{len(spent)} requests, one at a time")

# %% [markdown]
# A budget table relies on the sum being an upper *bound*: if every stage keeps its p99, the request's p99 is at most their sum.
# That is not a law. Suppose that each stage stalls less often than once in a hundred requests. Then no stage's p99 shows it, but
# the stalls of all stages together may come more often than once in a hundred, and the request's p99 does show them.
#
# How far the sum is off depends on whether slow requests are slow in *every* stage (one long history, one busy machine) or in
# one at a time. On a shared machine it is often the latter: the processor turns to something else for some milliseconds, in
# whichever stage that happens to fall. So ask for times by request, not for a table of percentiles; from the table nobody can
# tell.
#
# With **parallel** parts it is the other way round: rare stalls of the parts become common for the whole. Suppose the search is
# spread over shards, all of which have to answer, and each is as fast as the search just measured and slow at its own moments.
# (The upper line cannot rise above the slowest search that was measured.)

# %%
rng, shards, seen = np.random.default_rng(0), [1, 2, 5, 10, 20, 50, 100], {"median": [], "99th percentile": []}
for n in shards:
    waits = {f"shard {k}": rng.choice(ms["retrieve"], 3000) for k in range(n)}
    for name, q in (("median", 0.5), ("99th percentile", 0.99)):
        seen[name].append(request_quantile(waits, [list(waits)], q))
beyond = next((n for n, wait in zip(shards, seen["median"], strict=True) if wait >= seen["99th percentile"][0]), None)
found = f"With {beyond} shards the median request is as slow as one shard's p99" if beyond else (
    "More shards, slower requests, although no shard got slower")
ax = plots.lines(shards, seen, found, "shards that all have to answer", "ms", logx=True)
ax.axhline(seen["99th percentile"][0], color="#333333", ls=":", lw=1)
ax.set_xticks(shards, shards)
ax.minorticks_off()

# %% [markdown]
# ## Which branch moved?
#
# "Reading time a person is down. Why?" Before anybody guesses, take the number apart.
#
# {{card interview.4}}

# %%
@exercise("interview.4")
def contributions(before, after):
    """before, after: factor → positive number → factor → its part of the change of the product."""
    ### BEGIN SOLUTION
    old, new = (np.prod(list(side.values())) for side in (before, after))
    scale = old if np.isclose(old, new, rtol=1e-9, atol=0) else (new - old) / np.log(new / old)
    return {name: float(scale * np.log(after[name] / before[name])) for name in before}
    ### END SOLUTION


# %% [markdown]
# A service changes its ranker from satisfaction to clicks. Twins of one world, the same people, two weeks; the second week
# is compared. Both rankers know the true chances, so only the objective differs (lesson {{objective}}).

# %%
world = feed(people=300, items=300, seed=12)
world.run(policies.Uniform(), 3)
weeks = {by: list(world.fork().run(policies.Oracle(world.truth(), by), 14))[7:] for by in ("satisfaction", "click")}
columns, everyone = ["requests", "clicks", "dwell_s"], world.users().index
sums = [unit_table(days).reindex(everyone, fill_value=0)[columns].to_numpy(float) for days in weeks.values()]


def branches(rows):
    """Six columns (before, then after: requests, clicks, seconds), a row a person → {branch: share of reading time}."""
    sides = [dict(zip(("requests a person", "clicks a request", "seconds a click"), (r / len(rows), c / r, s / c), strict=True))
             for r, c, s in rows.sum(0).reshape(2, 3)]
    return {name: part / np.prod(list(sides[0].values())) for name, part in contributions(*sides).items()}


# %%
both = np.hstack(sums)
parts = {name: bootstrap(both, lambda rows, name=name: branches(rows)[name], n_boot=200) for name in branches(both)}
parts["reading time"] = bootstrap(both, lambda rows: sum(branches(rows).values()), n_boot=200)
down = min((name for name in parts if name != "reading time"), key=lambda name: parts[name].value)
ax = plots.bars(parts, f"Reading time {parts['reading time'].value:+.0%}, of which {down} {parts[down].value:+.0%}",
                "part of the change in reading time a person", fmt="{:+.1%}", colors={
                    name: plots.color("good" if e.value > 0 else "bad") for name, e in parts.items()})
_ = ax.axvline(0, color="black", lw=0.8)

# %% [markdown]
# The parts add up to the last bar. A team that watches one branch alone, say clicks a request, may see little of the change, or see
# it go the other way. Each branch has an owner, and each owner a different next question.
#
# ## Recall fell overnight
#
# The script that is asked most: *"Recall is down twenty percent since last night. What do you look at, and in which order?"*
# Here it is played on the system itself: five nights, each with **one** thing broken in the recommender above or around it. How
# badly it is broken was chosen so that the headlines look alike.

# %%
nights = incident.nights(healthy)
fell = {f"night {letter}": night.fell(healthy) for letter, night in nights.items()}
low, high = (f([e.value for e in fell.values()]) for f in (min, max))
ax = plots.bars(fell, f"Five causes, one headline: recall is down by {low:.0%} to {high:.0%}", "share of recall@10 lost",
                fmt="{:.0%}", colors=dict.fromkeys(fell, plots.color("bad")))

# %% [markdown]
# You have eight places to look, each with the minutes it takes a team that has the dashboards (an assumption; put in your own).
# Begin with one, read what it shows, add the next, run again: the clock counts all of them. What you see is computed on the
# broken system.

# %%
print(probes.menu(), "\n")
tonight = nights["C"]
in_haste = ["answered", "index", "features", "slices"]
### BEGIN SOLUTION: order = ...
order = ["stages", "rules", "labels"]
### END SOLUTION
for looks in ([] if order is ... else [order]) + [in_haste]:
    print(probes.investigate(tonight, healthy, looks), "\n")

# %% [markdown]
# The last list is what a team in haste may do: the dashboards, then whatever was worked on last. Nothing in it is foolish, but the
# cause of this night lay elsewhere. (The look at the *index* compares the index with exact search over the vectors it *holds*,
# however few they are. So it cannot show that some are missing.) Try the other four nights before you read on.
#
# Which look comes first? The one that tells most causes apart: **which stage loses what people wanted**, tonight against a healthy
# night.

# %%
change = pd.DataFrame({f"night {letter}": {stage: 100 * (night.lost[stage] - healthy.lost[stage])
                                           for stage in incident.STAGES} for letter, night in nights.items()}).T
named = {letter: change.loc[f"night {letter}"].idxmax() == night.fault.stage for letter, night in nights.items()}
ax = plots.figure(f"The stage that loses more is the one at fault on {sum(named.values())} nights of {len(named)}")
ax.imshow(change, cmap="PuOr_r", vmin=-30, vmax=30, aspect="auto")
for (y, x), points in np.ndenumerate(change.to_numpy()):
    ax.text(x, y, f"{points:+.0f}", ha="center", va="center", color="white" if abs(points) > 20 else "black")
ax.set_xticks(range(4), [f"lost at {stage}" for stage in change])
ax.set_yticks(range(len(change)), [f"{row} ({nights[row[-1]].fault.name})" for row in change.index])
ax.grid(visible=False)

# %% [markdown]
# The numbers are points of all held-out items. A stage that loses more leaves less to lose for those after it. So both signs can
# stand in one row, and a ranker's own dashboard can look *better* on a night on which retrieval is broken.
#
# One of the nights no such count can name: nothing in the system was broken. The evaluation was, and its labels fell at a stage
# that did its work rightly. So the first question of the script is always: **is the measurement right?** The trace says where; it
# cannot say whether you should have wanted it.
#
# Five nights that were chosen to be visible do not tell how often the count is right. So here are sixty faults inside the four
# stages, each of a kind and size drawn at random: one shard of three to twenty is lost, a list bars 5% to 50% of the items, some
# or all of the features from retrieval are empty, or the re-ranker gives up relevance for variety, mildly or strongly. Each is
# counted on a hundred people, and held against a healthy night on which *others* came.

# %%
usual, others = healthy.lost, np.array(sorted(hidden))[250:]
rng, outcomes = np.random.default_rng(0), []
for _ in range(60):
    stage, faulty = incident.drawn_fault(healthy, rng)
    tonight = incident.lost_by_stage(faulty, hidden, rng.choice(others, 100, replace=False), items)
    outcomes.append((stage, incident.blamed(tonight, usual), 100 * (tonight[stage] - usual[stage])))

# %%
drawn = pd.DataFrame(outcomes, columns=["at fault", "named", "points lost there"])
hit = drawn["at fault"] == drawn["named"]
low, high = wilson_interval(hit.sum(), len(hit))
ax = plots.figure(f"The count names the stage at fault in {hit.mean():.0%} of {len(hit)} faults",
                  "points more than usual that the stage at fault lost", height=2.8)
for y, (part, colour) in enumerate(((~hit, "bad"), (hit, "good"))):
    ax.plot(drawn.loc[part, "points lost there"], np.full(part.sum(), y), "|", ms=14, color=plots.color(colour))
ax.set_yticks([0, 1], ["names another", "names it"])
ax.set_ylim(-0.5, 1.5)
measured("interview.trace", Estimate(hit.mean(), min(low, hit.mean()), max(high, hit.mean()), len(hit)), on=on)

# %%
pd.crosstab(drawn["at fault"], drawn["named"]).reindex(index=incident.STAGES, columns=incident.STAGES, fill_value=0)

# %% [markdown]
# A fault that costs little can drown in the difference between two nights' people: count more people, or the same ones twice. And
# where a fault upstream takes away items that a later stage would have lost anyway, the loss upstream rises by what it falls by
# below. So look for the largest *rise*, not for the largest loss.
#
# How long does each order take, over the five nights?

# %%
cost = {name: minutes for name, (minutes, _) in probes.PROBES.items()}
cheap = sorted(cost, key=cost.get)
orders = {"in haste, then the rest": dict.fromkeys(nights, [*in_haste, *(n for n in cheap if n not in in_haste)]),
          "the cheapest look first": dict.fromkeys(nights, cheap),
          "the trace, then its stage": {letter: probes.trace_first(night, healthy) for letter, night in nights.items()}}
took = {name: np.mean([probes.minutes_to_cause(by[letter], night.fault.settled_by, cost) for letter, night in nights.items()])
        for name, by in orders.items()}
ax = plots.bars(took, f"Minutes to the cause: asking the trace first {took['the trace, then its stage']:.0f}, in haste "
                f"{took['in haste, then the rest']:.0f}", "minutes to the cause, mean of the five nights", fmt="{:.0f}")

# %% [markdown]
# One more of your predictions is due. On one of the nights two shards of five were lost; what does **one** cost? Each of the five
# is taken away in turn:

# %%
broken = [incident.Night(*incident.lose_shards(healthy, None, 5, (shard,)), people, items) for shard in range(5)]
left = np.mean([night.recall for night in broken], axis=0)
measured("interview.shard", bootstrap(np.c_[left, healthy.recall], lambda rows: 1 - rows[:, 0].sum() / rows[:, 1].sum()), on=on)

# %% [markdown]
# If the loss is smaller than the share of items, it is because the slots are filled all the same: what was in eleventh place moves
# up, and some of it was wanted too. That is comfortable for people and dangerous for you: a system with many good candidates
# hides its broken parts. Alert on the **number of items an index holds**, not on recall.
#
# ## A page at three in the morning
#
# {{card interview.5}}

# %%
@exercise("interview.5")
def should_page(bad, total, promise, long, short, burn):
    """bad, total int [M], by minute → bool [M]: the error budget burns too fast over both windows."""
    ### BEGIN SOLUTION
    def share(window):
        sums = [np.convolve(counts, np.ones(window))[:len(total)] for counts in (bad, total)]
        return sums[0] / np.maximum(sums[1], 1)

    limit = burn * (1 - promise)
    return (share(long) > limit) & (share(short) > limit)
    ### END SOLUTION


# %% [markdown]
# A made-up day, by the minute: a blip of two minutes, a slow burn of six hours, an outage. Rule one rings for every minute in
# which more than one request in a hundred fails. Rule two is yours, twice: fast burn over an hour, slow burn over six.

# %%
rng, minute = np.random.default_rng(3), np.arange(1440)
total = rng.poisson(150 - 100 * np.cos(2 * np.pi * minute / 1440))
fails = np.full(1440, 0.0005)
fails[300:302], fails[500:860], fails[1150:1175] = 0.2, 0.008, 0.8
bad = rng.binomial(total, fails)
rules = {"1% in a minute": bad / np.maximum(total, 1) > 0.01,
         "error budget": should_page(bad, total, 0.999, 60, 5, 14.4) | should_page(bad, total, 0.999, 360, 30, 6)}
rings = {name: int((np.diff(on_now.astype(int), prepend=0) == 1).sum()) for name, on_now in rules.items()}

# %%
ax = plots.figure(f"The same day: {rings['1% in a minute']} rings by the minute, {rings['error budget']} by the budget",
                  "hour of the day", "requests that fail")
ax.plot(minute / 60, bad / np.maximum(total, 1), ".", ms=3, color=plots.GREY)
ax.set_yscale("symlog", linthresh=0.002)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.1%}")
for y, (name, ringing), paint in zip((3, 10), rules.items(), (plots.RED, plots.BLUE), strict=True):
    ax.plot(minute[ringing] / 60, np.full(ringing.sum(), y), "|", ms=9, color=paint)
    ax.annotate(name, (24.3, y), va="center", color=paint, annotation_clip=False)
_ = ax.set(ylim=(0, 25), xlim=(0, 24), xticks=range(0, 25, 4), yticks=[0, 0.002, 0.01, 0.1, 1])

# %% [markdown]
# The slow burn rings late, and it may: at that rate the error budget of a month lasts for days.
#
# ## What can lie to you
#
# **"All dashboards are green."** The budget counts requests that failed or came late. What would it have counted on the five
# nights? Beside them a sixth, on which the index does not answer at all.

# %%
class Dead:
    """An index that does not answer."""

    def retrieve(self, requests, n):
        raise ConnectionError("no answer from the index")


dead = incident.Night(system, hidden, people, items)
dead.system.retriever = Dead()
green = {**{f"night {letter} ({night.fault.name})": night for letter, night in nights.items()}, "index dead": dead}
shown = pd.DataFrame({name: {"answered in full and in time": night.answered().value, "recall lost": night.fell(healthy).value}
                      for name, night in green.items()}).T
rang = [name for name, row in shown.iterrows() if 1 - row.iloc[0] > 0.0144]
print(f"A fast burn would have rung on: {', '.join(rang) or 'none of them'}")
shown.map("{:.0%}".format)

# %% [markdown]
# The five nights were chosen because none of them crashes, so this is no estimate of how often faults are silent. It shows
# that they can be: answers arrive, whole and in time, and they are wrong. Page on the promise to people; for the rest, put an
# alert on what each stage takes in and gives out: items in the index, share of defaults in a feature, candidates each rule
# drops, labels that could not have been recommended.
#
# ## Forty-five minutes
#
# Now the whole. An interviewer has a plan for the time, whether you see it or not. This is one; the hand moves.

# %%
explore(mock.picture, minute=(0, 44), system=["feed", "marketplace"])

# %% [markdown]
# Find somebody to ask the questions, or ask yourself aloud. The clock below starts at *Next* and does not block the notebook;
# `run.spent` holds the minutes. Do the feed today and the marketplace another day: much of the feed's answer is wrong there.

# %%
run = mock.clock("feed")

# %% [markdown]
# Then look at your pace. If you have not run the clock, here is a made-up one of a common kind: half an hour goes on models.

# %%
typical = {"frame": 1, "scale": 2, "data": 4, "retrieve": 14, "rank": 15, "evaluate": 9, "launch": 6, "close": 3}
spent = run.spent if sum(run.spent.values()) > 1 else typical
over = mock.pace(spent)
late = sum(left for key, left in over.items() if key in ("evaluate", "launch", "close") and left < 0)
found = f"{-late:.0f} minutes too few for evaluation, launch and close" if late else "The last three phases had their time"
ax = plots.bars({mock.phase(key).name: left for key, left in over.items()}, found, "minutes over (+) or under (−) the plan",
                fmt="{:+.0f}", colors={mock.phase(key).name: plots.color("bad" if left < 0 else "feed")
                                       for key, left in over.items()})
_ = ax.axvline(0, color="black", lw=0.8)

# %% [markdown]
# ## The rubric, first on somebody else
#
# Three things to be heard in each phase. Tick what the candidate *said*, not what they surely meant. Then see where your ear
# differs from ours.

# %%
rubric.transcript()

# %%
### BEGIN SOLUTION: heard = ...
heard = {"frame": "", "scale": "ab", "data": "b", "retrieve": "ab", "rank": "ac", "evaluate": "", "launch": "b", "close": ""}
### END SOLUTION
rubric.calibrate(heard)

# %% [markdown]
# ## … then on you
#
# The marketplace. Two or three sentences a phase, as you would say them (`answer["frame"] = "We decide …"`); then tick with
# the ear you have just calibrated (`ticked["frame"] = "ab"`). Unfold a phase: your words, the three things, the reference,
# and the measurements that could be quoted. The first phase is also read by the framing check of lesson {{objective}}.

# %%
### BEGIN SOLUTION: answer, ticked = dict.fromkeys(mock.KEYS, ...), {}
answer = {"frame": "We decide which twenty offers a visitor sees first. The objective is margin net of returns; sellers who "
                   "sell at all must not become fewer by more than two percent.",
          "scale": "Three million people, few requests at the peak; forty million listings in codes, twice for the swap.",
          "evaluate": "By region, since the arms share stock; one primary metric, its power computed beforehand."}
ticked = {"frame": "abc", "scale": "ac", "evaluate": "bc"}
### END SOLUTION
rubric.beside(answer, ticked, "marketplace", at_hand)

# %% [markdown]
# ## After day 7
#
# The question that ends most of these interviews: *"It has been live for a week. What has changed?"* A strong answer has five
# parts, each with the number that would show it:
#
# | What changes | What would show it |
# |---|---|
# | the model trains on its own slates | share of showings on the top tenth; a slice of random slots |
# | novelty fades, or does not | the treated against a holdback, day by day |
# | items have been born and have died | items in the index; showings of this week's items |
# | delayed outcomes arrive: purchases, returns, reports | the label window, read again |
# | somebody has found out how to be shown | reports and seconds a click, by seller |

# %%
at_hand.show("feedback.random_slots", "feedback.window", "experiments.novelty", "launch.rollback")

# %% [markdown]
# ## Say it in a minute
#
# **Strong.** "I start with the decision and an objective, name the proxy I train on and the guardrails that catch it. Then
# numbers: requests a second at the peak, bytes with the swap, fifty milliseconds at the ninety-ninth percentile, and so a
# funnel: retrieve, filter, rank, re-rank. Each stage has a budget and owns a kind of failure, and the trace of a request says
# which one lost an item. Evidence comes in layers, each with what it cannot see, and the launch is the last test, with its
# rules written down. When a number falls I first ask whether the measurement is right, then which stage, then what moved
# there. And I say what I don't know, and how I would find out."
#
# **Red flag.** "I have built this before, so I'd do the same again." No decision, no number, and nothing that could show it wrong.
#
# ## You have now
#
# In lesson {{start_here}} you watched one request fall through a system that somebody else had built, and wrote the function
# that says who lost an item. You have now
#
# * answered for every stage of that system, in one minute and in forty-five, beside a reference;
# * capacity, machines, a budget, a metric tree and a page, written at the whiteboard and checked;
# * used that same question, *which stage lost it?*, to find five causes behind one headline, and seen the one it cannot name;
# * and, below, the count of what this field says, by what came out when it was measured.
#
# *Which ten, for this person, now?* You can say how you would decide it, what it costs, who checks it, and what would change your
# mind. That is the course. Build one.

# %%
words = claims.counts([entry for entry in at_hand.entries.values() if entry.rows])
print("; ".join(f"{n} × {word}" for word, n in words.items()))
