"""Questions on experiments, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

DAYS = "By whole days or by separate stores, restocked in between."
PLAN = "Read it on day 14, or by bounds planned for daily looks."
CHOSEN = "They were launched *because* their estimates were large."
SUSPECT = "Suspect the instrument, then run it again with a new salt."
FULL = "No: each keeps its 5%, and power suffers."
SINCE = "The lift by days since each first visit."
COSTS = "It costs a tenth of the lift, and needs an end."
CAUSE = "Read nothing; find where people are lost."
GAP = "Not yet: compare Brazil with the rest, and test anew."
ESTIMATE = "Because a test says how large the effect is."
AGAIN = "Not yet: sessions a user have to rise."
FEW = "About 8%."

QUIZZES = (
    Quiz("experiments.q1", "A new ranker for a grocery delivery with empty shelves by evening. How do you test it?", {
        "By users, half and half; it has the most units.": "It does, and they share the shelves: treatment's sales come out of control's.",
        "By four hours, in turns, so that both arms have all users.": "Better for demand. But the evening block finds the shelves as the afternoon left "
        "them.",
        DAYS: "Yes. A unit has to hold what is shared, from restocking to restocking. There will be few, so plan for weeks. Assign the arms at random "
              "within pairs of the same weekday: neighbouring days are alike, and strict turns are no chance. Splitting people *and* articles at "
              "once (two-sided) shows how large the interference is.",
        "By sessions, which are even more numerous than users.": "More units that share the same shelves, and one person in both arms."}, DAYS),
    Quiz("experiments.q2", "Day 4 of 14. The primary metric is up, p = .03. Your director asks to launch. What do you say?", {
        "Launch: p is below .05.": "At one look it would be. This is one of many, and the first days hold the novelty. With no end to the looks, 1.96 is passed "
        "sooner or later for certain.",
        PLAN: "Yes: p may be asked today only of a plan that allows for it. A spending function (Lan and DeMets 1983) even lets the mornings be moved, though not by "
              "what was seen. An estimate at an early stop is too large on average: say so. Harm is watched every day even where gain is read once.",
        "Wait until p is below .01.": "A stricter level chosen after looking is a guess. It also does nothing about novelty.",
        "Extend the test to four weeks to be sure.": "Choosing the end by the result is peeking as well, in the other direction."}, PLAN),
    Quiz("experiments.q3", "Twelve launches a year, each +2% by its test. The year's metric rose by five per cent. Where did the rest go?", {
        "The tests were wrong: false alarms at 5%.": "Twelve tests of nothing have less than one false gain. There is more to it, though false ones count too: if one idea in "
        "ten works and power is 80%, 22% of the significant gains are nothing (.9 · .025 against .1 · .8). p is not the chance that there is no effect.",
        CHOSEN: "Yes: chosen for being large, they are too large on average, and the more so the lower the power; at very low power even the sign may be wrong. Novelty, "
                "interference and launches that compete for the same slots can take more. Shrink estimates towards the mean of all your tests, repeat what "
                "matters, and keep a group that gets none of the year's launches: it measures their sum.",
        "Competitors caught up in the meantime.": "Perhaps. A group without the year's launches would have met the same competitors."}, CHOSEN),
    Quiz("experiments.q4", "A new colour of a button: +18% revenue, p < .001. What do you do before you tell anyone?", {
        "Launch: with such a p it is not chance.": "Not chance, but perhaps a fault. Figures that look too interesting are usually wrong (Twyman's law).",
        SUSPECT: "Yes: the split where people were assigned, events logged twice or lost in one arm, and whether a few accounts make it. Cap at a value fixed from "
                 "earlier data, the same in both arms (at the price of a bias where the effect is on the largest), or look without them. Logs and ranks "
                 "answer another question than the mean that pays the bills. A skewed mean needs some 355 · skewness² people an arm for a normal interval. "
                 "A true 18% needs few people, so a second run is cheap.",
        "Look for the segment in which it is largest.": "Twenty segments of nothing hold a significant one in 64% of tests."}, SUSPECT),
    Quiz("experiments.q5", "Ten guardrails must all pass. Do they need a correction for many tests?", {
        "Yes: at .5% each, or one passes by chance.": "One passing is not enough to ship: all must. A harmful launch has to slip through the one that sees the harm.",
        FULL: "Yes (Berger 1982: a union of nulls). Five independent ones at 80% each pass together in .8⁵ = 33%. It is the *primary* that one may not choose among "
              "several: of seven independent ones the best rings in 1 − .95⁷ = 30%. To quote several secondary metrics, sort their p-values. "
              "Holm (1979): the smallest against 5%/k, the next against 5%/(k − 1), up to the first that fails; anything false is found in at most 5% of tests, however "
              "the metrics depend on each other. Benjamini and Hochberg (1995): the last whose p is at most i · 5%/k, i being its place, with all before it; at most 5% of what is found "
              "is false on average, if they are independent or move together. Of .004, .011, .02, .038 and .3 Bonferroni (.01 for each) finds one, Holm two, the last "
              "four: Holm where one false finding is dear, the other to choose what is looked at next. What a millisecond costs is known only by adding delay on purpose.",
        "Yes, but only if they are independent.": "Dependence changes how often they pass together, not what harm slips through."}, FULL),
    Quiz("experiments.q6", "The lift was 6% in week one and is 2% in week three. Which picture tells novelty from other causes?", {
        "The lift by calendar day, with intervals.": "It shows the fall and not its cause: heavy users come on the first days, so early averages are of other people than late "
        "ones.",
        SINCE: "Yes. Novelty fades with each person's own days; look at newcomers alone too, for whom nothing changed. Primacy has the other sign: who has to learn first loses, "
               "then gains. So test whole weeks, until the curve is flat; where purchases and returns come late, close the entry and wait their window out. Against "
               "that stands what a good launch would bring in each further week.",
        "The lift of those who came in all three weeks.": "Whether somebody comes back may be the treatment's doing: that selects after treatment."}, SINCE),
    Quiz("experiments.q7", "You hold back a tenth for six months after a launch of +3%. What do you tell the owner of the budget?", {
        "Nothing: those people keep what they had.": "They miss the lift: .3% of the whole for as long as it lasts.",
        COSTS: "Yes. Its smallest effect is 1.67 times that of halves (2.8 times the people for the same effect). It sees trust, habits and creators. A surrogate is "
               "quicker: an early number that moved with the slow one in past tests, and a bet that all of this change's effect passes through it (Prentice 1989; several early "
               "numbers make a surrogate index, Athey et al. 2019). Fit it on the *effects* of past tests: that people who click more stay longer does not say that more "
               "clicks make them stay, and noise that both numbers of one test share looks like a relation (Bibaut et al. 2024). The holdback's models learn "
               "from the launched system's log, so it drifts from the old system as it was. The old code must be kept alive: a name and a date "
               "stand on it.",
        "It is as good as a second A/B test, and free.": "It is smaller, and somebody misses the lift."}, COSTS),
    Quiz("experiments.q8", "Half and half was planned, 50,000 and 48,500 were counted. “It is three per cent; we reweight.” You?", {
        "Agree: reweighting makes the arms equal.": "Equal in number. Who is missing was not drawn by lot, and no weight brings them back; nor does dropping people of the other arm.",
        "Ask for a correction of the metrics' intervals.": "The intervals are about chance. This is not chance: χ² is 2 · 750² / 49,250 = 22.8, p about 2 · 10⁻⁶.",
        CAUSE: "Yes: split the counts by day, client, entry page and stage (assigned, exposed, logged). Redirects, crashes, bots and lost logs are the usual causes. "
               "(Assign persons: somebody with two devices may be in both arms, which pulls a difference towards 0.) "
               "A split log checks the statistics alone; a *live* A/A test also checks assignment and logging; planting an effect of known size checks power. "
               "All p-values should be uniform, not only 5% be small. And each test gets a salt of its own, or it "
               "inherits the last one's effect."}, CAUSE),
    Quiz("experiments.q9", "Overall nothing, but in Brazil +9% with p = .02. Launch there?", {
        "Yes: the interval for Brazil excludes 0.": "So does that of some segment in most tests: twenty of nothing hold one in 64%.",
        GAP: "Yes: significant beside not significant is no difference. Segments are named before, their effects shrunk towards the mean of all. Users may be in many "
             "tests at once, crossed by independent hashes; interactions are rarely large.",
        "No: a segment may never be launched alone.": "It may, once a test planned for it says so."}, GAP),
    Quiz("experiments.q10", "Why run an A/B test, when a bandit sends traffic to the better arm by itself?", {
        "Because a bandit needs more users.": "It loses fewer users to the worse arm on the way.",
        ESTIMATE: "Yes. A bandit minimises what is lost meanwhile; under it sample means are biased (downwards, Nie et al. 2018) and shares move while days differ, as in "
                  "the exercise above. Late outcomes and several guardrails do not fit into one reward. It fits many short-lived arms with a quick reward, "
                  "such as headlines.",
        "Because bandits cannot be randomised.": "Thompson sampling is random; its shares change, that is the trouble."}, ESTIMATE),
    Quiz("experiments.q11", "A shop's search gets a new ranker: queries a user are up ten per cent, and so is revenue. Launch?", {
        "Yes: both are what we want.": "Bing once saw both rise through a bug that made its results worse (Kohavi et al. 2012).",
        AGAIN: "Yes. People may search again because they did not find. Queries a user are queries a session × sessions a user: a search that finds lowers the first and in time raises the second, so read sessions a user. "
               "A click rate has the same trap: it rises when the treatment makes fewer impressions. Divide by people as assigned. And choose a primary metric by past tests "
               "whose outcome is known: does it move where something changed (*sensitivity*), and in the direction that proved right (*directionality*; Deng and Shi 2016)?",
        "Yes, if latency did not rise.": "Latency guards against another harm."}, AGAIN),
    Quiz("experiments.q12", "A switchback by day for two weeks; days differ by 5%. What effect does it find in four tests of five?", {
        "Under 1%: there are millions of requests.": "Requests of a day share the day. There are fourteen units.",
        FEW: "Yes: seven units an arm, and Student's edge with 12 degrees is 2.18: (2.18 + .87) · 5% · √(2/7) ≈ 8%. Pairs of the same weekday, or a forecast as covariate, take out "
             "what is known of a day.",
        "About 2.6%, two standard errors.": "The error is 5% · √(2/7) = 2.7%, and power needs three of them."}, FEW),
)
