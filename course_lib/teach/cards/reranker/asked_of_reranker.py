"""Questions on the re-ranker, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

LOOK = "Look at what those requests were retrieving."
OPEN = "The ranker's order within policy and caps, and a mark in the log."
RARE = "Less than a hundredth of the clicks; rates are learnt slowly."
ORDER = "Yes: the order by p × margin is no longer the same."
TILL = "A minute old in the ranking, exact at the till."
EACH_OWNER = "Each has an owner, a reason, a number, and an end."
QUOTA = "No: it takes a search over whole slates."
SHARE = "A slot kept for them, or Thompson sampling of rates."

QUIZZES = (
    Quiz("reranker.q1", "A creator cap leaves two slots of ten empty in 4% of requests. What do you do first?", {
        "Turn the cap into a penalty in the score.": "A high score then outbids it at any time, and nobody sees it. The empty slots were the message.",
        LOOK: "Yes. At two items a creator, ten slots need five creators among the candidates: the cap is a demand on retrieval. This stage has only made "
              "it visible.",
        "Raise the cap until no slot is empty.": "Then it protects nothing. Find the cause of the shortage before you pay with the rule. It leaks anyway: by the "
        "next page, so count over a session, and by a second account, so count who stands behind it.",
        "Fill the slots with the most popular items.": "It can be right once the cause is known. As a first step it hides it."}, LOOK),
    Quiz("reranker.q2", "The store of content vectors misses its deadline of one millisecond. What goes out?", {
        "MMR's order with zeros for the missing vectors, and a mark in the log.": "Likeness is then 0, and that is the trouble. What is like nothing is pushed up by MMR. A missing vector is a state "
        "of its own.",
        OPEN: "Yes: diversity and boosts fail open, policy, age limits and law fail closed, and a cap needs one whole number that travels with the candidate. "
              "The share of requests without diversity is an alarm, and the mark lets an experiment leave them out or count them.",
        "An error, since a page that breaks the contract misleads.": "People came for a page. What has to fail closed is an item whose status is unknown, not the request."}, OPEN),
    Quiz("reranker.q3", "One slot of the ten is filled by lottery with chance 0.1, uniformly from a hundred candidates. A random candidate is clicked a third as often as "
         "the best. What does it cost, and what will be known?", {
        "A tenth of the clicks; rates are learnt soon.": "A tenth of one slot in ten is 1% of the slots; two thirds of a click each make about 0.7% of the clicks, for a slot that is looked at "
        "like the average one.",
        RARE: "Yes: 1% of the slots, about 0.7% of the clicks. A candidate that is not the best gets 0.1 / 100 = 0.001: one showing in a thousand requests. So one click "
              "of it weighs 1,000, and the effective sample (Σw)² / Σw² is tiny. The place sets both prices: slot ten costs least, and is looked at least.",
        "No clicks, since only good items are drawn.": "The lottery is uniform over all that is allowed. That makes its chances simple, and costs clicks."}, RARE),
    Quiz("reranker.q4", "The ranker's AUC is excellent, its probabilities are twice too high for cheap articles. You rank by p × margin. Does it matter?", {
        "No: AUC says that the order is right.": "Sorting by p survives any monotone distortion. Sorting by p × margin does not.",
        ORDER: "Yes. Calibration is part of the order here. Scores of LambdaRank, or of a model trained with a share w of its negatives, are no probabilities: use "
               "p / (p + (1 − p)/w), Platt or isotonic regression, fitted on held-out rows of all *candidates*, checked by slice of margin, and shipped with that version of the "
               "model. Even then the largest of many estimates is too high on average (the optimiser's curse).",
        "Only if money is reported.": "It decides which article is shown, before anything is reported."}, ORDER),
    Quiz("reranker.q5", "A boost needs the scale of the ranker's scores. What else gives new items room?", {
        "More slots by lottery, spread over all candidates.": "Spread over all items they give each next to nothing, and help little if the ranker still trains on raw counts.",
        SHARE: "Yes. A slot of its own has a fixed budget and a clean chance, whatever the scores' scale. Thompson sampling draws what is uncertain and stops by itself, but the "
               "chance to log has to be simulated. Both need a ranker that learns from rates or weights. Either is an invitation to list an old item anew: "
               "age is that of the content, not of the listing. In a shop a new listing is no news: there the room buys what is not known yet, and fades by looks, of which a showing low down is hardly one.",
        "Nothing needs to: the good ones rise by themselves.": "They have no showings, so no rate, so no showings."}, SHARE),
    Quiz("reranker.q6", "“A job removes sold-out articles every night.” How fresh does stock have to be?", {
        "A night old in the ranking, exact at the till.": "What sells out at ten is shown until midnight, and just the articles that sell are hit.",
        TILL: "Yes: the purchase checks again and fails closed. The ranking may fail open, since its mistake is a wasted slot.",
        "Exact in the ranking, in every request.": "A count that is right by the millisecond is wrong when the page is read. Pay for that at the till."}, TILL),
    Quiz("reranker.q7", "Trust and safety, growth and the sellers' team each want a rule. How do you still know in two years what they do?", {
        "All are terms of the ranker's loss, trained together.": "Then they cannot be changed without a training, nobody sees when they are broken, and no audit finds them.",
        EACH_OWNER: "Yes, and what has no owner is removed. Their order is fixed: closed items, caps, diversity, then the lot among what is allowed. Each reports how often it "
                    "fired and what it displaced, and a held-back share of traffic keeps its price known.",
        "Each has a weight in the score, tuned once a quarter.": "A law has no weight. Taste rules have one, legal, safety and stock rules have none."}, EACH_OWNER),
    Quiz("reranker.q8", "At most two of a creator, at most three of a topic, at least two from partners. Is going down the list still enough?", {
        "Yes: going down the list is optimal for caps.": "For caps on *one* attribute it is: they form a matroid (Edmonds 1971). Where caps cross it is only sure of half the best "
        "sum, and a quota can run into a dead end.",
        QUOTA: "Right: a flow or a small integer program over a hundred candidates. Measure it against your budget. If nothing meets all rules, the lowest in rank bends, "
               "and the log says so.",
        "Yes: if the partners' two slots are filled first.": "Then the quota may take the slots of the only items that the caps allow. Order alone does not save it."}, QUOTA),
)
