# %% [markdown]
# # {{serving}} Serving: what does a person see when one part is slow, stale or down?
#
# **The decision.** The recommender becomes a service that answers over HTTP. Who waits, who is refused, and what is
# shown instead?
#
# | | |
# |---|---|
# | Budget | a p99 of 50 ms, from when requests should have been sent |
# | Failure this stage owns | *The right slate, a second too late; or an error where a list would have done.* |
# | Minutes | 120, of which 101 on exercises |
# | Needs | the whole funnel ({{start_here}} to {{feature_audit}}) |

# %%
import numpy as np
import pandas as pd

from course_lib.contracts import Requests
from course_lib.data import datasets, splits
from course_lib.serving import assemble
from course_lib.serving.loadgen import guarded_calls, live_faults, live_knee, small_feed, stampede
from course_lib.serving.loadgen import virtual_experiments as virtual
from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop
from course_lib.serving.loadgen.queueing import mm1_latency_percentile, mmc_wait
from course_lib.serving.service.service_process import ServiceProcess
from course_lib.teach import decide, exercise, measured, plots, predict, quiz, referee
from course_lib.teach.show import serving_pictures
from course_lib.world import feed, policies

SEED = 0                              # every split, arrival and draw starts from it

# %% [markdown]
# ## Predict
#
# 1. Requests that come together may share a pass through the models. How many times as many does a process then serve?
# 2. A server is five times as slow for five seconds. How many seconds longer does the trouble last if users try again
#    at once, up to three times?
# 3. A late read is sent to a second replica too. By what factor does the p99.9 fall?

# %%
predict("serving.batching", ...)
predict("serving.retries", ...)
predict("serving.hedge", ...)

# %% [markdown]
# ## A service that can be broken
#
# `course serve` is a process with the funnel on ML-100K, a feature store and caches.

# %%
films = datasets.films()
split = splits.by_user(films.interactions, seed=SEED)
system = assemble.table_recommender(films, split, SEED, settings=assemble.FILM_SETTINGS,
                                    trade_off=0.8, caps={"category": 4})
service = ServiceProcess(system, fresh_s=0, breaker_reset_s=0.3)     # each slate is computed
answer = service.recommend(user=3, k=5)
{"answer": answer, "trace": service.ask("GET", f"/trace/{answer['trace']}")}

# %% [markdown]
# The answer names the *rung* that gave it: `full` is the whole chain. A log also needs
# model version, experiment arm and a sample of the features as served. Nonsense is refused in one sentence; somebody
# new (user −1) is no error.

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
# One worker serves requests that come at random, $\lambda$ a second, and take $s$ seconds on average. It is busy a
# share $\rho = \lambda s$ of its time, its **load**. A newcomer finds $L$ requests there on average and stays for a
# mean time $T$. Where service times are exponential, what is left of one that runs is $s$ on average again: $T = sL +
# s$; and by Little's law $L = \lambda T$. Together
#
# $$T = \frac{s}{1-\rho}, \qquad \text{and, as these times are exponential too,} \qquad
# T_{99} = \frac{\ln 100}{1-\rho}\, s \approx \frac{4.6}{1-\rho}\, s .$$
#
# At a load of .8 the p99, $T_{99}$, is five times that of an idle worker. Theory is held against undisturbed virtual time. Printed is Erlang's mean wait, in services, by workers on one queue.

# %%
loads = (0.2, 0.4, 0.6, 0.8)

def p99_at(load):
    """(mean over six runs, low, high) of the p99 of one worker with services of 5 ms."""
    def run(seed):
        return virtual.overload(SEED + seed, load=load, n=5_000)

    table = virtual.over_seeds(run, range(6))
    return tuple(table.set_index("name").loc["p99_ms", ["mean", "low", "high"]])

shown = {"virtual time": [p99_at(load) for load in loads],
         "theory": [mm1_latency_percentile(load, 5.0, 99) for load in loads]}
_ = plots.lines(loads, shown, "Does virtual time do what theory says?", "load", "p99, ms")
print({workers: round(mmc_wait(0.8, 1.0, workers), 2) for workers in (1, 4, 16)})

# %% [markdown]
# Where the band holds the line, virtual time may be trusted. A larger pool waits less at the
# same load. But who asks a hundred machines waits for the slowest: if each is slow in one call of a hundred,
# independently, $1 - .99^{100} = 63\%$ of requests meet a slow one.
#
# {{card serving.6}}

# %%
### BEGIN SOLUTION: workers = decide("serving.6", ...)
workers = decide("serving.6", {"feed": 18, "shop": 2})
### END SOLUTION

# %% [markdown]
# ## Who waits for whom
#
# In a **closed loop** each client waits for its answer before it asks again. In an **open loop** requests go out at
# set moments, as from people who know nothing of each other. A *patient* service computes the full chain however long
# that takes; its closed loop with 32 clients tells its capacity. “50 ms” is the service with its deadline.

# %%
patient = {"budget_ms": 5_000, "runners": 1, "queue": 10_000, "shed_at": 10_000, "warm": 0}
service.start_afresh(**patient)
bodies = asked(np.random.default_rng(SEED), 2_000, films.n_users)
closed = {n: closed_loop(service.url, bodies, seconds=0.5, clients=n) for n in (1, 4, 16, 32)}
capacity = closed[32].summary()["slates_per_s"]

# %%
def opened(settings):
    """The open loop at four shares of the capacity."""
    service.start_afresh(**settings)
    rng = np.random.default_rng(SEED)
    return {share: open_loop(service.url, poisson_due(rng, share * capacity, 0.6), bodies)
            for share in (0.2, 0.5, 0.8, 1.2)}

runs = {"closed, patient": closed, "open, patient": opened(patient), "open, 50 ms": opened({})}
_ = serving_pictures.loops({name: live_faults.load_steps(held) for name, held in runs.items()})
print(live_faults.other_work())

# %% [markdown]
# A closed loop never has more requests waiting than clients. The patient service in open loop has a *knee*: near its
# capacity, waits grow for as long as the run lasts. Deadlines replace late answers by cheaper ones: the right side
# shows how many the full chain still gave. In half a second a p99 is rough, without a band where it cannot be bounded:
# compare orders of magnitude.
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
# A pass of $b$ requests takes $f + bv$: a fixed part $f$ and $v$ for each. One by one a process serves at most
# $1/(f+v)$ a second, in batches $b/(f+bv)$, never more than $1/v$. With $f = 2$ and $v = .75$ ms, rounded from
# measured passes: 364, 1,000 in eights, 1,333 at best. But a request may wait for a pass that runs, and then for its
# own.

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
# At a low rate batches of *what has queued* stay small; larger ones pay as it rises. Now the patient service, both ways
# in turns, and tails measured once.

# %%
ways = {"alone": {**patient, "batch": 1, "batch_wait_ms": 0}, "shared": {**patient, "batch": 32}}
turns = live_faults.side_by_side(service, ways, bodies, clients=32, seconds=0.4, rounds=5)
factor = live_faults.times_as_many(turns["shared"], turns["alone"])
measured("serving.batching", *factor, on=films.name, beside="32 clients, batches of up to 32")
serving_pictures.tails()

# %% [markdown]
# In the stored table each way is at shares of its *own* knee. Sharing serves at least twice as many a second, with a
# longer median. The p99 at 80% is above that at 25%, on a busy machine perhaps beyond the budget: a knee found in
# seconds is rough.
#
# ## Deadlines that interrupt
#
# The index sleeps for a second. The patient service waits; the other asks the next rung.

# %%
asleep = {}
for name, settings in (("waits", patient), ("50 ms", {})):
    service.start_afresh(**settings)
    service.switch_on({"part": "index", "delay_ms": 1000})
    due = poisson_due(np.random.default_rng(SEED), 20, 1.0)
    asleep[name] = open_loop(service.url, due, bodies)
service.start_afresh()
live_faults.load_steps(asleep).round(2)

# %% [markdown]
# A check *between* stages could not have helped: the late one is the one that runs.
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
# Four rungs: the **full** chain; this person's last slate (**cached**); what is popular in their **segment**, those
# with the same favourite kind of item; a **static** list, chosen by hand. *Hard filters hold on each*. For each part
# that may be down, decide beforehand: **closed** lets nothing pass unchecked, **open** goes on without it.
#
# | part | when it is down |
# |---|---|
# | age, law, policy | closed: only what was vetted by hand |
# | stock | by price: an oversold order against an empty page |
# | diversity, freshness | open |
# | experiment service | control, marked as not assigned, or outages bias the test |
# | exposure log | open, marked: loss that differs by arm looks like an effect |
#
# What is a rung worth? Only a simulated feed tells. Its recommender learnt from twelve days; the
# clicks of the two days since come through the feature store alone. A *stale* store answers as a day ago.

# %%
world = feed(people=500, items=300, requests_per_day=1_700, seed=SEED,
             without=("births", "joining", "spam"))
town, taken = small_feed.learnt(world, policies.Uniform(seed=SEED), days=12, seed=SEED)
small = ServiceProcess(town, fresh_s=0, breaker_reset_s=0.3)
a_day_ago, now = small_feed.clicked(world, town)         # {person: items, oldest first}
for clicks in (a_day_ago, now):
    small.put_recent(clicks)
truth = world.truth()

def worth(users, slates):
    """Satisfied clicks that the truth expects of each slate, float (n,)."""
    requests = Requests.of(users, eligible=truth.eligible())
    look = truth.examination(np.arange(1, slates.shape[1] + 1), users[:, None])
    return (truth.request_scores(requests, slates) * look).sum(axis=1)

# %% [markdown]
# Break one part after the other, at 40% of the highest rate at which 95 of 100 slates were full and in time.
# *worth* is a share of what the full chain gives the same people; *again*, of requests whose slate shows what the
# person clicked since; *violated* counts slates that show what the recommender knew they took (lower rungs do not ask
# the store); *not_200* counts errors.

# %%
these = asked(np.random.default_rng(SEED), 500, list(now))      # those who were here since
knee = live_knee.full_knee(small, these)
print(knee)
load = {"rate": 0.4 * knee.per_second, "seconds": 1.0, "worth": worth, "since": now,
        "settings": {"budget_ms": knee.budget_ms}, "person_ms": knee.in_time_ms,
        "full": lambda users: small_feed.full_slates(town, now, users)}
names, columns = list(live_faults.FAULTS), ["in_time", "worth", "again", "not_200", "violated"]
upper = live_faults.fault_table(small, these, taken, names=names[:5], **load)
upper[columns].round(2)

# %%
lower = live_faults.fault_table(small, these, taken, names=names[5:], **load)
_ = serving_pictures.rungs(pd.concat([upper, lower]))
small.stop()
lower[columns].round(2)

# %% [markdown]
# *violated* must be 0, and *not_200* too while fewer than 256 requests are open.
#
# Where the index sleeps, those whose slate was kept since the same day get that one, the others their segment's; with
# the cache cold as well everybody gets the segment's. Between the two rows lies what kept slates are worth. A late,
# dead or stale store shows in no rung: only *again* and *worth* can tell. Metrics count a late or dead one, and nothing
# a stale one. So let an *age* travel with each value, and set an alert on each rung's share.
#
# ## The stampede
#
# A slate that 500 people a second ask for expires, and making it anew takes 400 ms: 200 requests begin the same work.
# **Single flight** lets the first compute and the others wait.
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
# A cache of fifty keys is restarted; *warm* has the twenty most wanted.

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
# Where the cache answers nine reads in ten, a restart brings the store *ten times* its load.
#
# ## The breaker
#
# Without a breaker *every* request waits its deadline out for a part known to be dead.
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
# While the part is dead, `waited_ms` is what a request waits on average, `reached` the share of calls made.
# `refused_well` is the share refused while it is well, when 2% of calls fail.
#
# ## Retries that make it worse
#
# Three layers of four tries ask a weak store up to $4^3 = 64$ times. Even in one, a load of $\rho$ becomes $4\rho$,
# above a quarter more than there is. Below, a request takes 5 ms on average, and users give each try 50 ms.

# %%
def longer(seed, load):
    """Bad seconds with three retries, and with three under a budget of 10%, less those without."""
    none = virtual.outage(SEED + seed, load=load)["bad_s"]
    tried = virtual.outage(SEED + seed, retries=3, load=load)["bad_s"]
    thrifty = virtual.outage(SEED + seed, retries=3, budget=0.1, load=load)["bad_s"]
    return {"three retries": tried - none, "three, a budget of 10%": thrifty - none}

loads, lasts = (0.1, 0.2, 0.35, 0.5, 0.65), {"three retries": [], "three, a budget of 10%": []}
for load in loads:
    table = virtual.over_seeds(lambda seed, load=load: longer(seed, load), range(3))
    for row in table.itertuples():
        lasts[row.name].append((row.mean, row.low, row.high))
    measured("serving.retries", *lasts["three retries"][-1], on="virtual time", at=load)
_ = plots.lines(loads, lasts, "How much longer does the trouble last?", "load before the outage",
                "further bad seconds")

# %% [markdown]
# A second is *bad* where fewer than nine in ten are answered in time; the run ends 25 seconds after the outage, which
# caps the curve. An overload that outlives its cause is metastable (Bronson et al. 2021). A **retry budget**, one retry
# for ten first tries, takes most of it away while there is idle time left. Retry in one layer, after growing waits with
# chance in them.
#
# ## A second copy
#
# A **hedge** sends a late read to another replica: after the 95th percentile, for 5% more reads.

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
# With no slow reads the tail is queueing, and a second
# copy buys little. With many, they make a queue, and far more than 5% are sent twice.
#
# {{card serving.4}}

# %%
### BEGIN SOLUTION: hedge = decide("serving.4", ...)
hedge = decide("serving.4", {"after_ms": 15, "busy": "off"})
### END SOLUTION

# %% [markdown]
# ## Admit or shed
#
# If 364 a second are served and 500 come, after ten seconds the next one waits 3.7 s: *everybody* is late. By Little's
# law at most $364 \cdot .05 \approx 18$ may be inside for 50 ms.
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
# ## The marketplace decides otherwise
#
# In a shop a cached slate shows what is sold out.
#
# {{card serving.7}}

# %%
### BEGIN SOLUTION: kept = decide("serving.7", ...)
kept = decide("serving.7", {"feed_min": 10, "shop_min": 120, "check": "at reading"})
### END SOLUTION

# %% [markdown]
# ## After day 7: a release under load
#
# With a new user tower and an old index, dot products of two spaces are noise. So towers, index and ranker are **one
# release**, loaded beside the old one and exchanged at once.

# %%
live_faults.released_under_load(service, system, bodies, rate=0.1 * capacity, seconds=2.0)

# %% [markdown]
# *not_200* must be 0. A **canary** gives a release a share of people first; a **shadow** gets every request and is
# heard by nobody.

# %%
quiz("serving.q1")
quiz("serving.q3")
quiz("serving.q2")
quiz("serving.q4")
quiz("serving.q5")
quiz("serving.q6")
quiz("serving.q7")
service.stop()

# %% [markdown]
# ## What can lie to you
#
# - a load test that waits for answers, or asks for one user only, which measures the cache;
# - 99.9% “available” with half of them static;
# - a percentile of a short run without its interval;
# - two cores with the generator beside the server: mechanisms carry over, milliseconds do not.
#
# ## Say it in a minute
#
# > I state the budget as a share answered in time by the full chain, in open loop, from when requests were due. The
# > deadline travels with the request: each stage gets what is left, less what the last rung needs. Below: the person's
# > last slate, the segment's list, a static one, with hard filters on each. Requests share passes, and cache misses
# > one computation. Retries have a budget, hedges stop when busy, each dependency has a breaker. A release goes
# > through shadow and canary.
#
# **Red flag.** “We have p99 of 22 ms in JMeter with eight threads, and three retries everywhere.” A closed loop, and a
# multiplier of load.
#
# ## You have now
#
# - single flight, a breaker, `course serve` and `course load`. Lesson {{launch}} decides on the launch.
