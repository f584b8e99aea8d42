"""Questions on negatives, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

ECHO = "The model now predicts the old policy's taste for hits."
FEWER = "Wrong: each row still meets only 511 negatives."
CLOSED = "Keep serving yesterday's model, and alarm."
RANKS = "Merge by rank or by quota; the ranker scores all."
SPACE = "In the ranker, with position treated; not in retrieval."
COPIES = "Its loss cannot fall below log 82, however well it fits."
LOADER = "Both: a batch now holds a few people's sessions."
STOCK = "No: nobody could have bought it then."

QUIZZES = (
    Quiz("negatives.q1", "After adding logQ, recall on the log triples, and the A/B test shows no change in satisfaction. What happened?", {
        "The test had too little power to show the gain.": "Possible, and you would know: the interval says so. But there is a simpler reason.",
        ECHO: "Yes. The log was written by that policy, and agreement with a log is not satisfaction: compare the two lines at powers 1 and 2 in this lesson.",
        "logQ was implemented with the wrong sign, or twice.": "With the wrong sign, recall on the log would have fallen. Applied twice, it would show in the lists: next to nothing but hits."}, ECHO),
    Quiz("negatives.q2", "Memory allows 512 rows. The team accumulates gradients over eight such batches and reports “batch 4,096”. What do you say?", {
        FEWER: "Yes. Gathering the vectors of eight workers gives each row all columns: 4,096 × 64 × 4 bytes is 1 MB to move, cheap beside the logits. "
               "The gather has to pass gradients, or item towers learn from their own shard alone. On one machine, gradient caching (Gao et al. 2021) "
               "recomputes the towers in chunks and keeps the loss of the large batch. More negatives lower the variance of the "
               "softmax's denominator, and the bias of its log, with diminishing returns. A queue of earlier batches' item vectors (Wang et al. 2021) is cheaper, and stale.",
        "Fine: the gradients are averaged over 4,096 rows.": "They are, but a row's negatives are the columns of its own small batch.",
        "Better: small batches have fresher negatives.": "All in-batch negatives are as fresh as the weights. What is lost is their number."}, FEWER),
    Quiz("negatives.q3", "The job that writes item counts failed tonight. Rows without log q default to 0. Training has not started yet. What do you do?", {
        "Train: a softmax forgives constants.": "Only the same constant in all columns. A log q of 0 says “in every batch”: its column lacks the 10 nats that an "
        "item of log q −10 gets, so training rests with its score 10 nats too high, and it is shown to everybody.",
        "Train with the average item's chance for all.": "That is sane for a few new items, counted and below a named share. For all of them it is the "
        "uncorrected loss under another name.",
        CLOSED: "Yes: for all items at once fail closed. A model ages slowly, and a wrong correction changes every list. Log the version of the counts with "
                "the model, count the rows that default, and stop above a share that somebody owns."}, CLOSED),
    Quiz("negatives.q4", "Two retrievers, each trained with logQ, hand over items with scores. How do you merge them?", {
        "Sort by score: both rest at log p(i | u).": "Up to c(u), which a softmax leaves open and which differs by person and by model. Scores compare within one "
        "person and one source.",
        RANKS: "Yes. And a probability is calibrated there, on held-out rows, since neither score is one.",
        "Subtract log q from both first, then sort.": "log q belongs to training. The index holds plain vectors, and when serving nothing of the sample "
        "is left to correct."}, RANKS),
    Quiz("negatives.q5", "“Impressions without a click are free negatives.” Where do they belong?", {
        "In retrieval: somebody saw them and said no.": "Most were never looked at. And retrieval tells wanted from the *whole catalogue*, while impressions are "
        "only what the old system found already: it would be trained in one space and serve in another. Huang et al. (2020) report them much "
        "worse than random negatives.",
        "Nowhere: they may never have been looked at.": "They are the ranker's main data, once position is treated (lessons {{feedback}} and {{ranker}}).",
        SPACE: "Yes: the ranker's candidates come from the same distribution as its impressions. Retrieval needs negatives from all that it may "
               "return."}, SPACE),
    Quiz("negatives.q6", "The shop trains the same towers. May an article that was sold out last Tuesday be a negative of a row of last Tuesday?", {
        STOCK: "Yes. Three more differ from the feed. What was bought may be bought again (a quarter of all pairs in Online Retail II), so masking all "
               "earlier purchases removes true competitors. A purchase that came back is a weak positive, and is known only weeks later. And season "
               "moves q by the month, so counts of the whole log are wrong in December.",
        "Yes: others were bought, and it was not.": "It could not be. The model would learn that sold out is unwanted, and go on hiding it when it is back.",
        "It does not matter: log q corrects it.": "log q says how often it was drawn, and not why it was not bought."}, STOCK),
    Quiz("negatives.q7", "One video takes 1% of all events, and a batch has 8,192 rows. What happens to a row that took it?", {
        "Nothing: log q takes care of popularity.": "log q says how often it is drawn. It does not tell the row that another copy is its own item.",
        "It gets 82 times the gradient of a rare item's row.": "All rows count alike. The item gets many rows, and each has columns that it can never "
        "beat.",
        COPIES: "Yes: about 8,192 × 1% = 82 columns hold the same item, so the own one gets at most 1/82, and log 82 is 4.4 nats. Mask "
                "copies of the own item, as the library's loss does; yours above leaves them in. If a loader keeps each item once, q is the chance to be in the batch *at least once*, 1 − (1 − p)^B, here 1; else it is the share of rows. The two are "
                "different quantities, so say which one your log q is."}, COPIES),
    Quiz("negatives.q8", "To be fast, a loader reads the log in order of user. Log q comes from all counts. What breaks, the negatives or log q?", {
        LOADER: "Yes. Many of a row's negatives are its own person's positives, and log q has to describe this loader. Shuffle over a buffer that is "
                "longer than a session, and compare counted with assumed shares of the negatives. Over many markets, draw each batch within one and "
                "count q there: an item that could never be shown to the person is an easy negative.",
        "Log q alone: items come otherwise than the counts say.": "That too: q has to be the chance with which *this* loader draws an item. In order of "
        "time, it is that hour's.",
        "Neither: an epoch still holds the same rows.": "An epoch does; a batch does not, and negatives come from the batch."}, LOADER),
)
