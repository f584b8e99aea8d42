"""What the lesson on the feature audit states: leaks, age, drift, and what a feature store does."""

import numpy as np

from course_lib.teach.definitions.claim import AMOUNT, CHANGE, DIAL, DIFFERENCE, IDENTITY, SHARE, Band, Claim

FIRST, NOW = "2026-11-22", "2026-11-28"     # when the first and the second edition's bands were written


def _was(low, high, why):
    """The first edition's band, and why another took its place."""
    return (Band(low, high, FIRST, why),)


CLAIMS = [
    Claim("feature_audit.offline", "On logs of fewer than a thousand people, counts joined from the whole log flatter a model by at least 0.01 AUC over the same "
          "model on counts as of the request",
          "Azure Machine Learning's manual", (0.01, np.inf), "AUC, offline less served",
          place="page on the point-in-time join, on target leakage: “overestimate the utility of the model”; the size is ours", varies="the log", written=NOW,
          history=_was(0.01, 0.5, "the sentence has no upper end"),
          limits="How much a row's own click tells follows from how few rows a person or an item has, and these logs are small: with many more rows a "
                 "count the same join may flatter by nothing. Not tried: a dial over rows a count. Nothing is served; the same test rows are read with "
                 "honest columns, which also harms the leaked model: over a model that is honest in training as well, the offline figure is ahead by less "
                 "(take `feature_audit.served` off). Until 2026-11-30 the sentence was: Counts joined from the whole log flatter a model by at least "
                 "0.01 AUC over what it gets when served.", bounds=DIFFERENCE),
    Claim("feature_audit.served", "Asked with counts as of the request, a model trained on counts of the whole log ranks worse than one trained point"
          " in time",
          "Databricks' manual: leakage can negatively affect the model's performance", (0.0, np.inf),
          "AUC, point in time less leaked", place="page on point-in-time feature joins, which says can; that it does is ours",
          varies="the log", written=NOW, history=_was(0.005, 0.5, "the source says worse, without a size"),
          bounds=DIFFERENCE,
          limits="One leak, which every training row held; where a tenth of the rows or fewer held "
                 "another one (`feature_audit.drop`), next to nothing was lost. Counts of the whole log "
                 "are also larger than counts so far, so that a part may be mere shift. Tried: counts"
                 " of the whole log less the row's own showing and click, under three seeds. They lose 0.00712 "
                 "on ml100k, where with it 0.0729 are lost under these seeds, and 0.00808 in the world, of 0.0428. "
                 "So most of the loss is the row's own click; shift, and what came later, is the rest. Until "
                 "2026-11-30 the sentence was: Served honestly, a model trained on leaked features ranks "
                 "worse than one trained point in time. Until 2026-12-01 it began: Served honestly. Nothing is served: rows of the same log are read "
                 "with honest counts."),
    Claim("feature_audit.people", "Lists of the model trained point in time have a true chance of a click at least 1% higher than "
          "those of one trained on counts of the whole log",
          "own conjecture", (0.01, np.inf), "true chance of a click, relative gain", written=NOW,
          history=_was(0.02, 1.0, "the sentence was another: People notice, which a chance of a click does not measure"),
          limits="A chance of a click is not what people like: clickbait raises it. Until 2026-11-29 the sentence "
                 "was: Lists of the model trained point in time are at least 1% more to people's liking than the "
                 "leaked model's. Until 2026-12-01 it did not say what was leaked. Ten items of all, chosen once, when the log ends.", bounds=CHANGE),
    Claim("feature_audit.day", "On a log of ratings, a model trained on live features loses at least 0.005 AUC where they are read "
          "a day late", "own conjecture, the case for streaming features",
          (0.005, np.inf), "AUC, live less a day old", written=NOW,
          history=_was(0.005, 0.3, "it was for our world too, where the cost follows from how fast we let things change"),
          limits="The model trained on live values. Retrained on values of that age it may lose less, which is not "
                 "measured. Until 2026-11-29 the sentence was: On a log of films, features a day old cost at least "
                 "0.005 AUC. Of ML-100K's ratings 97% came within an hour of the same person's last one, half of them in the same second, so that counts "
                 "a day old miss the sitting: an hour costs nearly as much. That is how this log was made (Fan et al. 2024, doi:10.1145/3675163, "
                 "abstract: it records people's dealings with MovieLens and not with films), and no case for streaming features. Until 2026-12-01 the "
                 "sentence spoke of a log of films.", bounds=DIFFERENCE),
    Claim("feature_audit.age", "A model trained on live features loses at least 0.005 AUC where they are refreshed only every so many hours",
          "own conjecture, the case for streaming features; here by hours between two refreshes", (0.005, np.inf), "AUC, live less aged",
          exact_at=(0,), kind=DIAL, dial="hours between two refreshes", written=NOW,
          limits="The model trained on live values, so a mismatch is in the cost: retrained on values of that age it may lose less, which is not measured. "
                 "Nothing between 0 and 1 hour was tried, and at 0 there is no difference by construction; where in that hour it turns is a straight "
                 "line between two points and no finding. ML-100K, which the lesson draws, has no known place on this axis. Until 2026-11-30 the sentence "
                 "was: Features that are refreshed only now and then cost at least 0.005 AUC.", bounds=DIFFERENCE),
    Claim("feature_audit.stale_vs_leak", "Age costs more AUC than as much of a look ahead seems to gain",
          "own conjecture, from an earlier measurement for this course on ML-100K; here by more than a thousandth", (0.001, np.inf),
          "AUC, lost by age less gained by looking ahead", exact_at=(0,), kind=DIAL, dial="hours of age, and of looking ahead", written=NOW,
          history=_was(1.0, np.inf, "it divided two sizes that are both ours to choose; both are turned together now"),
          limits="A look ahead of an hour already holds the row's own click, so that any leak starts large; the "
                 "leaked side is retrained, the aged one is not."),
    Claim("feature_audit.psi", "A PSI above 0.1 means that a feature has moved", "Alibaba Cloud's manual (PAI)", (0.0, 0.1), "PSI", exact_at=(0,), kind=DIAL,
          place="page on the population stability index: “between 0.1 and 0.25 indicates a moderate change”; Evidently's "
                "test alarms from 0.1 on by default, with 30 bins; here the PSI that 5% of unmoved samples exceed, ten bins",
          dial="a thousand over the values in each sample, 0 for samples without end", written=FIRST, bounds=AMOUNT,
          limits="This can be had without a run: of unmoved samples of n each in ten bins, PSI is about 2/n times a chi-square of nine degrees of freedom, "
                 "whose 95% quantile is 16.9, so that it turns at some 340 values. The runs show that this is near enough down to a hundred values."),
    Claim("feature_audit.wolf", "Of honest features that nobody touched, a test of drift by significance alone flags one in five at most",
          "own conjecture of who alarms by p alone; here five days of training rows, some 80,000, against some 30,000 "
          "of the two days after", (0.0, 0.2), "of the features", written=NOW, bounds=SHARE),
    Claim("feature_audit.drop", "To drop dwell, the seconds read after a click, from the training rows raises the true chance of a click on "
          "people's lists by at least 1%",
          "own conjecture, this lesson's title", (0.01, np.inf), "true chance of a click, relative gain", exact_at=(0,), kind=DIAL,
          dial="share of training rows that hold it", written=NOW,
          history=_was(0.05, np.inf, "it held for one strength that was chosen to make it hold: every row held the feature"),
          bounds=CHANGE,
          limits="At 1, the one strength at which it holds, the rival is an arbitrary list: trees that "
                 "read dwell in every row score all items alike without it. Dwell tells the click itself,"
                 " so of weaker features this says nothing. At 0.5 it cannot be said, and between 0.5 and"
                 " 1 nothing was measured. Not tried: feature dropout or an imputed value as the rival. "
                 "Until 2026-11-30 the sentence was: To drop a feature that only training rows hold gives"
                 " people lists at least 1% better. Until 2026-12-01 it still said better, which a chance of a click does not measure."),
    Claim("feature_audit.three_ways", "A stream, a session store, and batch plus speed layer that add up the same clicks serve the same number.",
          "arithmetic: three ways to one sum; Marz and Warren 2015 promise it of batch plus speed, Kreps 2014 doubts that two code bases stay alike", (0.0, 0.0),
          "share of requests on which they disagree", kind=IDENTITY, place="tests/teach/ledger/test_identities.py", written=FIRST,
          bounds=SHARE),
    Claim("feature_audit.feast_join", "Feast's join gives a row only what was known strictly before it", "own conjecture of who reads so what "
          "Feast's page on point-in-time joins says: it scans backward in time", (0.999, 1.0), "share of rows like the as-of join",
          kind=DIAL, dial="seconds from a request to its click", written=FIRST, bounds=SHARE,
          limits="Feast 0.67.0 with a file store. Its join takes “at or before” where ours takes "
                 "“before”, so that rows differ where a fact has the very moment of its row, and nowhere "
                 "else but by a rounded clock: it turns at any gap that clocks can tell. At 0 every click"
                 " carries its request's time, which is our input. While its intervals were judged beyond"
                 " the end of a share, it could not be said. A referee who had seen no result would have asked"
                 " for every row; one in a thousand is left to clocks. Until 2026-11-30 the sentence was: Feast's "
                 "join gives a row what was known strictly before it."),
    Claim("feature_audit.feast_rows", "Feast's join gives every row back, empty where nothing is fresh enough", "Feast, the example of its page, "
          "where a row that could not be joined stays", (1.0, 1.0), "of a fresh, a stale and an unknown row", place="page on point-in-time joins",
          deterministic=True, written=FIRST, bounds=SHARE),
    Claim("feature_audit.feast_backfill", "Feast's join gives no row a value that was written after it", "own conjecture of who reads so what "
          "Feast's page on point-in-time joins says: able to reproduce the state of features at a specific point in the past; the page speaks of "
          "events' times, not of when a value was written", (0.0, 0.0), "of the rows where it matters",
          deterministic=True, varies="filter_by_created_timestamp", written=NOW,
          history=_was(0.0, 0.001, "it was a share of all rows, which is how many late values we had put in"),
          limits="Feast 0.67.0, file store; stores differ, and the option is new. Only rows are counted whose answer the option changes, so nothing random is left "
                 "and ten runs say what one says: the option is off, and then on. Feast's authors promise no more: to them the default is as before and the "
                 "created timestamp settles ties (feast-dev/feast #6615, #6617).", bounds=SHARE),
    Claim("feature_audit.feast_ttl", "Values older than their time to live are not served online", "Feast: old feature values aren't served "
          "to models during online serving", (0.99, 1.0), "share of expired values that are withheld", place="page on feature retrieval",
          deterministic=True, written=FIRST, bounds=SHARE,
          limits="A referee who had seen no result would have asked for every value; one in a hundred is left to clocks."),
    Claim("feature_audit.warm", "The most active tenth of one month's users make at least half of the next week's visits",
          "own conjecture, after the 80/20 rule, which speaks of a fifth", (0.5, 1.0), "share of the next week's visits",
          varies="the log", written=FIRST, bounds=SHARE),
]
