# %% [markdown]
# # {{serving}} Serving: what does a person see when one part is slow, stale or down?
#
# **The decision.** So far the recommender answered calls in a notebook. Here it becomes a service: a process of its
# own that answers over HTTP, within 50 ms, while people come whether or not it has time for them. You decide who
# waits, who is refused, what is shown instead, and for how long something old may stand in.
#
# | | |
# |---|---|
# | Budget | 50 ms from the moment a request should have been sent to its answer, 99 times in 100 |
# | Failure this stage owns | *The right slate was ready, a second too late; or an error was shown where a list would have done.* |
# | Minutes | 110, of which 90 on exercises (their numbers are names and no order) |
# | Needs | the whole funnel ({{start_here}} to {{feature_audit}}) |
# | Leaves behind | `course serve`, `course load`, and a table of what people see under each fault |

# %%
import os

import numpy as np
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.serving import assemble
from course_lib.serving.loadgen import guarded_calls, live_faults, stampede
from course_lib.serving.loadgen import virtual_experiments as virtual
from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop
from course_lib.serving.loadgen.queueing import mm1_latency_percentile, mmc_wait
from course_lib.serving.service.service_process import ServiceProcess
from course_lib.teach import decide, exercise, measured, plots, predict, quiz, referee
from course_lib.teach.show import serving_pictures

SEED = 0                              # every split, arrival and draw starts from it

# %% [markdown]
# ## Predict
#
# Commit to an answer before anything runs; a range such as `(2, 10)` counts as well.
#
# 1. Requests that come together may share one pass through the models. How many times as many does one process serve
#    then?
# 2. A server is five times as slow for five seconds. Its users try again at once, up to three times. How many seconds
#    longer than without retries does the trouble last?
# 3. A read that is late is sent to a second replica as well. By what factor does that lower the latency that one read
#    in a thousand exceeds?

# %%
predict("serving.batching", ...)
predict("serving.retries", ...)
predict("serving.hedge", ...)

# %% [markdown]
# ## A service that can be broken
#
# `ServiceProcess` starts `course serve` in a process of its own. That process reads its standard input, which this
# notebook holds, and ends when nobody holds it any more: after `stop()`, after an error, and also when the kernel
# dies. It holds the funnel on ML-100K, the feature store and the caches; *faults* are switches that it obeys.

# %%
films = datasets.films()
split = splits.by_user(films.interactions, seed=SEED)
system = assemble.table_recommender(films, split, SEED, settings=assemble.FILM_SETTINGS,
                                    trade_off=0.8, caps={"category": 4})
service = ServiceProcess(system, fresh_s=0, breaker_reset_s=0.3)     # each slate is computed
answer = service.recommend(user=3, k=5)
{"answer": answer, "trace": service.ask("GET", f"/trace/{answer['trace']}")}

# %% [markdown]
# The answer holds what a log needs: the slate, its propensities, the *rung* that answered, and a trace id. (A log
# also holds model version, arm and a sample of the features as served: all of them, 40 kB each at 2,000 requests a
# second, are 7 TB a day.) What cannot be meant is refused before any work is done, in one sentence and without a
# traceback, so that one client cannot use up the budget of all. Somebody new is no error, though: they come as user
# −1, and their session answers, or what is popular.

# %%
for wrong in ({"user": 3, "k": 10_000}, {"user": "three", "k": 5}):
    try:
        service.ask("POST", "/recommend", {"session": [], **wrong})
    except Exception as error:
        print(error)
print(service.recommend(user=-1, session=[5, 9], k=5)["rung"])

# %% [markdown]
# ## What a queue does to a tail
#
# Let one worker serve requests that come at random, at a rate $\lambda$ (a second), and take $s$ on average. It is
# busy a share $\rho = \lambda s$ of its time, its **load**. A newcomer finds $L$ requests there on average. Where
# services are exponential, that is, have no memory, each of these costs a whole $s$, so its time is $T = sL + s$; and
# by Little's law $L = \lambda T$. Together
#
# $$T = \frac{s}{1-\rho}, \qquad \text{and, as $T$ is exponential too,} \qquad
# T_{99} = \frac{\ln 100}{1-\rho}\, s \approx \frac{4.6}{1-\rho}\, s .$$
#
# Against an idle worker the p99 is $1/(1-\rho)$ times as long: three times at a load of two thirds, five at .8. Even
# services halve the wait, since it is $\tfrac{\rho}{1-\rho}\cdot\tfrac{1+c^2}{2}$ services, with $c$ their relative
# spread (Pollaczek and Khinchine). Lesson {{launch}} holds that formula against timed requests; here virtual time, in
# which nothing disturbs, is held against theory first.

# %%
loads = (0.2, 0.4, 0.6, 0.8)

def p99_at(load):
    """(mean over eight runs, low, high) of the p99 of one worker with services of 5 ms."""
    def run(seed):
        return virtual.overload(SEED + seed, load=load, n=5_000)

    table = virtual.over_seeds(run, range(8))
    return tuple(table.set_index("name").loc["p99_ms", ["mean", "low", "high"]])

shown = {"virtual time": [p99_at(load) for load in loads],
         "theory": [mm1_latency_percentile(load, 5.0, 99) for load in loads]}
_ = plots.lines(loads, shown, "Does virtual time do what theory says?", "load", "p99, ms")

# %% [markdown]
# Where the band holds the line, the simulator may be asked about what has no formula. Does one queue for many workers
# help? At a load of .8 the mean waits in services are:

# %%
print({workers: round(mmc_wait(0.8, 1.0, workers), 2) for workers in (1, 4, 16)})

# %% [markdown]
# So a large pool needs less idle time for the same tail. Sixteen queues with random choice are sixteen single
# workers, though; the gain needs *one* queue, or the shorter of two (Mitzenmacher 2001). And a request that asks many
# machines waits for the slowest: of a hundred shards, each slow in one of a hundred calls, $1 - .99^{100} = 63\%$ of
# requests meet a slow one, and each would have to promise its 99.99th percentile. (That is for independent shards.
# What they share makes it less, and makes a second copy gain less, too.) An answer from 98 of them that says it is
# partial costs little recall.
#
# {{card serving.6}}

# %%
### BEGIN SOLUTION: workers = decide("serving.6", ...)
workers = decide("serving.6", {"feed": 19, "shop": 3})
### END SOLUTION

# %% [markdown]
# ## Who waits for whom
#
# Two ways to send load. In a **closed loop** each of some clients waits for its answer before it asks again. In an
# **open loop** requests go out at set moments, as from people who know nothing of each other. Both are sent to the
# service now, from this machine, so the generator takes processor time from the server and the knee comes early.
# First to a *patient* copy of it, which computes the full chain for everybody however long that takes: its closed
# loop with 32 clients tells what the machine can do at this moment. Then the same open loop to the service with its
# 50 ms.

# %%
patient = {"budget_ms": 5_000, "runners": 1, "queue": 10_000, "shed_at": 10_000, "warm": 0,
           "fresh_s": 0}
shared = ServiceProcess(system, batch=32, **patient)
bodies = asked(np.random.default_rng(SEED), 2_000, films.n_users)
closed = {n: closed_loop(shared.url, bodies, seconds=0.6, clients=n) for n in (1, 4, 16, 32)}
capacity = closed[32].summary()["slates_per_s"]

# %%
def opened(running):
    """The open loop at four shares of the capacity."""
    rng = np.random.default_rng(SEED)
    return {share: open_loop(running.url, poisson_due(rng, share * capacity, 0.8), bodies)
            for share in (0.2, 0.5, 0.8, 1.2)}

runs = {"closed, patient": closed, "open, patient": opened(shared), "open, 50 ms": opened(service)}
_ = serving_pictures.loops({name: live_faults.load_steps(held) for name, held in runs.items()})
print(f"other work on this machine: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors")

# %% [markdown]
# Each point is a second or so, so bands are wide, and where one is missing the run was too short to bound its p99.
# (No two machines, and no two moments of one, give the same picture.) Read it in three steps. A closed loop cannot
# show more than as many waiting as it has clients. The patient service in open loop has a *knee*: as the rate nears
# what can be computed, waits grow without end. Deadlines hold the p99 down as far as the
# machine has time for the ladder, and the price stands on the right: what cannot be computed in time is handed to
# cheaper rungs. So a p99 alone would hide the knee; *good* is
# answered in time **by the full chain**, and a fallback in time is a second number. (The bodies name many users. One
# user again and again would measure the cache.)
#
# Before a p99.9 is signed: of 5,000 requests five lie above it, so its interval runs from about the second to the
# eleventh largest, and neighbours in time are no independent witnesses. Over forty machines percentiles cannot be
# averaged: histograms are added, then read.
#
# {{card serving.8}}

# %%
### BEGIN SOLUTION: latency = referee("serving.8", because="…", mended=...)
because = "The watch starts when a request goes out, not when it was due."
latency = referee("serving.8", because=because,
                  mended=lambda meant, sent, done: done - meant)
### END SOLUTION

# %% [markdown]
# ## Requests that share a pass
#
# A pass of $b$ requests takes $f + bv$: a fixed part $f$ (calls, small matrices) and $v$ for each. One by one a
# process serves at most $1/(f+v)$ a second, in batches $b/(f+bv)$, and never more than $1/v$. With $f = 2$ and $v =
# .75$ ms, rounded from measured passes, that is 364, 1,000 in eights, and 1,333 at the very best. The price is
# waiting: a request may wait for a whole pass that runs, and then for its own.

# %%
rates, sizes = (100, 200, 300, 600, 900, 1_200), (1, 8, 32)

def batched(size, rate):
    """(mean, low, high) of the p99 over four runs, ms; nothing where the queue grows for ever."""
    if rate > size / (2 + 0.75 * size) * 1000:
        return (np.nan,) * 3
    def run(seed):
        return virtual.batching(SEED + seed, rate=rate, batch=size, n=3_000)

    table = virtual.over_seeds(run, range(4))
    return tuple(table.set_index("name").loc["p99_ms", ["mean", "low", "high"]])

lines = {f"up to {size} a pass": [batched(size, rate) for rate in rates] for size in sizes}
_ = plots.lines(rates, lines, "What does sharing a pass do to the p99?", "requests a second",
                "p99, ms")

# %% [markdown]
# At a low rate the lines lie together: batches that take *what has queued* stay small, and no one waits for them to
# fill. (So the cap on waiting, a few milliseconds, matters only where little comes.) Larger batches pay as the rate
# rises. One bad request must not fail its batch. Now the real thing: the patient service, whose batches hold up to
# 32, and one that takes them one by one, in turns.

# %%
alone = ServiceProcess(system, batch=1, batch_wait_ms=0, **patient)
turns = live_faults.side_by_side({"alone": alone, "shared": shared}, bodies, clients=32,
                                 seconds=0.6, rounds=5)
alone.stop()
factor = live_faults.times_as_many(turns["shared"], turns["alone"])
measured("serving.batching", *factor, on=films.name, beside="32 clients, batches of up to 32")

# %% [markdown]
# The interval is over five turns; a neighbour on the machine makes it wide. The generator shares the machine, which
# makes the factor smaller than it is. Four workers on four cores may yet be slower than one: LightGBM and faiss start
# a thread for each core. The service gives each pass one thread and bounds the passes, since a native call cannot be
# interrupted: the answer goes out, the thread stays busy.
#
# ## Deadlines that interrupt
#
# Let the index sleep for a second. The patient service waits for it. The other one stops waiting when 40 ms are over
# and asks the next rung; the late result may still fill the cache.

# %%
asleep = {}
for name, running in (("waits", shared), ("50 ms", service)):
    running.switch_on({"part": "index", "delay_ms": 1000})
    due = poisson_due(np.random.default_rng(SEED), 20, 1.2)
    asleep[name] = open_loop(running.url, due, bodies)
    running.switch_off()
shared.stop()
live_faults.load_steps(asleep).round(2)

# %% [markdown]
# A check *between* stages could not have helped: the stage that runs is the one that is late. How should 50 ms be
# divided? Percentiles do not add: the sum of the stages' p99s is not the p99 of the sum, and usually larger.
#
# {{card serving.3}}

# %%
### BEGIN SOLUTION: split_ms = decide("serving.3", ...)
split_ms = decide("serving.3", {"store": 8, "index": 18, "ranker": 40, "reserve": 8,
                                "clock": "what is left"})
### END SOLUTION

# %% [markdown]
# ## The ladder, and a table of faults
#
# Four rungs: the **full** chain; this person's last slate (**cached**); what is popular in the person's **segment**;
# a **static** list, chosen by hand. Each needs less than the one above, the last needs nothing, and *hard filters
# hold on each*: what the person took already is shown by none. What happens when a part is down is decided
# beforehand, with an owner:
#
# | part | when it is down | why |
# |---|---|---|
# | age, law, policy | closed: only what was vetted by hand | what protects people is never skipped |
# | stock | by price: an oversold order against an empty page | the owner of the shop decides |
# | diversity, freshness | open: the slate goes out | they improve, they do not protect |
# | experiment service | control, marked as not assigned | else outages bias the test |
# | exposure log | open, and the interval is marked | what nobody saw is no negative, and loss that differs by arm looks like an effect |
#
# Now break one part after the other, at a tenth of what the machine could do, for a second or so each. *hits* is the
# share of requests that show a film which this person took in the part of the log that nobody saw; *violated* counts
# slates that show what was taken before.

# %%
taken = system.funnel.fitted.past.events.groupby("user")["item"].agg(set).to_dict()
wanted = split.test.groupby("user")["item"].agg(set).to_dict()
load = {"rate": 0.1 * capacity, "seconds": 1.0, "settle_s": 0.5, "wanted": wanted}
names = list(live_faults.FAULTS)
upper = live_faults.fault_table(service, bodies, taken, names=names[:5], **load)
upper[["requests", "in_time", "hits", "not_200", "violated"]].round(3)

# %%
lower = live_faults.fault_table(service, bodies, taken, names=names[5:], **load)
_ = serving_pictures.rungs(pd.concat([upper, lower]))
lower[["requests", "in_time", "hits", "not_200", "violated"]].round(3)

# %% [markdown]
# Two columns must be 0, *not_200* (as long as fewer than 256 requests are open at once) and *violated*; the tests of
# the service hold them. The times are those of this machine at this moment, and an upper end of ∞ says that so few
# requests do not bound a p99. Read the row “none” first: what it lacks of *full* is what other work on this machine
# takes away, and no fault. Compare the bars with *hits*: where the index sleeps people do not wait that second, and
# who has a kept slate loses little, since it is of the same day. With the cache cold as well (the last row) the
# segment answers, and that is what a *personal* slate is worth on this log. The stale store is the fault that shows
# least: nothing errs, nothing is slow, and the rung says “full”. An *age* that travels with each value shows it; past
# its limit a value should become missing, a state that the model knows. (What a rung is worth depends on how personal
# taste is. Measure each before it is needed, and send a share of real traffic through it, for a rung that is never
# used is broken; its share is a metric with an alert and somebody who is called.)

# %%
quiz("serving.q1")
quiz("serving.q3")

# %% [markdown]
# ## The stampede
#
# A slate that 500 people a second ask for expires, and making it anew takes 400 ms: 200 requests find nothing, and
# all begin the same work. **Single flight** lets the first compute and the others wait.
#
# {{card serving.1}}

# %%
@exercise("serving.1")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    """[n] ascending, [n], [n], bool [n], float → int [n]: whose computation answers."""
    ### BEGIN SOLUTION
    latest, answers = {}, np.arange(len(at_ms))
    for request, (now, name) in enumerate(zip(at_ms, key, strict=True)):
        leader = latest.get(name, request)
        ends = at_ms[leader] + takes_ms[leader]
        kept_until = ends if fails[leader] else ends + keep_ms
        if leader != request and now < kept_until:
            answers[request] = leader
        else:
            latest[name] = request
    return answers
    ### END SOLUTION


# %% [markdown]
# A cache of fifty keys is restarted under 500 requests a second. Warming means that the twenty most wanted slates
# were computed before the service called itself ready.

# %%
ways = {"everybody computes": (stampede.everybody_computes, 0), "single flight": (who_computes, 0),
        "single flight, warm": (who_computes, 20)}
bars = {}
for name, (who, warm) in ways.items():
    found = stampede.restarts(who, range(SEED, SEED + 10), warm=warm).set_index("name")
    bars[name] = tuple(found.loc["at_once", ["mean", "low", "high"]])
_ = plots.bars(bars, "A cold restart: how much is computed at the same time?",
               "computations at once, at most")

# %% [markdown]
# This is virtual time in which a computation takes 400 ms however many run. A real store would slow down, so that
# more requests miss while it works: with nine reads in ten answered by the cache, a restart brings the store *ten
# times* its load, and a store sized for misses alone may never recover (Bronson et al. 2021). Restart one process
# after the other, warm it, and let its share of traffic grow. Lifetimes spread by chance keep keys from expiring
# together.
#
# ## The breaker
#
# With deadlines and a ladder, why a breaker? Because without one *every* request waits its deadline out for a part
# that is known to be dead.
#
# {{card serving.2}}

# %%
@exercise("serving.2")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    """[n] ascending, bool [n] → bool [n]: the calls that are made."""
    ### BEGIN SOLUTION
    state, since, last, passed = "closed", 0.0, [], []
    for now, well in zip(at_s, ok, strict=True):
        if state == "open" and now - since >= reset_s:
            state = "half open"
        passed.append(state != "open")
        if state == "closed":
            last = [*last, not well][-window:]
        if state == "half open" and well:
            state, last = "closed", []
        elif state == "half open" or len(last) >= least and sum(last) >= share * len(last):
            state, since, last = "open", now, []
    return np.array(passed, bool)
    ### END SOLUTION


# %%
waits = {}
for name, breaker in (("none", guarded_calls.no_breaker), ("yours", let_through)):
    rows = virtual.over_seeds(lambda seed, way=breaker: guarded_calls.dead_part(SEED + seed, way))
    waits[name] = rows.set_index("name")["mean"]
pd.DataFrame(waits).round(3)

# %% [markdown]
# `waited_ms` is what a request waits, on average, while the part is dead; `refused_well` is the price: calls refused after
# the part was well again, until the next trial found out. On ordinary days 2% of calls fail,
# which must not open it; that is what `least` and `share` are for.
#
# ## Retries that make it worse
#
# Three layers that each try up to four times ask a weak store up to $4^3 = 64$ times. Even one layer can keep an
# outage alive: who gave up has left work behind that nobody waits for. With four tries a load of $\rho$ becomes
# $4\rho$, which above a quarter is more than there is, so that the overload feeds itself. Below, a server is five
# times as slow for five seconds.

# %%
def longer(seed, load):
    """Bad seconds with three retries, and with three under a budget of 10%, less those without."""
    none = virtual.outage(SEED + seed, load=load)["bad_s"]
    tried = virtual.outage(SEED + seed, retries=3, load=load)["bad_s"]
    thrifty = virtual.outage(SEED + seed, retries=3, budget=0.1, load=load)["bad_s"]
    return {"three retries": tried - none, "three, a budget of 10%": thrifty - none}

loads, lasts = (0.1, 0.2, 0.35, 0.5, 0.8), {"three retries": [], "three, a budget of 10%": []}
for load in loads:
    table = virtual.over_seeds(lambda seed, load=load: longer(seed, load), range(3))
    for row in table.itertuples():
        lasts[row.name].append((row.mean, row.low, row.high))
    measured("serving.retries", *lasts["three retries"][-1], on="virtual time", at=load)
_ = plots.lines(loads, lasts, "How much longer does the trouble last?", "load before the outage",
                "further bad seconds")

# %% [markdown]
# A second is *bad* where fewer than nine in ten are answered before they give up; the run ends 25 seconds after the
# outage, which caps the curve. (Above a load of a quarter a chance rush can start the same without any outage. Such a
# state, which outlives its cause, is called metastable.) At high load it falls again, since there the outage lasts
# long even without retries. A **retry budget** (one retry for ten first tries, for all together) takes most of it
# away. Retry in one layer only, after waits that grow and have chance in them; never what was refused for overload,
# nor where the deadline has no room for an answer.
#
# ## A second copy
#
# A **hedge** sends a late read to another replica. After the 95th percentile that should be 5% more reads. It helps
# where slowness belongs to *one* replica. So the share of reads that are slow for a reason of their own is the dial
# here.

# %%
def lower_by(seed, slow, after):
    """By what factor a second copy lowers the p99.9, and the share of further reads."""
    once = virtual.hedging(SEED + seed, slow=slow, n=8_000)
    twice = virtual.hedging(SEED + seed, slow=slow, n=8_000, after_ms=after)
    return {"factor": once["p99.9_ms"] / twice["p99.9_ms"], "more": twice["asked"] - 1}

# %%
after = mm1_latency_percentile(0.3, 5.0, 95)              # ms; without slow reads
slow_shares, tails, more = (0.0, 0.002, 0.01, 0.05), [], []
for slow in slow_shares:
    table = virtual.over_seeds(lambda seed, slow=slow: lower_by(seed, slow, after), range(4))
    rows = table[["mean", "low", "high"]].to_numpy()
    tails.append(tuple(rows[0]))
    more.append(rows[1][0])
    measured("serving.hedge", *tails[-1], on="virtual time", at=slow,
             beside=f"{more[-1]:.1%} more reads")
_ = plots.lines(slow_shares, {"p99.9 without ÷ with": tails}, "What does a second copy buy?",
                "share of reads that take twenty times as long", "times lower p99.9")

# %% [markdown]
# Bands are wide, for eight reads of a run lie above its p99.9. With no slow reads the tail is queueing, and a second
# copy buys little; with many, slow reads make a queue of their own, and far more than 5% of copies are sent. Slowness
# that all replicas share (a hot key, a pause of the host) is not in this model, and hedging would gain less there.
# Dean and Barroso (2013) report a p99.9 for a thousand keys of 74 ms in place of 1,800, with 2% more requests.
#
# {{card serving.4}}

# %%
### BEGIN SOLUTION: hedge = decide("serving.4", ...)
hedge = decide("serving.4", {"after_ms": 15, "busy": "off"})
### END SOLUTION

# %% [markdown]
# ## Admit or shed
#
# If 368 a second are served and 500 come, the queue grows by 132 a second: after ten seconds the next one waits 3.6
# s, so that *everybody* is late and no work is useful. By Little's law no more than $368 \cdot .05 \approx 18$ may be
# inside if 50 ms shall hold. Refused means a cheaper rung here, not an error.
#
# {{card serving.5}}

# %%
### BEGIN SOLUTION: door = decide("serving.5", ...)
door = decide("serving.5", {"places": 6, "drop": "late ones"})
### END SOLUTION


# %%
offered, doors = (0.6, 0.9, 1.2, 1.6, 2.0), {"everybody is let in": {}, "yours": {
    "places": door["places"], "deadline_ms": 45 if door["drop"] == "late ones" else np.inf}}
served = {name: [] for name in doors}
for load in offered:
    for name, setting in doors.items():
        rows = virtual.over_seeds(lambda seed, setting=setting, load=load: virtual.overload(
            SEED + seed, load=load, n=4_000, **setting), range(3)).set_index("name")
        served[name].append(tuple(rows.loc["in_time", ["mean", "low", "high"]]))
_ = plots.lines(offered, served, "Who gets a full slate in time when too many come?", "load",
                "share of all requests")

# %% [markdown]
# Above a load of 1 a queue without an end serves hardly anybody in time although it never rests. Newest first would
# serve some; health checks and purchases should pass before a prefetch.
#
# ## The marketplace decides otherwise
#
# A cached slate is a good rung in a feed. In a shop it shows what is sold out, or yesterday's price.
#
# {{card serving.7}}

# %%
### BEGIN SOLUTION: kept = decide("serving.7", ...)
kept = decide("serving.7", {"feed_min": 10, "shop_min": 120, "check": "at reading"})
### END SOLUTION

# %% [markdown]
# Note what a hit rate $h$ does not do: the mean latency falls to $h \cdot hit + (1-h) \cdot miss$, but the p99 stays
# that of a miss until $h$ exceeds 99%. *Stale while revalidate* (RFC 5861) answers with the old value at once and
# renews it once behind the scenes.
#
# ## After day 7: a release under load
#
# The new user tower is live at ten, its index at twenty past. In between the dot products of two different spaces are
# noise, and nothing errs. So towers, index and ranker are **one release**, loaded beside the old one (memory twice),
# warmed, and exchanged at once; a request meets one version throughout, and its name is part of each cache key. Here
# releases follow one another while requests come.

# %%
live_faults.released_under_load(service, system, bodies, rate=0.1 * capacity, seconds=2.5)

# %% [markdown]
# *not_200* must be 0. Loading takes processor time from requests, so on a small machine not all are in time. A
# **canary** gives a release a share of people first; a **shadow** lets it answer everybody and be heard by nobody.
# And an item that was withdrawn at noon still lives in the index, the slate cache, the static list, the counts and
# the client's own cache. (Where would you mend that?)

# %%
quiz("serving.q2")
quiz("serving.q4")
quiz("serving.q5")
quiz("serving.q6")
quiz("serving.q7")
service.stop()

# %% [markdown]
# ## What can lie to you
#
# - a load test that waits for answers, lags behind its own schedule, or asks for one user again and again;
# - a p99 that is kept by the ladder while nobody gets a full slate, or 99.9% “available” with half of them static;
# - a percentile of a short run without its interval, or percentiles averaged over machines;
# - a dashboard without rate, errors, latency by stage and saturation, or with 4xx counted against the service;
# - a mean over surfaces: an outage for one in twenty hides in it (99.9% a month leaves 43 minutes);
# - two cores with the generator beside the server: what carries over is the order of the mechanisms, the formulas,
#   and where the knee lies relative to capacity, not the milliseconds. Loopback hides the network, across which bulk
#   reads and hedges gain more: 200 candidates with 50 features of 4 bytes are 40 kB a request, and 80 MB a second at
#   2,000 requests. Features of a million items are 200 MB: hold them in the process and read only the user's.
#
# Money is seldom the argument: 20 million requests a day at 20 ms each are 231 a second, 700 at the peak, 14 busy
# cores; at 60% load 23, and 35 with one of three zones lost. And state: the last fifty events of 16 bytes of a
# hundred million users are 80 GB, some 320 with a replica and the store's overhead; a lifetime of a week keeps a
# tenth if a tenth is active, and who comes back later is a missing state, and no random one.
#
# ## Say it in a minute
#
# > I state the budget as a share answered in time by the full chain, measured in open loop from when requests were
# > due, to the knee. The deadline travels with the request; each stage gets what is left, less what the last rung
# > needs. Below the full chain: the person's last slate, the segment's popular list, a static one; hard filters on
# > every rung, safety closed, polish open, rung shares with an alert. Requests share passes. A cache with single
# > flight, eligibility checked at reading, version in the key. Retries in one layer with a budget; hedges after the
# > p95, off when busy; a breaker a dependency; refuse early when the queue is longer than the deadline allows.
# > Towers, index and ranker are released as one, warmed, shadow first, then a canary. Alive is not ready.
#
# **Red flag.** “We have p99 of 22 ms in JMeter with eight threads, three retries everywhere, and Kubernetes restarts
# what is slow.” A closed loop; a multiplier of load exactly when it hurts; a liveness check that turns a slow part
# into an outage; and nobody said what a person sees.
#
# ## You have now
#
# - single flight and a breaker, which the service holds in the same form;
# - a table of what people see under each fault, and doors, deadlines, hedges and pools decided under load;
# - `course serve` and `course load`. Lesson {{launch}} decides whether what is served should go to everybody.
