# %% [markdown]
# # {{start_here}} Start here: one request, fifty milliseconds
#
# A person opens a film service. Before the page is drawn, a system has to choose ten films out of all there are. You will
# build that system, stage by stage, and at the end launch it. First watch a small one serve **one** request, on real
# data: 943 people and the films they rated on MovieLens in 1997 and 1998.
#
# | | |
# |---|---|
# | The decision | Which ten, for this person, now? |
# | Budget | 50 ms for the whole request: 30 to find candidates, 20 to order them |
# | Minutes | 20, of which 2 on a warm-up exercise |
# | Needs | nothing |
# | Leaves behind | a working recommender, and the habit of asking it *which stage lost this film?* |
#
# Run the cells from the top with Shift+Enter.

# %%
from functools import cache

import numpy as np

from course_lib import doctor
from course_lib.contracts import Dataset, Requests
from course_lib.data.log import MemoryLog, interactions
from course_lib.evidence.estimate import bootstrap
from course_lib.serving.first_system import first_system
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.teach.show import journey, system_map
from course_lib.world import feed
from course_lib.world.policies import Popularity

plots.style()
problems = doctor.main(quiet=True)

# %% [markdown]
# If a line above begins with **LACKS**, do what it says and run the cell again. No such line: your machine has all the
# course needs, and from here on no network is used.
#
# ## Predict
#
# Two numbers, before anything runs. Write them in place of the dots, as a share between 0 and 1, or as a range such as
# `(0.1, 0.3)` that you are 80% sure of. A guess that turns out wrong is the one you learn from; it stays on this machine.
#
# 1. A film counts as *watched* by whoever rated it. For each person we hide a tenth of these. The first stage keeps 300 of
#    some 1,700 films. Which share of the hidden films does it **lose**?
# 2. Take people with at most ten hidden films, so that ten slots could hold them all. Of their hidden films that are not
#    shown in the end, which share had been retrieved and had passed the filters, so that the *order* lost them?

# %%
predict("start_here.ceiling", ...)
predict("start_here.order", ...)

# %% [markdown]
# ## One request
#
# `first_system()` trains what has to be trained (once: afterwards it comes out of the cache) and joins the stages. A
# **request** says who asks and which items are on offer. The answer is a **slate**, the ten films in their order, and a
# **trace**, the account of what happened to all the others.

# %%
@cache
def made_up():
    """A month of a made-up service with 1,000 people, for a machine that cannot get the film data."""
    world, log = feed(people=1000, items=1500, seed=0), MemoryLog()
    world.run(Popularity(power=0.3), 30, log)
    return Dataset("a made-up service", interactions(log.impressions()), world.catalog(), world.users())


system, films, hidden = first_system(made_up)
everything = np.arange(len(films.items), dtype=np.int32)
titles = journey.names_of(films)


def ask(user):
    """One request of `user`, or one of each of several, for ten of everything on offer."""
    return Requests.of(user, eligible=everything)


system.recommend(ask(24))          # the first request warms the machine up
answer = system.recommend(ask(24))

# %% tags=["journey"]
journey.draw(answer, titles)

# %% [markdown]
# Read it from the top.
#
# * **Retrieve.** Two neural networks, the *towers*, turn every person and every film into a list of numbers, so that
#   a film somebody will like lies near that person. An *index* finds the nearest without comparing them all. Cheap for
#   each film, and therefore rough.
# * **Filter.** Hard rules, no degrees: already watched, or rated by too few people to judge.
# * **Rank.** A model of decision trees takes a closer look at each survivor, with features too costly for all films, and
#   says how probable it is that this person takes this film. Those are the percentages at the foot.
# * **Re-rank.** The best ten one by one need not be the best ten together. This stage trades a little probability for a
#   slate that is not ten times the same film, and holds limits such as *at most four of one main genre*.
#
# Each stage sees fewer items and may spend more on each. That is the whole idea: **a funnel is a budget, spent unevenly.**
# Next, the same account as a table.

# %%
answer.trace.table()

# %% [markdown]
# ## Who lost it?
#
# When a film that should have been shown is not, the question in a real team is *whose fault is it?* Here it has an answer.
# This person watched the films below too, and the system was never told. `trace.lost(item)` names the stage; `tell` puts
# titles in place of ids.

# %%
for film in hidden[24]:
    print(f"{titles[film]:<40.38} {journey.tell(answer.trace, film, titles)}")

# %% [markdown]
# ## Your turn: how exercises work
#
# An exercise is a function that the course goes on to use. Write the body in place of the line that raises
# `NotImplementedError` and run the cell: it is checked at once, first on a case you could do by hand, then against known
# properties, then against the reference on random cases. If it is wrong, you are told *which* mistake it is. Right, wrong or
# not attempted: the notebook runs on, because the reference stands in.
#
# {{card start_here.1}}

# %%
@exercise("start_here.1")
def lost_at(item, left):
    """item int, left [(name, int array), …] in serving order → name of the first stage the item did not leave."""
    ### BEGIN SOLUTION
    for name, items in left:
        if item not in items:
            return name
    return "shown"
    ### END SOLUTION


# %% [markdown]
# Stuck? `hint` gives one hint at a time, from the idea to the interface. `solution` shows the reference and why it is
# so. `compare` puts your function beside it: the text, the cases, the speed. Try them here.

# %%
hint("start_here.1")

# %%
compare("start_here.1")

# %% [markdown]
# ## Measure
#
# Now your function does real work: 200 people, every hidden film, and the stage that lost it.

# %%
def losses(user):
    """For each hidden film of a user, the stage that lost it."""
    trace = system.recommend(ask(user)).trace
    left = [(stage.name, stage.item) for stage in trace.stages]
    return [lost_at(film, left) for film in hidden[user]]


system.budget_ms = np.inf                      # no clock: the counts should not depend on how busy this machine is
fates = [losses(user) for user in list(hidden)[:200]]
system.budget_ms = 50
stages = ["shown", "rerank", "rank", "filter", "retrieve"]
share = {stage: bootstrap([np.mean([f == stage for f in fate]) for fate in fates]) for stage in stages}
paint = {"shown": plots.BLUE} | journey.FALLEN | {"retrieve": plots.GREY}
axes = plots.bars(share, "Where do the films that people watched go?",
                  "share of hidden films, mean over people (95%)", colors=paint, fmt="{:.1%}")

# %% [markdown]
# How much the first stage loses depends on how much it may keep. Ask the retriever alone, for more and for fewer films:

# %%
people = np.array(list(hidden)[:200])


def left_out(n_retrieve):
    """For each person, the share of the hidden films that are not among the nearest n_retrieve."""
    found = system.retriever.retrieve(ask(people), n_retrieve).item        # (people, films)
    return [np.mean(~np.isin(hidden[user], nearest)) for user, nearest in zip(people, found, strict=True)]


keeps = [50, 100, 200, 300, 600, 1200]
curve = [bootstrap(left_out(n)) for n in keeps]
axes = plots.lines(keeps, {"retrieve": curve}, f"Of {len(everything):,} films, how many have to be retrieved?",
                   "films retrieved", "share of hidden films left out (95%)")
axes.axvline(300, color=plots.GREY, lw=1, ls="--")

# %% [markdown]
# A share that is lost says nothing without the number of films retrieved and the number there are: with none retrieved all
# hidden films are lost, with all retrieved none is, and the curve lies between. The dashed line is where this system stands.
#
# A **claim** is a sentence the field repeats, or one of ours. This course writes down the band in which a measurement would
# have to fall for the claim to hold, *then* measures. The brackets hold a 95% interval: how far the number could move with
# other people of the same kind. What it would be with other films hidden and the towers trained anew, only further runs can
# say, so a verdict needs several (`course replicate`). Claims that fail stay and say so. Your two:

# %%
on = "world" if "title" not in films.items else "ml100k"
measured("start_here.ceiling", share["retrieve"], on=on)


def by_order(fates, most=10):
    """The share of what was not shown that the order lost; of each person with at most `most` hidden films."""
    missed = [[stage for stage in fate if stage != "shown"] for fate in fates if len(fate) <= most]
    return [np.mean([stage in ("rank", "rerank") for stage in fate]) for fate in missed if fate]


measured("start_here.order", bootstrap(by_order(fates)), on=on)

# %% [markdown]
# Is what the *order* loses lost because ten slots are few? Ask what a perfect order would show: of the films that passed
# the filters, it puts those that the person watched on top, ten at most.

# %%
def perfect(fate):
    """Share of one person's hidden films that a perfect order of the survivors shows."""
    return min(10, sum(stage not in ("retrieve", "filter") for stage in fate)) / len(fate)


best = bootstrap([perfect(fate) for fate in fates])
print(f"shown by this order: {share['shown']:.0%}; by a perfect order of what passed the filters: {best:.0%}")

# %% [markdown]
# That ten slots are few explains only what a perfect order would lose as well. What lies between the two numbers is lost because
# the system does not know which films this person watched. A better model may win some of it back; how much, these numbers
# do not say. What retrieval leaves out is different in kind: the later stages never see it, whatever they learn.

# %%
quiz("start_here.q1")

# %% [markdown]
# ## Is it any good?
#
# Four stages, two neural networks and a forest of trees: that says nothing about how good the slates are. A system is worth
# what it adds to the **simplest rival**, given the same rows. There are two. **Popularity** shows everybody the films that
# most people watched. **EASE** is one linear model from films to films, solved in closed form (lesson {{two_tower}}). The number is
# recall@10: how many of a person's hidden films are among the ten shown, as a share of all of them, or of ten where there are
# more than ten.
#
# The system you have just watched is a first one: it is small, and it pays for variety and limits that the rivals do not
# know. Lesson {{ranker}} builds the chain to which this course leads, out of several sources of candidates and a ranker that
# is trained on what it will meet. A reduced version of that chain competes here too.

# %%
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.stages.retrieval.baselines import EASE
from course_lib.stages.retrieval.baselines import Popularity as Chart

if datasets.available("ml100k"):
    data = datasets.ml100k()
else:
    data = made_up()
split = splits.by_user(data.interactions, seed=0)         # the same parts that the system learnt from
known, size = pd.concat([split.train, split.valid]), (data.n_users, data.n_items)
trees = FunnelSettings().trees | {"trees": 80, "learning_rate": 0.1}
reduced = FunnelSettings(n_candidates=100, n_labels=5_000, n_rows=100_000, trees=trees)
chain = Funnel(reduced).fit(data, split)
rivals = {"popularity": Chart().fit(known, *size), "EASE": EASE(chain.fit_report["l2"]).fit(known, *size)}

# %%
from course_lib.evidence.offline import paired, recall_at_k

everybody, wanted = np.array(list(hidden)), list(hidden.values())
shown = {name: model.recommend(everybody, 10) for name, model in rivals.items()}
shown["this first system"] = system.slates(ask(everybody)).item
shown["the chain to come, reduced"] = chain.recommend(everybody, 10)
recall = {name: recall_at_k(slate, wanted, 10) for name, slate in shown.items()}
behind = paired(recall["this first system"], recall["EASE"])
axes = plots.bars({name: bootstrap(values) for name, values in recall.items()},
                  f"The recall of this first system is {behind.side()} that of EASE",
                  "recall@10, mean over people (95%)", colors={"EASE": plots.GREEN, "this first system": plots.BLUE})
print("the chain to come, minus EASE:", paired(recall["the chain to come, reduced"], recall["EASE"]))
measured("start_here.simplest", behind, on=on)

# %% [markdown]
# All four serve the same people, so that what makes one person harder to serve than another cancels in a difference. That is
# why the claim above uses the difference, person by person, and not two bars. Whichever way it came out, a system of four
# stages that does not beat one linear model has not earned its parts yet, however well each of them works. So the lessons of
# this course name a simple rival and hold the system against it. Which parts of the chain earn their place, on films and in a
# shop, is measured in lesson {{ranker}}.
#
# ## Move it
#
# Three decisions you will make later, on sliders: who asks; how many films are retrieved; and how much the slate's variety
# counts against probability (`trade_off` 1 means probability alone). Watch the milliseconds, the reasons and the slate.

# %%
def serve(user=24, n_retrieve=300, trade_off=0.8):
    """The journey of one request under other decisions."""
    system.n_retrieve, system.reranker.trade_off = n_retrieve, trade_off
    try:
        return journey.draw(system.recommend(ask(user)), titles)
    finally:
        system.n_retrieve, system.reranker.trade_off = 300, 0.8


explore(serve, n_retrieve=(20, 600, 20), trade_off=(0.0, 1.0, 0.1), user=(0, 300, 1))

# %% [markdown]
# ## What can lie to you
#
# Everything above was judged by films people *did* watch. But which films they came upon is not recorded. Cinemas, friends
# and services brought some films before them and others not, and a film that nobody came upon looks exactly like a film that
# nobody wants. So real data can show the machine at work; it cannot tell whether the machine is *right*. For that the course
# has a second place to measure: a **world**, a simulated service with people whose true tastes can be looked up afterwards,
# and in which your system can be let loose. Most lessons measure in both and say where they disagree.
#
# ## The map
#
# Thirteen lessons, one system. The upper row runs for every request, the lower row every day; lesson {{interview}}, at the
# end, is the design interview.

# %%
system_map.draw()

# %% [markdown]
# Each lesson opens on its own and has the same shape: the decision, a prediction, exercises, measurements, what can lie to
# you, what changes **after day 7**, and the answer in a minute. Each ends with the same two parts as this one.
#
# ## After day 7
#
# A week after launch, this system would be learning from its own slates: what it showed is what it can count. The
# filters would have grown, the films would have aged, and the probabilities at the foot of the picture would no longer be
# true. Who notices, and by which number? Lessons {{feedback}}, {{metric_stack}} and {{launch}} are about that.
#
# ## Say it in a minute
#
# **Strong.** "Ten out of a catalogue in 50 ms: I retrieve a few hundred by something cheap, drop what must not be shown, rank
# the rest with features I can serve, and re-rank the slate under constraints. Each stage has a budget and owns a kind of
# failure, and the trace of any request tells me which stage lost an item. What retrieval leaves out no later stage can
# show, so I measure by itself which share of the wanted items it keeps, as a curve over how many it may hand on."
#
# **Red flag.** "I would train a deep model on all the clicks and show its top ten." No budget, no candidates, no rule for what
# must never be shown, no way to say what went wrong, and clicks taken for wishes.
#
# ## You have now
#
# * watched a real request fall through retrieve, filter, rank and re-rank, with counts and milliseconds;
# * written the function that says which stage lost an item, and used it on 200 people;
# * held the system against the simplest rival, with an interval of the difference;
# * seen claims measured, beside your own guesses.
#
# Next: [{{objective}} Objective]({{objective file}}.ipynb), for what is a *good* slate, and who says so?
