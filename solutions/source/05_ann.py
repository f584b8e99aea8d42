# %% [markdown]
# # {{ann}} ANN: millions of items in 30 ms
#
# **The decision.** Which few hundred items, out of millions, are worth the ranker's time? The two-tower model of lesson {{two_tower}}
# turned that into geometry: the items whose vectors have the largest dot product with the user's. An *approximate nearest
# neighbour* (ANN) index answers this without looking at every vector. You decide how much of the right answer to give up,
# and for what: time, memory, or the effort to keep the index fresh.
#
# | | |
# |---|---|
# | Budget | 30 ms at the 99th percentile, a few hundred candidates, and the memory of the machines you have |
# | Failure this stage owns | *The item was there and the model liked it, but it was never retrieved.* |
# | Minutes | 85, of which 58 on exercises |
# | Needs | item and user vectors ({{two_tower}}) |
# | Leaves behind | `build_index`, `LiveIndex` and `ANNRetriever`, the first stage of the recommender |

# %%
import time

import numpy as np
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.offline import recall_at_k
from course_lib.serving import assemble
from course_lib.stages import ann
from course_lib.stages.ann import quantise
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401

plots.style()

# %% [markdown]
# ## Predict
#
# Commit to an answer before you measure; a range such as `(2, 10)` counts as well.
#
# 1. Product quantisation replaces a vector of 64 floats by 8 bytes. By what factor does the *index* shrink?
# 2. That index finds some share of the true 100 nearest. What share, if it searches an eighth of all its cells?
# 3. Only 1% of items may be shown. You fetch 100 neighbours and drop the rest. What share of the true top 10 is left?
# 4. On this course's own film catalogue, how many times faster than exact search is a graph index?

# %%
predict("ann.compression", ...)
predict("ann.nprobe", ...)
predict("ann.filter", ...)
predict("ann.small", ...)

# %% [markdown]
# ## A million vectors that have neighbours
#
# Most public comparisons of indexes use vectors of real images or words; many home-made ones use random numbers. Random
# numbers are the wrong test. In many dimensions all random points are about equally far from each other, so “nearest” means
# nothing and every index looks bad. Embeddings come in clusters: thrillers here, cartoons there, some clusters large, most
# small. `clustered_vectors` imitates that, and at the end you repeat the measurement on vectors the course's own model learnt.

# %%
d, n = 64, 1_000_000
everything = ann.clustered_vectors(n + 200, d, seed=0)            # float32 (n + 200, d), length 1
items, queries = everything[:n], everything[n:]                   # 200 users, never indexed
print(f"{items.nbytes / 1e6:.0f} MB of vectors, {len(queries)} queries")

# %%
noise = np.random.default_rng(1).standard_normal((20_000, d), dtype=np.float32)
noise /= np.linalg.norm(noise, axis=1, keepdims=True)
ax = plots.figure("Random vectors have no neighbours worth finding", "cosine with the query", "density")
for name, table, color in (("random", noise, plots.GREY), ("clustered", items[:20_000], plots.BLUE)):
    near = (table[:50] @ table[50:].T).ravel()
    ax.hist(near, 80, density=True, color=color, alpha=0.6, label=name)
    ax.axvline(np.sort(near.reshape(50, -1))[:, -100].mean(), color=color, ls="--")
_ = ax.legend(title="dashed: the 100th neighbour")

# %% [markdown]
# ## Exact search first
#
# Exact search multiplies the query with every vector and keeps the k largest. It cannot be wrong, needs no training and no
# tuning, and any item can leave it at once. It is also the yardstick: without the exact answer there is no recall to speak
# of. So measure it first, one query at a time on one thread, because that is how requests arrive.
#
# *p50* is the median; *p99* is the time that one query in a hundred exceeds. A page that needs one hundred such answers
# nearly always meets the slow one, so the tail is what the budget is about.

# %%
flat = ann.build_index("flat", items)
exact, _ = flat.search(queries, 100)                              # int (200, 100): the truth from here on
flat_ms = ann.latencies_ms(lambda q: flat.search(q, 100), queries[:60])
print(f"exact search over {n:,} items: p50 {np.median(flat_ms):.1f} ms, p99 {np.percentile(flat_ms, 99):.1f} ms")

# %% [markdown]
# Look at your numbers before you read on. On a quiet machine exact search over a million items fits the budget. What sinks it
# is not one query but the second, third and tenth that arrive meanwhile: it keeps a core busy all that time, so a core serves
# only as many requests a second as fit into one. And its cost doubles with the catalogue.
#
# {{card ann.1}}

# %%
@exercise("ann.1")
def index_recall(found, exact):
    """found int [B, k], exact int [B, k], −1 for nothing → float [B]: share of the true neighbours found."""
    ### BEGIN SOLUTION
    out = []
    for some, true in zip(found, exact, strict=True):
        true = true[true >= 0]
        out.append(np.isin(true, some).sum() / max(1, len(true)))
    return np.array(out)
    ### END SOLUTION


# %% [markdown]
# ## What it will weigh
#
# Three ideas carry nearly all indexes in use.
#
# - **HNSW** links every vector to some near ones and walks from link to link towards the query. Its beam, `ef_search`, says how
#   many candidates it keeps in mind. It needs all vectors in memory, and the links besides.
# - **IVF** (inverted file) sorts vectors into cells by k-means and looks only into the `nprobe` cells nearest to the query.
# - **PQ** (product quantisation) stores a short code in place of each vector. Together: IVF-PQ.
#
# Memory is what decides between them at scale, and it can be worked out on paper.
#
# {{card ann.2}}

# %%
@exercise("ann.2")
def bytes_per_vector(kind, d, M=32, m=16):
    """kind str, width d, HNSW links M, PQ bytes m → bytes that one more vector adds to the index."""
    ### BEGIN SOLUTION
    size = m if "pq" in kind else 4 * d
    if kind == "hnsw":
        size += 8 * M + 4 * M / (M - 1) + 12
    if "ivf" in kind:
        size += 8
    return size + 4 * d if kind.endswith("refine") else size
    ### END SOLUTION


# %% [markdown]
# A formula is a claim about somebody else's code. Put it on the scales: build each kind on a part of the vectors, write the
# index out, and count. What is paid once (centroids, codebooks) is added to what each vector costs.

# %%
sizes = {"flat": {}, "hnsw": {"M": 16}, "ivf_flat": {"nlist": 64}, "ivf_pq": {"nlist": 64, "m": 8},
         "ivf_pq_refine": {"nlist": 64, "m": 8}}
part, rows = items[:20_000], {}
for kind, given in sizes.items():
    each = bytes_per_vector(kind, d, **{name: given[name] for name in ("M", "m") if name in given})
    once = given.get("nlist", 0) * (4 * d + 8) + ("pq" in kind) * 256 * 4 * d
    weighed = ann.build_index(kind, part, threads=2, **given).bytes()
    rows[kind] = {"bytes a vector": each, "paid once": once, "predicted MB": (len(part) * each + once) / 1e6,
                  "weighed MB": weighed / 1e6, "error %": 100 * abs((len(part) * each + once) / weighed - 1)}
weights = pd.DataFrame(rows).T
measured("ann.bytes", weights["error %"].max(), on="20,000 clustered vectors")
weights.round(2)

# %% [markdown]
# ## Product quantisation by hand
#
# Cut a vector into m slices. For each slice, learn a *codebook* of 256 typical pieces, called words. A vector is then stored as
# m numbers below 256: which word is nearest, slice by slice. Eight bytes can name 256⁸ different vectors, from codebooks that
# fit into a few kilobytes. That is the trick: the vocabulary is small, the sentences are many.

# %%
codebooks = quantise.train_codebooks(items[:20_000], m=8)           # float32 (m, 256, d / m), by k-means
print("codebooks", codebooks.shape, "=", codebooks.nbytes // 1024, "KB for any number of vectors")

# %% [markdown]
# {{card ann.3}}

# %%
@exercise("ann.3")
def pq_encode(vectors, codebooks):
    """vectors float [N, d], codebooks float [m, W, d/m] → uint8 [N, m]: number of the nearest word of each slice."""
    ### BEGIN SOLUTION
    m = len(codebooks)
    slices = vectors.reshape(len(vectors), m, -1)
    codes = np.empty((len(vectors), m), np.uint8)
    for part in range(m):
        words = codebooks[part]                                   # (W, d/m)
        codes[:, part] = ((words**2).sum(1) - 2 * slices[:, part] @ words.T).argmin(1)
    return codes
    ### END SOLUTION


# %% [markdown]
# Now score without decoding. A dot product is a sum over slices, and each slice of a coded vector is one of 256 words. So work
# out the product of the query with all words once, then add up table entries.
#
# {{card ann.4}}

# %%
@exercise("ann.4")
def adc_scores(query, codes, codebooks):
    """query float [d], codes uint8 [N, m], codebooks float [m, W, d/m] → float [N]: dot products by look-up."""
    ### BEGIN SOLUTION
    m = len(codebooks)
    table = np.einsum("mws,ms->mw", codebooks, query.reshape(m, -1))   # (m, W)
    return table[np.arange(m), codes].sum(1)
    ### END SOLUTION


# %%
codes = pq_encode(items[:20_000], codebooks)                      # 8 bytes in place of 256
true, coded = items[:20_000] @ queries[0], adc_scores(queries[0], codes, codebooks)
top = np.argsort(-true)[:100]
ax = plots.figure("Codes get the region right and the order wrong", "true dot product with the query", "score from codes",
                  height=4.2)
ax.plot(true, coded, ".", ms=2, color=plots.GREY, label="items", rasterized=True)
ax.plot(true[top], coded[top], "o", ms=4, color=plots.ORANGE, label="the true 100 nearest")
ax.axhline(np.sort(coded)[-100], color=plots.BLACK, ls="--", lw=1, label="cut for the top 100 by codes")
_ = ax.legend()

# %% [markdown]
# Orange points below the dashed line are true neighbours that codes lose. The scores are right up to an error, and the error is
# about as large as the differences *between* neighbours. So codes tell near from far, and not near from nearest.
#
# ## The real thing, at one million
#
# faiss builds the same thing with cells in front: 1,024 cells, 8-byte codes, and, in this kind, the raw vectors kept beside the
# codes for a later exact comparison. Training takes a sample; k-means needs some thirty to two hundred and fifty points a cell,
# and more teaches it nothing.

# %%
start = time.perf_counter()
index = ann.build_index("ivf_pq_refine", items, nlist=1024, m=8, train_size=40_000, threads=2)
build_s = {"ivf_pq_refine": time.perf_counter() - start}
codes_only = index.without_refinement()                           # shares the memory; ranks by codes alone
print(f"{ann.factory(index.kind, index.params)}: built in {build_s['ivf_pq_refine']:.0f} s")

# %% [markdown]
# ### The 32× claim
#
# 64 floats of 4 bytes make 256 bytes; 8 bytes of code are a 32nd. You will meet this number in many designs. It speaks of codes.
# An index also has to say *whose* code it is, and keep its centroids and codebooks.

# %%
weighed, raw = codes_only.bytes(), items.nbytes
shares = {"raw vectors": raw, "IVF-PQ index": weighed, "… of which codes": 8 * n, "… of which ids": 8 * n,
          "… of which tables": weighed - 16 * n, "IVF-PQ and raw vectors": index.bytes()}
measured("ann.compression", raw / weighed, on="1,000,000 × 64")
_ = plots.bars({name: size / 1e6 for name, size in shares.items()},
               f"Codes shrink {raw / (8 * n):.0f}×, the index {raw / weighed:.0f}×, both together not at all", "MB")

# %% [markdown]
# The last bar is the one people forget in the other direction: an index that promises small memory *and* the recall of an exact
# re-rank holds the raw vectors somewhere. On disk they cost a read for each candidate; in memory, everything you saved.
#
# ### Can more cells buy recall back?
#
# A query looks into `nprobe` of the 1,024 cells. When recall is low, turning this dial up is the usual reflex. Try it, on codes
# alone and with the exact re-rank behind it.

# %%
def look(index, k=100, true=exact, **tuning):
    """Recall with its interval, p50 and p99 in ms, of an index with these settings."""
    found, _ = index.search(queries, k, **tuning)
    spent = ann.latencies_ms(lambda q: index.search(q, k, **tuning), queries[:60])
    return {"recall": bootstrap(index_recall(found, true), n_boot=300), "p50": np.median(spent),
            "p99": np.percentile(spent, 99)}


# %%
probes = [1, 4, 16, 64, 128]
by_codes = [look(codes_only, nprobe=p) for p in probes]
refined = [look(index, nprobe=p, k_factor=30) for p in probes]
ax = plots.lines(probes, {"ivf_pq": [r["recall"] for r in by_codes], "ivf_pq_refine": [r["recall"] for r in refined]},
                 "nprobe cannot buy back what the codes lost", "cells probed, of 1,024", "recall@100", logx=True)
ax.set(ylim=(0, 1.02), xlabel="cells probed, of 1,024 (log)")
ax.set_xticks(probes, probes)
ax.minorticks_off()
measured("ann.nprobe", by_codes[-1]["recall"], on="1,000,000 × 64")

# %% [markdown]
# **Were you right?** The lower line is flat. Past a handful of cells all the true neighbours *are* being looked at; they are
# ranked wrongly by their codes. No amount of looking mends a score. What helps is more bytes a code, or a second look at the
# real vectors of a shortlist.
#
# {{card ann.5}}

# %%
@exercise("ann.5")
def exact_rerank(query, shortlist, vectors, k):
    """query float [d], shortlist int [C] with −1 pads, vectors float [N, d] → int [k]: the best ids, −1 pads."""
    ### BEGIN SOLUTION
    shortlist = shortlist[shortlist >= 0]
    best = shortlist[np.argsort(-(vectors[shortlist] @ query))][:k]
    return np.pad(best, (0, k - len(best)), constant_values=-1)
    ### END SOLUTION


# %% [markdown]
# How long must the shortlist be? It only has to contain the neighbours. Fetch C by codes, compare exactly, keep 100.

# %%
lengths, kept = [100, 300, 1_000, 3_000], []
for length in lengths:
    shortlists, _ = codes_only.search(queries, length, nprobe=64)
    best = np.array([exact_rerank(q, s, items, 100) for q, s in zip(queries, shortlists, strict=True)])
    kept.append(bootstrap(index_recall(best, exact), n_boot=300))
measured("ann.refine", kept[-1], on="1,000,000 × 64")
ax = plots.lines(lengths, {"ivf_pq_refine": kept}, "A second look at the real vectors brings recall back",
                 "items on the shortlist (log)", "recall@100 after the re-rank", logx=True)
ax.set_xticks(lengths, [f"{length:,}" for length in lengths])
ax.minorticks_off()
_ = ax.axhline(0.95, color=plots.BLACK, ls="--", lw=1)

# %% [markdown]
# ## A graph instead of cells
#
# HNSW costs no recall by rounding, for it keeps the vectors, and its search is the fastest there is in memory. What it costs is
# building: each vector added is itself a search. To keep this cell short, the graph holds a tenth of the vectors. Set `held = n`
# and wait a few minutes if you want the whole; `make bench` does.

# %%
held = 100_000
start = time.perf_counter()
graph = ann.build_index("hnsw", items[:held], M=16, threads=2)
build_s["hnsw"] = time.perf_counter() - start
exact_held, _ = ann.build_index("flat", items[:held]).search(queries, 100)
print(f"HNSW of {held:,}: {build_s['hnsw']:.0f} s, {graph.bytes() / held:.0f} bytes a vector")

# %% [markdown]
# Every dial gives a curve of recall against time. To compare two kinds of index, compare curves, on the same vectors; a single
# point shows only where somebody left the dial.
#
# {{card ann.6}}

# %%
@exercise("ann.6")
def pareto_front(recall, cost):
    """recall float [S], cost float [S] → bool [S]: settings that no other beats."""
    ### BEGIN SOLUTION
    no_worse = (recall[:, None] >= recall) & (cost[:, None] <= cost)      # (S, S): row against column
    better = (recall[:, None] > recall) | (cost[:, None] < cost)
    return ~(no_worse & better).any(axis=0)
    ### END SOLUTION


# %%
cells = ann.build_index("ivf_pq_refine", items[:held], nlist=256, m=8, train_size=20_000, threads=2)
trials = [("hnsw", graph, {"ef_search": ef}) for ef in (100, 200, 400, 800)]
trials += [("ivf_pq_refine", cells, {"nprobe": p, "k_factor": f}) for p in (4, 16, 64) for f in (3, 30)]
trials += [("ivf_pq", cells.without_refinement(), {"nprobe": p}) for p in (4, 16)]
trials += [("flat", ann.build_index("flat", items[:held]), {})]
sweep = pd.DataFrame([{"kind": kind, "setting": str(tuning), **look(built, true=exact_held, **tuning)}
                      for kind, built, tuning in trials])
sweep["recall"] = [r.value for r in sweep["recall"]]
sweep["front"] = pareto_front(sweep["recall"].to_numpy(), sweep["p50"].to_numpy())

# %%
ax = plots.figure("On the front, recall costs time; below it, something is wasted", "p50, ms (log)", "recall@100", height=4.0)
for kind, group in sweep.groupby("kind", sort=False):
    ax.plot(group["p50"], group["recall"], "o", ms=7, alpha=0.5, color=plots.color(kind), label=kind.replace("_", " "))
best = sweep[sweep["front"]].sort_values("p50")
ax.plot(best["p50"], best["recall"], "-", color=plots.BLACK, lw=1, zorder=0, label="the front")
ax.set_xscale("log")
_ = ax.legend(title=f"{held:,} vectors")

# %% [markdown]
# ## The table at one million
#
# Same vectors, same queries, one thread. The column to argue with is p99 against the budget of 30 ms; the ratio of medians is
# what survives on another machine.

# %%
table = pd.DataFrame({
    "flat": {"recall@100": 1.0, "p50 ms": np.median(flat_ms), "p99 ms": np.percentile(flat_ms, 99), "MB": flat.bytes() / 1e6},
    **{kind: {"recall@100": r["recall"].value, "p50 ms": r["p50"], "p99 ms": r["p99"], "MB": built.bytes() / 1e6,
              "build s": build_s["ivf_pq_refine"]}
       for kind, built, r in (("ivf_pq", codes_only, by_codes[2]), ("ivf_pq_refine", index, refined[2]))},
    f"hnsw, {held:,}": {"recall@100": sweep["recall"][1], "p50 ms": sweep["p50"][1], "p99 ms": sweep["p99"][1],
                        "MB": graph.bytes() / 1e6, "build s": build_s["hnsw"]}}).T
measured("ann.speed", np.median(flat_ms) / refined[2]["p50"], on="1,000,000 × 64")
table.round(2)

# %% [markdown]
# ## Move the dials yourself
#
# The small dots are the settings above; the two large ones are yours. The title says what each index weighs. Find the cheapest
# setting above the dashed line. Then find a value of `nprobe` that costs time and brings nothing.

# %%
def dials(nprobe=16, shortlist_factor=10, ef_search=100):
    """Where these settings lie: recall against latency, of a graph and of cells with a second look, on the same vectors."""
    yours = {"ivf_pq_refine": (cells, {"nprobe": nprobe, "k_factor": shortlist_factor}),
             "hnsw": (graph, {"ef_search": ef_search})}
    ax = plots.figure(", ".join(f"{kind.replace('_', ' ')}: {built.bytes() / 1e6:.0f} MB" for kind, (built, _) in yours.items()),
                      "p50, ms (log)", "recall@100", height=4.0)
    ax.scatter(sweep["p50"], sweep["recall"], s=14, color=[plots.color(kind) for kind in sweep["kind"]], alpha=0.4)
    for kind, (built, tuning) in yours.items():
        seen = look(built, true=exact_held, **tuning)
        ax.plot(seen["p50"], seen["recall"].value, "o", ms=14, color=plots.color(kind), label=f"{kind.replace('_', ' ')}: {seen['recall']}")
    ax.axhline(0.95, color=plots.BLACK, ls="--", lw=1)
    ax.set(xscale="log", ylim=(0.3, 1.02), xlim=(0.05, 20))
    ax.legend(loc="lower right", markerscale=0.6)
    return ax.figure


# %%
explore(dials, nprobe=[1, 4, 16, 64, 256], shortlist_factor=[1, 3, 10, 30], ef_search=[100, 200, 400, 800])

# %% [markdown]
# ## Hard filters
#
# Some items may not be shown at all: sold out, not licensed in this country, under age. This is a condition, not a preference,
# and it can be put in three places: drop after the search, test inside the walk, or compare only with what is left.
#
# {{card ann.7}}

# %%
@exercise("ann.7")
def post_filter(ids, allowed, k):
    """ids int [B, C] best first, allowed bool [N] → int [B, k]: the first k that may stay, −1 where fewer are left."""
    ### BEGIN SOLUTION
    out = np.full((len(ids), k), -1)
    for row, line in enumerate(ids):
        kept = line[(line >= 0) & allowed[line]][:k]
        out[row, :len(kept)] = kept
    return out
    ### END SOLUTION


# %%
ways = {"drop after fetching 100": lambda q, ok: post_filter(graph.search(q, 100)[0], ok, 10),
        "test inside the walk": lambda q, ok: graph.search(q, 10, allowed=ok, how="inside")[0],
        "inside, beam 4,096": lambda q, ok: graph.search(q, 10, allowed=ok, how="inside", ef_search=4096)[0],
        "compare with survivors": lambda q, ok: graph.search(q, 10, allowed=ok, how="brute")[0]}
filtered = []
for rate in (0.5, 0.1, 0.01):
    ok = np.random.default_rng(2).random(held) < rate
    truth = ways["compare with survivors"](queries[:100], ok)      # exact: it leaves nothing out
    for name, way in ways.items():
        spent = ann.latencies_ms(lambda q, way=way, ok=ok: way(q, ok), queries[:20], warm=3)
        filtered.append({"allowed": f"{rate:.0%}", "way": name, "p50 ms": np.median(spent),
                         "recall@10": bootstrap(index_recall(way(queries[:100], ok), truth), n_boot=300)})
filters = pd.DataFrame(filtered).set_index(["allowed", "way"])

# %%
recall = filters["recall@10"].unstack("allowed")[["50%", "10%", "1%"]].loc[list(ways)]
ax = plots.lines([50, 10, 1], {name: list(row) for name, row in recall.iterrows()},
                 "A filter that lets 1% through breaks what works at 50%", "share of items allowed, % (log)", "recall@10",
                 logx=True)
ax.lines[-1].set_linestyle("--")                                   # it lies on the line of the wide beam
ax.legend()
ax.invert_xaxis()
ax.set_xticks([50, 10, 1], ["50", "10", "1"])
measured("ann.filter", recall.loc["drop after fetching 100", "1%"], on=f"{held:,} × 64")
times = filters["p50 ms"].xs("1%")
measured("ann.brute", times["inside, beam 4,096"] / times["compare with survivors"], on=f"{held:,} × 64, 1% allowed")

# %%
filters["p50 ms"].unstack("allowed")[["50%", "10%", "1%"]].loc[list(ways)].round(2)

# %% [markdown]
# At 1% a hundred fetched leave about one, so ten cannot be had. The walk that tests inside keeps going, but most of what its beam
# holds is forbidden, and it stops before it has met ten that pass. The oldest way is best where the filter is hardest: if few
# survive, compare with them all. It is exact, and the table of times says what it costs. So the right index depends on the pass
# rate of *each request*: `Index.search(..., allowed=...)` counts the survivors and picks.
#
# What this measurement flatters: the filter here is independent of the query. A filter that follows taste (“only horror”, asked by
# someone whose vector lies among cartoons) is harder for the first two ways than the same pass rate at random.
#
# ## From ten thousand to a billion, on paper
#
# Nobody can hold 10⁹ vectors in a notebook. What can be measured is how each cost *grows*. On doubly logarithmic axes a power law
# is a line, and its slope is the exponent.

# %%
def cpu_ms(index, **tuning):
    """Median time that a search uses of its core, so that whatever else runs on this machine does not bend the line."""
    return np.median(ann.latencies_ms(lambda q: index.search(q, 100, **tuning), queries[:60], clock=time.thread_time))


sizes, grown, looked = (10_000, 30_000, held, 300_000, n), {}, {}
for size in sizes:
    grown["flat", size] = cpu_ms(flat if size == n else ann.build_index("flat", items[:size]))
for size in sizes[:3]:
    part = graph if size == held else ann.build_index("hnsw", items[:size], M=16, threads=2)
    grown["hnsw", size] = cpu_ms(part, ef_search=200)
    looked[size] = ann.comparisons(part, queries, 100, ef_search=200)    # vectors compared with one query
    found, true = part.search(queries, 100, ef_search=200)[0], ann.build_index("flat", items[:size]).search(queries, 100)[0]
    print(f"a graph of {size:,}: {looked[size]:,.0f} vectors compared, recall {index_recall(found, true).mean():.3f}")

# %%
growth = pd.Series(grown).rename("ms")
slope = {kind: np.polyfit(np.log(growth[kind].index), np.log(growth[kind]), 1) for kind in ("flat", "hnsw")}
measured("ann.flat_growth", slope["flat"][0], on="time, 10⁴ to 10⁶")
measured("ann.hnsw_growth", np.polyfit(np.log(list(looked)), np.log(list(looked.values())), 1)[0], on=f"vectors compared, 10⁴ to {held:,}")

# %%
ax = plots.figure("Measured to 10⁶, drawn on to 10⁹", "vectors", "median ms of one core", height=4.0)
reach = np.geomspace(1e4, 1e9, 30)
for kind, (power, start) in slope.items():
    ax.plot(growth[kind].index, growth[kind], "o", color=plots.color(kind), label=f"{kind}: n to the {power:.2f}")
    ax.plot(reach, np.exp(start) * reach**power, "--", lw=1, color=plots.color(kind))
ax.axhline(30, color=plots.RED, lw=1)
ax.annotate("budget", (1e4, 30), xytext=(0, 4), textcoords="offset points", color=plots.RED)
ax.set(xscale="log", yscale="log")
_ = ax.legend()

# %%
billion = {kind: {"memory GB": 1e9 * bytes_per_vector(kind, d, M=16, m=8) / 1e9,
                  "machines with 200 GB free": np.ceil(1e9 * bytes_per_vector(kind, d, M=16, m=8) / 200e9)}
           for kind in ("flat", "hnsw", "ivf_pq", "ivf_pq_refine")}
for kind, (power, start) in slope.items():
    billion[kind]["ms of one core, if the line holds"] = np.exp(start) * 1e9**power
pd.DataFrame(billion).T.round(1)

# %% [markdown]
# Read the table with its warning: three orders of magnitude beyond the data, a line is a guess. The claim about the graph expects
# its comparisons to grow with the logarithm of n, and never to fall. If yours did otherwise, look at the recall printed beside them:
# a beam of fixed width opens a fixed number of nodes however many there are, and in a denser cluster their neighbours are the same few
# again. What a larger graph asks for is not taken in comparisons then but in *recall*, until you widen the beam. Its time grows faster
# than its comparisons, because it no longer fits the processor's caches. Memory needs no guess, and at 10⁹ it decides: a graph over
# raw vectors fills several machines, codes and ids fit on one, and the raw vectors for the second look go to disk.
#
# ## The course's own vectors
#
# Synthetic vectors show how things scale. Now the item vectors that this course's two-tower learns from ML-100K: lengths differ
# (popular films are longer), and queries are users, who do not lie where items lie. Training is cut short here, and its result is kept.

# %%
films = datasets.films()
split = splits.by_user(films.interactions, seed=0)
model = assemble.two_tower(films, split, dim=64, max_epochs=2, batch_size=512, learning_rate=0.01)    # out of the cache where it has been trained before
users = np.arange(films.n_users)
film_vectors, user_vectors = model.embed_items(), model.embed_users(users)
print(film_vectors.shape, "lengths", np.percentile(np.linalg.norm(film_vectors, axis=1), [1, 50, 99]).round(2))

# %%
own = {"flat": ann.build_index("flat", film_vectors), "hnsw": ann.build_index("hnsw", film_vectors, M=16),
       "ivf_flat": ann.build_index("ivf_flat", film_vectors, nlist=32, nprobe=8),
       "ivf_pq": ann.build_index("ivf_pq", film_vectors, nlist=32, nprobe=8, m=8)}
true = own["flat"].search(user_vectors, 100)[0]
film_table = pd.DataFrame({kind: {
    "recall@100 of the index": index_recall(built.search(user_vectors, 100)[0], true).mean(),
    "ms of one core": np.median(ann.latencies_ms(lambda q, built=built: built.search(q, 100), user_vectors, clock=time.thread_time)),
    "KB": built.bytes() / 1e3} for kind, built in own.items()}).T
cost = film_table["ms of one core"]
measured("ann.small", cost["flat"] / cost["hnsw"], on=films.name)
film_table.round(3)

# %% [markdown]
# On this catalogue every index but the exact one is a loss: more to build, more to go wrong, nothing gained in time. Note the recall
# as well: it is lower than synthetic vectors led you to expect. These vectors differ in length, so the best product is not the
# nearest direction, and users do not lie where films lie. Below some hundred thousand items, the honest answer to “which index?”
# is “none yet”.
#
# ## What can lie to you
#
# *Recall of the index* compares an index with exact search. *Recall of relevance* compares a list with what people took. The first
# is often quoted as if it were the second. Drop to codes and see what each of the two loses.

# %%
seen = np.zeros((films.n_users, films.n_items), bool)
seen[split.train["user"], split.train["item"]] = True
wanted = {user: group.to_numpy() for user, group in split.test.groupby("user")["item"]}
tested = np.array(list(wanted))


def relevance(kind):
    """Recall@20 of held-out films, per user, among films not seen in training, retrieved by this index."""
    ids = own[kind].search(user_vectors[tested], 800)[0]
    old = (ids < 0) | seen[tested[:, None], ids]
    order = np.argsort(old, axis=1, kind="stable")[:, :20]                # new films first, in the order of the index
    top = np.take_along_axis(np.where(old, -1, ids), order, 1)
    return recall_at_k(top, list(wanted.values()), 20)


# %%
top20 = own["flat"].search(user_vectors[tested], 20)[0]
index_loss = 1 - index_recall(own["ivf_pq"].search(user_vectors[tested], 20)[0], top20)
relevance_loss = relevance("flat") - relevance("ivf_pq")           # paired: the same users
both = {"recall of the index lost": bootstrap(index_loss), "recall of relevance lost": bootstrap(relevance_loss)}
measured("ann.relevance", bootstrap(index_loss - relevance_loss), on=films.name)
_ = plots.bars(both, "What the index loses is not what people lose", "lost by coding, top 20, with 95% interval")

# %% [markdown]
# The films that codes swap at the edge of the list are near-equals to the model, and the model is only a guess about people. So a
# loss in the index costs less than it seems, though not nothing; and a recall of 1 may retrieve a hundred items nobody wants. Tune the index
# against exact search, because that is exact and cheap; decide how much to spend on it by relevance.
#
# ## After day 7
#
# A week after launch items have gone and others have come. A graph cannot lose a node cheaply: other nodes are only reached through
# it. So a deleted item is *marked*, still walked over, and never returned; new items wait on a short list that is searched exactly.
# Both make queries slower, little by little, until someone rebuilds. `LiveIndex` does that beside the running index and swaps the
# two by one assignment, so that a request sees all of the old or all of the new.

# %%
live, week = ann.LiveIndex("hnsw", np.arange(20_000), items[:20_000], M=16), []
for day in range(8):
    week.append({"day": day, "ms": cpu_ms(live), "stale": live.stale, "items": len(live)})
    live.delete(np.arange(2_000 * day, 2_000 * (day + 1)))
    live.add(20_000 + np.arange(1_000 * day, 1_000 * (day + 1)), items[20_000 + 1_000 * day:20_000 + 1_000 * (day + 1)])
live.rebuild()
week.append({"day": "rebuilt", "ms": cpu_ms(live), "stale": live.stale, "items": len(live)})
pd.DataFrame(week).set_index("day").round(2)

# %%
ages = pd.DataFrame(week[:-1])
ax = plots.lines(ages["day"], {"hnsw": ages["ms"]}, "Marks and a waiting list slow every query, until you rebuild",
                 "day after the build", "median ms of one core")
ax.axhline(week[-1]["ms"], color=plots.GREEN, ls="--", lw=1, label="after the rebuild")
ax.set_ylim(0)
_ = ax.legend()

# %% [markdown]
# Two more things age. The *model* is retrained, and its user vectors no longer fit the old item vectors: model and index must be
# swapped together, under one version. And a file can be cut short on its way to a server: `Index.save` writes a checksum and
# `Index.load` refuses what does not match, because half an index answers without complaint.
#
# ## Four briefs
#
# Say why before you choose. What is the budget, and which cost would break it?

# %%
for brief in ("shop", "feed", "billion", "phone"):
    quiz(f"5.brief_{brief}")

# %% [markdown]
# ## Say it in a minute
#
# > I start from the budget and the catalogue. Below a hundred thousand items I search exactly: no recall to lose, deletes are free.
# > Above that, if vectors fit in memory, HNSW, at 4d + 8M bytes each. If not, IVF-PQ with codes and ids in memory and the raw
# > vectors on disk for an exact re-rank, because probing more cells does not repair codes. I report recall of the index with
# > p99, bytes and build time, and keep it apart from recall of relevance. Filters I plan by pass rate: drop afterwards when most
# > pass, test inside in between, compare with the survivors when few do. Deletes are marks, so I schedule rebuilds, and I swap
# > index and model together.
#
# **Red flag.** “We use HNSW because it is the fastest, with a filter on the results, and PQ gives us 32× compression.” No catalogue
# size, no pass rate, no p99, no bytes; and nobody asked how an item leaves the index.
#
# ## You have now
#
# - recall of an index, query by query, and the exact answer to hold it against;
# - the weight of an index before it is built, and product quantisation you wrote yourself;
# - a front of settings in place of a favourite index, and a rule for filters;
# - `ANNRetriever`, which serves the eligible items of a request from a `LiveIndex`'s kin. Lesson {{ranker}} ranks what it returns.
