"""Questions on metrics, estimates and tests, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

OLD_LOG = "It fits the old model's log better; what do random slots say?"
WIDE = "Over ten models, the interval is −0.3 to 0.8."
ORDER = "Recall is higher, and models may change places."
TIME = "By time, with one cut for everybody."
USERS = "How many users are behind the rows?"
SUPPORT = "All other items had no chance to be shown."
CANDIDATES = "Over the candidates of each request."
BALANCE = "The teams are no longer drafted alike."
PAIRED = "Compare within people; reuse each logged decision."
TOO_HIGH = "No: their chances come out too high."
LOOKS = "Divide each click by its position's chance of a look."
PARTS = "Add up what each of the ratios is above one, and one."

QUIZZES = (
    Quiz("metric_stack.q1", "Offline recall is up by five percent with an interval that excludes zero. In the A/B test clicks are flat. What do you "
         "say first?", {
             "The A/B test is too small to see an effect of five percent.": "Perhaps; its interval tells. But say what it excludes before asking for more users.",
             OLD_LOG: "Yes. Held-out clicks were made under the old policy. Clicks from random slots, or weighted by propensity, answer the question the "
             "A/B test asked. Then look along the path: do the offline features hold what serving does not (a leak, fresher values, another "
             "code path, a fallback)? And does the ranker, trained on the old candidates, put the new ones on the slate at all?",
             "Recall is the wrong metric; NDCG would have told us.": "NDCG on the same clicks has the same bias: compare the two rows of the figure.",
             "Launch anyway: offline has far more data behind it.": "More data of the wrong question is not evidence. Users decided."}, OLD_LOG),
    Quiz("metric_stack.q2", "“Over ten models our offline metric correlates at 0.4 with A/B results, so we trust it.” Your first objection?", {
        WIDE: "Yes (Fisher: the *hyperbolic* arctangent of r, ± 1.96/√7). Over twenty-five models it would be 0.01 to 0.69. Two effects pull r down: the noise "
        "of the A/B results (divide r by the root of their reliability before you blame the metric), and selection, since only models "
        "that passed offline were tested, which cuts the range off. Variants of one model are alike: resample whole models, not points.",
        "A correlation of 0.4 is too low to be of use.": "It may be of use: what counts is the regret of choosing by it. And 0.4 has an interval of its own.",
        "A correlation does not prove a cause.": "True, and not the point: the metric is meant to predict, not to cause."}, WIDE),
    Quiz("metric_stack.q3", "To save time a team ranks each held-out item against 100 sampled items instead of all 20,000. What happens?", {
        "Recall is higher, and the order of models stays.": "It is higher, but the order may not stay (Krichene and Rendle 2020).",
        ORDER: "Yes. Rank 200 of 20,000 becomes about rank 1 + 199 · 100/20,000 = 2, so who is first and who is two-hundredth look alike. Drawn by popularity, "
        "the sample also favours models that push hits down. And the saving is small: 10,000 users × 20,000 items × 64 numbers are 1.3 · 10¹⁰ "
        "multiply-adds, seconds on two cores. If it is too slow, sample users, not items.",
        "Nothing changes: a random sample is unbiased.": "The sample is. A rank's inverse, or a cut at 20, is not a mean over it."}, ORDER),
    Quiz("metric_stack.q4", "Which split do you report for a feed?", {
        "At random: it has the most test events.": "It lets the model see the future of items and users, which serving never does.",
        "Each user's last event, so that all count alike.": "Each user's cut lies at another time, so other users' later events leak into training.",
        TIME: "Yes: it is what serving does (Meng et al. 2020). One week is one draw of what was born, promoted and on holiday, so take several. "
        "The order of models can change: by time, recent popularity beats the personalised models on MovieTweetings. And say who is left to be "
        "judged: on ML-100K a global cut leaves about a hundred users."}, TIME),
    Quiz("metric_stack.q5", "“The difference is 0.3% ± 0.1%, over four million impressions.” What do you ask first?", {
        "Is it significant at the agreed level?": "By their interval it is. The question is whether the interval is right.",
        USERS: "Yes: rows of one user are not independent. With m rows a user whose outcomes correlate at ρ the variance is 1 + (m − 1)ρ times "
        "as large: at 40 rows and 0.05 three times. Then: is it a mean over users or a ratio of sums? They "
        "weigh heavy users differently and may differ in sign. And is one bot the difference? Show it with and without the top thousandth, by a rule set beforehand.",
        "In which slice of users is it largest?": "Twenty slices at 5% give one false finding. Fix slices beforehand (new users, new items, languages), and never by "
        "something that the treatment changes, such as who is active after the launch."}, USERS),
    Quiz("metric_stack.q6", "“Our logger always shows its best item. We fitted a softmax to it afterwards, for propensities; doubly robust does the rest.” "
         "What is wrong?", {
             SUPPORT: "Yes (the condition is called overlap, or support): there doubly robust is its model, right or wrong. Log the chance *at the decision*, after "
             "filters and caps: a fitted one is not that by which it was shown. Two checks: the mean weight has to be 1 within its error, and "
             "report how much of the target's chance lies where the log has none: the effective sample size does not show it, since what was never logged has no weight. Fit the reward model on other rows than it corrects "
             "(cross-fitting), else its errors look too small.",
             "Nothing, as long as the reward model is good.": "Then you rely on the model alone, and nothing in the log can check it where it matters.",
             "The softmax needs a temperature of its own.": "Any temperature invents chances that did not exist."}, SUPPORT),
    Quiz("metric_stack.q7", "You may fill 1% of a billion daily slots at random. Over what?", {
        "Over the catalogue: only that is unbiased.": "It covers everything and hurts most: of 100,000 items, nearly all are wrong for this person. Each gets a hundred "
        "showings a day: at a click rate of 1%, one click, so an item's own rate is known to ± 100%.",
        CANDIDATES: "Yes: bearable, with exact chances, and with support on candidates alone (say so). Reckon: ten million showings a day; if they are clicked a third "
        "as often, two thirds of 1%, 0.7% of all clicks, are the price. At a rate of 1% they bring 100,000 clicks: a rate over all items to ± 0.3% "
        "(one standard error).",
        "Over yesterday's hits: they have most clicks.": "Then the log confirms itself. What you need are clicks on what is *not* shown."}, CANDIDATES),
    Quiz("metric_stack.q8", "After the draft, a rule removes an item if its creator has two on the slate already. What is wrong with the test?", {
        "Nothing: the rule treats both rankers alike.": "It treats items alike, not teams: one that likes a creator loses its later picks.",
        BALANCE: "Yes. Apply rules to both lists before the draft, and run an A/A interleaving, a ranker against itself: no team may win. "
        "Resample users: a heavy one brings many clicks that depend on each other. And reckon with the cost: both rankers run for every request, and "
        "the slower one sets the latency.",
        "The coin has to be thrown again afterwards.": "A new coin does not bring back the pick that was removed."}, BALANCE),
    Quiz("metric_stack.q9", "A shop has two thousand visitors a week; five in a hundred buy, and a return is known after a month. What becomes of the stack?", {
        "The same stack, with every test run for longer.": "At 5% who buy, a test of a 5% effect takes 16 · 0.05 · 0.95 / 0.0025² ≈ 120,000 people in each arm: over two years.",
        PAIRED: "Yes. An A/B test of a fortnight sees only effects of about 40%: drop it for small changes. Interleaving helps less where most come "
        "once, and neither it nor IPS on clicks sees a return. So propensities matter more here: each decision has to be used "
        "again. And place the shop on the axis of each curve (steepness, click rate, visits a person) before you read a verdict off it.",
        "Offline recall alone, since it needs no traffic.": "It needs a log, and says nothing about what a return takes away."}, PAIRED),
    Quiz("metric_stack.q10", "Predicted clicks over observed clicks are 1.00 in every slice of the held-out log. The ranker now scores all candidates. Are "
         "its best candidates calibrated, too?", {
        "Yes: every slice of the log is.": "Of what was *shown*. What ranks first among all candidates is another population.",
        TOO_HIGH: "Right. Of many scored candidates those whose errors point upwards rank first, and the map was fitted on what was *shown*. Slices come before that: one "
        "ratio for all is 1.00 for the base rate, too, which orders nothing. Look at bins of equal count (their mean gap is the expected "
        "calibration error, ECE), by position, country, new items and price. Mend it on held-out rows, never on training rows: Platt's map has two "
        "numbers; isotonic regression needs thousands of rows. The map belongs to one model version and drifts: watch the ratio daily, "
        "and refit with each release.",
        "No: probabilities need a sigmoid.": "A sigmoid bounds a number. It does not make it a frequency."}, TOO_HIGH),
    Quiz("metric_stack.q11", "Held-out clicks at position 1 outnumber those at position 8 by ten to one. You judge models by these clicks. What do you do?", {
        "Nothing: recall does not ask at which position the click was.": "The old policy chose the position. A model with the same favourites collects the clicks that their position gave.",
        "Divide each click by the click rate of its position.": "A good logger puts the better items on top, so clicks fall faster than looks, and those from below would weigh too much.",
        LOOKS: "Yes: a click takes a look and a wish. Looks are measured where lots decide the position: in random slots, or where two positions are swapped. "
        "Weights of one over the look are then right on average, and noisy: a look of .05 makes a click count twenty times, so clip, say at which level, "
        "and quote the effective sample size. Two cautions: people who trust the top click there what they do not want, and "
        "people who stop at a click look less below a good item, so that no curve by position holds. A position given to the *model* as an input "
        "is a remedy for training, not for judging.",
        "Keep the clicks at the first position, where all look.": "Looks are alike there. But few items ever stood there, and the old policy chose them."}, LOOKS),
    Quiz("metric_stack.q12", "A log holds the revenue of whole pages with ten slots, each drawn on its own by a known chance. Under a new policy every logged draw of a page is 1.5 "
         "times as likely. What does this page weigh?", {
        "Multiply the ten ratios, since the page is one decision.": "Right on average whatever the articles do to each other, and mostly noise: 1.5¹⁰ ≈ 58.",
        PARTS: "Yes, if revenue is a sum of parts, one for each article in its slot: 1 + 10 · 0.5 = 6, where the product is 58. This is the pseudo-inverse estimator (Swaminathan et al. "
        "2017), and no part has to be known. Where slots are not drawn independently (no article twice), a matrix of the chances of pairs of articles in slots is inverted, "
        "hence the name; it still needs support. Articles that sell or crowd out each other are its bias. Check it on the first two slots, "
        "where the product is bearable: do both say the same? And log clicks by slot where you can: they say more than a total.",
        "Take the ratio of the first slot, which everybody sees.": "The other nine slots would count as if nothing had changed there.",
        "Average the ten ratios, which keeps the weight small.": "Small, and wrong: it corrects a tenth of what changes in each slot."}, PARTS),
)
