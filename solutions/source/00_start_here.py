# %% [markdown]
# # {{start_here}} Start here: one request, fifty milliseconds
#
# **The decision.** A person opens a film service. Before the page is drawn, a system has to choose ten films out of
# all there are. In this course you build that system, hold it against simpler ones, and launch it. First watch a
# small one at work on real data: 943 people and the films that they rated in 1997 and 1998 on the site MovieLens.
#
# | | |
# |---|---|
# | Budget | 50 ms for a whole request: 30 to find candidates, 20 to order them |
# | Failure to look for | *The person would have taken this film, and it was not shown. Which stage lost it?* |
# | Minutes | 46, of which 28 on exercises |
# | Needs | nothing |
# | Leaves behind | a working recommender, a function that says which stage lost a film, and a fair comparison |
#
# Run the cells from the top with Shift+Enter.

# %%
from functools import cache

import numpy as np

from course_lib import doctor
from course_lib.contracts import Dataset, Requests
from course_lib.data import datasets, retail, splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.offline import paired, recall_at_k
from course_lib.serving.first_system import first_system
from course_lib.serving.recommender import Recommender
from course_lib.serving.simple_rivals import judged_by, simple_rivals
from course_lib.teach import decide, exercise, explore, measured, plots, predict, quiz, referee
from course_lib.teach.show import journey, system_map
from course_lib.world import feed
from course_lib.world.policies import Popularity

# %%
plots.style()
problems = doctor.main(quiet=True)

# %% [markdown]
# If a line above begins with **LACKS**, do what it says and run the cell again. Otherwise your machine has what the
# course needs; the network is used only for data that a line says is not here.
#
# ## Predict
#
# A guess that turns out wrong is the one you learn from. Replace the dots by a number, or by a range that you are 80%
# sure of, such as `(0.1, 0.3)`. Your guesses stay on this machine.
#
# A film counts as *taken* by whoever rated it, well or badly (*implicit feedback*). For each person we hide a tenth of
# these films from the system.
#
# 1. The first stage keeps 300 of some 1,700 films. Which share of the hidden films does it lose (0 to 1)?
# 2. Take people with at most ten hidden films, so that ten slots could hold them all. Of their films that are not
#    shown, which share had been found and had passed the filters, so that the *order* lost them?
# 3. *Recall@10* is the share of a person's hidden films (of ten, if there are more) that are among the ten shown. By
#    how much does the recall of four stages exceed that of one linear model? A negative number says that it is lower.

# %%
predict("start_here.ceiling", ...)
predict("start_here.order", ...)
predict("start_here.simplest", ...)

# %% [markdown]
# ## The whole system on one page
#
# Why not let the best model look at every film? At 0.05 ms each, some 1,700 films take 85 ms, and ten million more
# than eight minutes. So stages share the work: each sees fewer films than the one before and may spend more on each.
# Such a chain is called a **funnel**.
#
# | Stage | What it does | The failure it owns |
# |---|---|---|
# | Retrieve | finds a few hundred *candidates* by cheap means, often from several sources | a wanted film is no candidate, and no later stage sees it |
# | Filter | drops what must not be shown: seen, unsafe, sold out | it drops too much, or lets something through |
# | Rank | estimates for each candidate the chance that this person takes it | a wanted film stands too low |
# | Re-rank | picks ten that are good *together*, within limits | ten times the same, or too much given up for variety |
#
# The upper row of the map runs for every request; the lower one, every day, makes what it looks up: models, item
# vectors, an index. The numbers are the lessons that build each part.

# %%
system_map.draw()

# %% [markdown]
# ## One request
#
# `first_system()` trains what has to be trained, keeps it for the next time, and joins the stages. A **request** says
# who asks and which items are on offer. The answer is a **slate**, ten films in their order, and a **trace**, the
# account of what happened to all the others.

# %%
@cache
def made_up():
    """A month of a made-up service with 1,000 people, for a machine without the film data."""
    world, log = feed(people=1000, items=1500, seed=0), MemoryLog()
    world.run(Popularity(power=0.3), 30, log)
    events = interactions(log.impressions())
    return Dataset("a made-up service", events, world.catalog(), world.users())


system, films, hidden = first_system(made_up)
everything = np.arange(len(films.items), dtype=np.int32)
titles = journey.names_of(films)

# %%
def ask(user):
    """One request of `user`, or one of each of several, for ten of everything on offer."""
    return Requests.of(user, eligible=everything)


system.recommend(ask(24))                              # the first request warms the machine up
tries = [system.recommend(ask(24)) for _ in range(9)]  # a busy machine may miss the budget
answered = min(tries, key=lambda response: response.trace.total_ms)

# %% tags=["journey"]
journey.draw(answered, titles)

# %% [markdown]
# Two neural networks, the *towers*, turn every person and every film into a list of numbers, so that films lie near
# those who take them, and an *index* finds the nearest. Filters drop what this person has rated and what fewer than
# five people rated, so a new film never passes. For the few left, decision trees can read facts about person and film
# *together*; they give each the probability that it is among the films held out of this person's past (percentages at
# the foot). The last stage trades a little of it for variety, with at most four films of one main genre. Where a stage
# fails or starts too late, popular films are shown instead. The milliseconds are this machine's; the rest of the total
# passed between stages. As a table:

# %%
answered.trace.table()

# %% [markdown]
# This person took the films below too, and the system was never told. `trace.lost(item)` names the stage that lost
# one; `tell` puts titles in place of ids.

# %%
for film in hidden[24]:
    print(f"{titles[film]:<40.38} {journey.tell(answered.trace, film, titles)}")

# %% [markdown]
# ## Build: how an exercise works
#
# Here you write a function that the lesson goes on to use. Put its body in place of the line that raises
# `NotImplementedError` and run the cell. It is checked at once. If you make a known mistake, you are told which;
# try one on purpose. The notebook runs on in any case: a reference stands in.
#
# {{card start_here.1}}

# %%
@exercise("start_here.1")
def lost_at(item, left):
    """item int, left [(name, int array), …] in serving order → name of the stage that lost it."""
    ### BEGIN SOLUTION
    for name, items in left:
        if item not in items:
            return name
    return "shown"
    ### END SOLUTION


# %% [markdown]
# `hint` leads from the idea to the code; `compare` puts your function beside the reference.

# %%
from course_lib.teach import answer, compare, hint, solution

hint("start_here.1")

# %%
compare("start_here.1")

# %% [markdown]
# ## Measure: which stage loses what?
#
# One request proves little, so let your function judge every hidden film of 200 people. The thin line on a bar is a
# 95% *interval*: how far the mean could move if other people of the same kind were drawn.

# %%
def losses(user):
    """For each hidden film of a user, the stage that lost it."""
    trace = system.recommend(ask(user)).trace
    left = [(stage.name, stage.item) for stage in trace.stages]
    return [lost_at(film, left) for film in hidden[user]]


people = np.array(list(hidden)[:200])
system.budget_ms = np.inf        # no clock, so that a busy machine does not change the counts
fates = [losses(user) for user in people.tolist()]
system.budget_ms = 50

# %%
def share_of(stage):
    """Which share of a person's hidden films has this fate, mean over people."""
    return bootstrap([np.mean([fate == stage for fate in person]) for person in fates])


share = {stage: share_of(stage) for stage in ("shown", "rerank", "rank", "filter", "retrieve")}
paint = {"shown": plots.BLUE} | journey.FALLEN | {"retrieve": plots.GREY}
_ = plots.bars(share, "Where do the films that people took go?",
               "share of hidden films, mean over people (95%)", colors=paint, fmt="{:.1%}")

# %% [markdown]
# Most are lost by the two stages that order, next to none by the filters, and by retrieval a part that depends on how
# many films it may keep. A long bar is not yet a bad stage: the last has to cut fifty films to ten.
#
# A **claim** is a sentence the field repeats, or one of ours. The course writes down a *band*, the values for which
# the claim holds, and only then measures. `measured` shows your run among runs with other seeds (other films hidden,
# all trained anew) and what these say together. Square brackets hold intervals: over people for your run, over runs
# for the mean. A claim that fails stays in the **ledger**, the table of all claims.

# %%
on = "world" if "title" not in films.items else "ml100k"
measured("start_here.ceiling", share["retrieve"], on=on)


def by_order(fates, most=10):
    """The share of what was not shown that the order lost; at most `most` hidden films a person."""
    few = [person for person in fates if len(person) <= most]
    missed = [[fate for fate in person if fate != "shown"] for person in few]
    lost = [[fate in ("rank", "rerank") for fate in person] for person in missed if person]
    return [np.mean(person) for person in lost]


measured("start_here.order", bootstrap(by_order(fates)), on=on)

# %% [markdown]
# Why does the order lose so much? A tempting reason is that ten slots are few. Which count puts it to the test? (Answer
# a question by its buttons, or as its text says.)

# %%
quiz("start_here.q3")

# %% [markdown]
# ## Build: what could a perfect order show?
#
# The figure below is drawn with your function.
#
# {{card start_here.5}}

# %%
@exercise("start_here.5")
def perfect(fate, mended, slots):
    """fate [str, …], mended [str, …], slots int → share of the films that would be shown."""
    ### BEGIN SOLUTION
    reach = [stage == "shown" or stage in mended for stage in fate]
    return min(slots, sum(reach)) / len(fate)
    ### END SOLUTION


# %%
better = {"every stage perfect": ["retrieve", "filter", "rank", "rerank"],
          "a perfect order": ["rank", "rerank"]}
could = {name: bootstrap([perfect(fate, stages, 10) for fate in fates])
         for name, stages in better.items()}
could["this order"] = share["shown"]
tones = dict(zip(could, (plots.GREY, plots.SKY, plots.BLUE), strict=True))
_ = plots.bars(could, "How many hidden films could ten slots show?",
               "share of hidden films shown, mean over people (95%)", colors=tones, fmt="{:.0%}")

# %% [markdown]
# From 100% down to the first bar, ten slots are to blame; from there to the second, retrieval and filters; from there
# to the third, the longest stretch, this order. How much of that a better model would win, these bars do not say.

# %%
quiz("start_here.q1")

# %% [markdown]
# ## Decide: which stage next?
#
# Is the stage with the longest bar the one to work on? Here is such an account of two services with ten slots each.
# Your answer is your first **decision**: `decide` plays it out and says how far it falls short of the best of some
# named ones.
#
# {{card start_here.4}}

# %%
### BEGIN SOLUTION: decide("start_here.4", ...);
decide("start_here.4", {"feed": "ranker", "shop": "filter"});
### END SOLUTION

# %% [markdown]
# ## Decide: how wide is the funnel?
#
# How much the first stage loses depends on how many films it may keep. Ask it alone, for more and for fewer.

# %%
def left_out(n_retrieve):
    """For each person, the share of the hidden films that are not among the nearest n_retrieve."""
    found = system.retriever.retrieve(ask(people), n_retrieve).item        # (people, films)
    return [np.mean(~np.isin(hidden[user], nearest))
            for user, nearest in zip(people, found, strict=True)]


keeps = [50, 100, 200, 300, 600, 1200]
curve = [bootstrap(left_out(n)) for n in keeps]
axes = plots.lines(keeps, {"retrieve": curve}, "How many films have to be retrieved?",
                   f"films retrieved, of {len(everything):,}", "share of hidden films left out")
_ = axes.axvline(300, color=plots.GREY, lw=1, ls="--")

# %% [markdown]
# A lost share says nothing without the number of films retrieved and the number there are. The dashed line is this
# system. Each further candidate costs time, so how far to go is a decision.
#
# {{card start_here.2}}

# %%
### BEGIN SOLUTION: n_candidates = decide("start_here.2", ...)
n_candidates = decide("start_here.2", 300)
### END SOLUTION

# %% [markdown]
# Those 4,000 films are made up. What would your number of candidates leave out on the real ones?

# %%
width = min(n_candidates, len(everything))
lost = bootstrap(left_out(width))
print(f"{width:,} of {len(everything):,} films: {lost:.0%} of the hidden ones are left out")

# %% [markdown]
# ## Referee: is it any good?
#
# None of this says whether the slates are good. A system is worth what it adds to the **simplest rival**, best under
# the same rules and on the same rows. Take three:
#
# - **popularity**, a *chart*, shows everybody the films that most people took;
# - **recent counts** are a chart of the last 30 days alone;
# - **EASE** is one linear model. With $X_{ui} = 1$ where person $u$ took film $i$, it looks for weights $B$ between
#   films for which $XB$ is close to $X$, with $B_{ii} = 0$, so that no film explains itself. Its one setting, l2,
#   keeps the weights small. A person's score for film $j$ is the sum of $B_{ij}$ over the films $i$ that they took.
#   (Lesson {{two_tower}} solves it in closed form.)
#
# In a **referee** exercise you say what is wrong with a comparison, and mend it.
#
# {{card start_here.3}}

# %%
def ten(score, seen):
    """score float [P, N], seen bool [P, N] → int [P, 10]: the ten items shown to each person."""
    ### BEGIN SOLUTION
    allowed = np.where(seen, -np.inf, score)
    return np.argsort(-allowed, axis=1, kind="stable")[:, :10]
    ### END SOLUTION


### BEGIN SOLUTION: because = ...
because = "The linear model's slots are filled with what the person has taken already."
### END SOLUTION
fair_ten = referee("start_here.3", because=because, mended=ten)

# %% [markdown]
# ## Measure: who wins?
#
# Your mended function picks the rivals' ten. But the first system obeys rules that they do not:
# variety, a limit on genres, no rarely rated films. So compare on equal terms, too:
#
# - **EASE, same rules**: EASE's scores, then this system's filters and last stage;
# - **the system, no variety**: this system without variety and limit, as plain EASE is;
# - **the chain to come**: the same trees order candidates from several simple sources, EASE's among them, as in lesson
#   {{ranker}}.
#
# What stays unequal: the first system's trees read EASE's scores, its towers learn from eight ninths of the rivals'
# rows, and one weight of variety need not weigh alike on the scores of both.

# %%
data = datasets.ml100k() if datasets.available("ml100k") else made_up()
split = splits.by_user(data.interactions, seed=0)       # the same parts that the system learnt from
rivals = simple_rivals(split, data.n_users, data.n_items)
everybody, wanted = np.array(list(hidden)), list(hidden.values())
seen = rivals["EASE"].seen[everybody].toarray() > 0                         # (people, films)
shown = {name: fair_ten(model.score(everybody), seen) for name, model in rivals.items()}

# %%
ruled = Recommender(rivals["EASE"], system.filters, None, system.reranker,
                    n_retrieve=len(everything))
shown["EASE, same rules"] = ruled.slates(ask(everybody)).item
shown["this first system"] = system.slates(ask(everybody)).item
rules = system.reranker.trade_off, system.reranker.caps
system.reranker.trade_off, system.reranker.caps = 1.0, ()
shown["the system, no variety"] = system.slates(ask(everybody)).item
system.reranker.trade_off, system.reranker.caps = rules
shown["the chain to come"] = system.ranker.funnel.recommend(everybody, 10)

# %%
recall = {name: recall_at_k(slate, wanted, 10) for name, slate in shown.items()}
bars = {name: bootstrap(values) for name, values in recall.items()}
colors = {"popularity": plots.GREY, "recent counts": plots.BLACK, "EASE": plots.GREEN,
          "EASE, same rules": plots.GREEN}
_ = plots.bars(bars, "Who finds most of what people took?", "recall@10, mean over people (95%)",
               colors=dict.fromkeys(shown, plots.BLUE) | colors, fmt="{:.3f}")

# %% [markdown]
# All serve the same people, so what makes a person hard to serve cancels in each person's *difference*.

# %%
pairs = [("this first system", "EASE, same rules"), ("this first system", "EASE"),
         ("the system, no variety", "EASE"), ("the chain to come", "EASE"),
         ("EASE", "EASE, same rules"), ("the system, no variety", "this first system")]
for name, rival in pairs:
    print(f"{name}, minus {rival}: {paired(recall[name], recall[rival]):.3f}")
system_recall = recall["this first system"]
measured("start_here.simplest", paired(system_recall, recall["EASE"]), on=on)
measured("start_here.ruled", paired(system_recall, recall["EASE, same rules"]), on=on)

# %% [markdown]
# Under the same rules (first line) the four stages find a little more than EASE: in all ten recorded runs, and in eight
# of ten further ones. On unequal terms (second line) neither wins over such runs, since EASE is spared what the rules
# cost it. This is no verdict on stages, for what stays unequal, nor on rules: recall does not see whether ten films are
# of one kind. The chain to come leads EASE by little, if at all; whether that pays for its parts is a question of cost.
#
# ### In a shop another rival is strong
#
# Recent counts did worst, but our hidden films come from all seven months. A service is asked about *tomorrow*. Take
# Online Retail II, a gift shop, hide the latest tenth of first purchases, and let the same rivals compete.

# %%
shop = retail.first_purchases(datasets.online_retail())
by_time = splits.by_time(shop.interactions)
customers, bought = judged_by(by_time)
charts = simple_rivals(by_time, shop.n_users, shop.n_items, l2=300.0)    # l2 is not tuned here
found = {name: recall_at_k(model.recommend(customers, 10), bought, 10)
         for name, model in charts.items()}
_ = plots.bars({name: bootstrap(values) for name, values in found.items()},
               "In this shop a chart of recent weeks is no weak rival",
               "recall@10, mean over customers (95%)", colors=colors, fmt="{:.3f}")
print("recent counts, minus EASE:", paired(found["recent counts"], found["EASE"]))

# %% [markdown]
# A chart of the last 30 days is level with EASE here and well ahead of all-time popularity. (No l2 that we tried,
# from 100 to 800, puts EASE ahead. It is one shop and one cut in time.) So the strongest rival is not the same
# everywhere. Whether the data or the question makes the difference this pair cannot say, since both changed.

# %%
quiz("start_here.q2")

# %% [markdown]
# ## Move it
#
# How few films may be retrieved before the ten at the foot change? And which of the ten stand there for variety alone?
# (At a `trade_off` of 1, probability alone counts.) Try another `user` too.

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
# - **The log.** Everything was judged by films that people *did* take. Which ones they came upon is not recorded, and
#   a film that nobody came upon looks like one that nobody wants. So real data cannot tell whether the machine is
#   right. For that the course has **worlds**, simulated services whose people's true tastes can be looked up
#   afterwards: a *feed*, and a *marketplace* with stock, prices and returns.
# - **The question.** Films hidden at random ask about taste, the last days about the future.
# - **The rival**, where it lacks the filter, the tuning or the rows.
# - **The mean time**, where the budget is about slow requests. Nor do the stages' 99th percentiles add up to the
#   whole's.
#
# ## After day 7
#
# A week after launch, this system would learn from its own slates: it can count only what it showed. Films would have
# aged, and the probabilities in the picture might no longer be true. Who notices, and by which number? Lessons
# {{feedback}}, {{metric_stack}} and {{launch}} are about that.
#
# ## Say it in a minute
#
# > Ten out of a catalogue in 50 ms: I retrieve a few hundred by something cheap, drop what must not be shown, rank
# > the rest with features I can serve, and re-rank the slate under limits. Each stage has a budget for its slow
# > requests and owns a kind of failure, and the trace of a request tells me which stage lost an item. What retrieval
# > leaves out no later stage can show, so I measure it alone, as a curve over how many it hands on. I hold the whole
# > against popularity, recent counts and EASE, with the same rows and filters, by a paired difference, and on the
# > future as well.
#
# **Red flag.** “I would train a deep model on all the clicks and show its top ten.” No budget, no candidates, no rule
# for what must never be shown, no rival, no way to say what went wrong, and clicks taken for wishes.
#
# ## You have now
#
# - a function that says which stage lost an item;
# - a funnel's width, chosen for the slow requests, and a stage to mend, chosen by what that would bring;
# - a fair comparison with the simplest rivals;
# - claims measured among other runs, beside your guesses.
#
# Every lesson opens on its own and has the same parts as this one. Next:
# [{{objective}} Objective]({{objective file}}.ipynb), for what a *good* slate is, and who says so.
