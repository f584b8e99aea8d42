"""Questions on sequence models, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

DEALT = "Train the same model on the same histories, each shuffled within what it reads, and take the difference by person."
SCALE = "The weights of attention: a row for each token, so with the square of the history's length."
LARGE = "The large one alone."
SCORES = "The scores of all items at every place."
CHEAP = "Beside a table of what followed the last item, tuned on the same validation part."
AGAIN = "They may not be used: a cut moves every item to another place, so its keys and values are others."
COLD = "Its codes come from content, so it is read and written as its neighbours are."

QUIZZES = (
    Quiz("sequences.q1", "A transformer finds more than your pooled tower. How do you learn whether the *order* did it?", {
        "It reads the order, and the tower does not, so the order did it.": "It also has other layers, negatives, a loss of its own and fewer items "
                                                                      "in view. Any of these may have done it.",
        "Turn the histories round at serving, and see how much worse it gets.": "The model was trained on the other direction, so it meets what it has "
                                                                         "never seen. That it gets worse says little.",
        "Take the position embeddings out and train anew.": "Nearer, but a stack of causal blocks can count what lies before a token, and so reads "
                                                            "some of the order without them.",
        DEALT: "Yes. All that differs is the order: the same people, items, moments, network and loss; let both make the same passes, too. What it loses is what order was worth."},
         DEALT),
    Quiz("sequences.q2", "You double the number of items that the tower reads, from 200 to 400. What grows most?", {
        "The table of items: twice as many vectors.": "The table has a row for each item of the catalogue, whatever is read.",
        SCALE: "Yes: 200² to 400² for each head and layer. The linear layers double. At 50 tokens of width 64 they are still the larger part.",
        "The linear layers, which hold most of the multiplications.": "They do at 50 tokens of width 64, but they grow with the length alone, so "
                                                                      "they double.",
        "The table of positions, which has a row for each place.": "It doubles, from 200 rows to 400. That is little beside the rest."}, SCALE),
    Quiz("sequences.q6", "A core does 10 GFLOP/s, 5 ms are left. Two blocks of width 64 over 50 items, or four of width 256 over 400: what wants a GPU?", {
        "Neither: beside the table of items, blocks are small.": "In memory it is. But a request reads few rows of the table, and multiplies in the blocks.",
        LARGE: "Yes. Two small blocks take 3 million multiplications, each with an addition: 6 MFLOP or 0.6 ms of that core. Four large ones take 4 · (157 + 82) million, about 2 GFLOP or "
               "0.2 s. A GPU pays there if requests come densely enough to share a pass; waiting for the others is part of the latency. Then measure "
               "the 99th percentile of the whole request, since starting small pieces of work can outweigh such sums.",
        "Both: such sums are what GPUs are made for.": "They do both faster. But the small one takes 3 million multiplications, 6 MFLOP: 0.6 ms of that core."}, LARGE),
    Quiz("sequences.q7", "You train on 20 million items of width 64 in float32, with Adam, two blocks, and 128 histories of 50 items a step. What "
                         "does not fit on a card of 80 GB?", {
        "The weights of attention.": "T² for each history: 1.3 MB a head and block. At 400 items 82 MB, so longer histories are cut into stretches, "
                                     "at places drawn anew in each pass; stretches of like length share a batch. Kernels that never store these weights exist "
                                     "(FlashAttention, Dao et al. 2022); the time for them remains.",
        "The table of items and what Adam keeps of it.": "It is nearly all of the model, as a block has 6d² = 25,000 numbers. The table takes 5 GB, and with the two numbers "
                                                         "that Adam keeps for each of its own, 15 GB.",
        SCORES: "Yes: up to 128 · 50 examples, a person's side by side, times 20 million numbers are 512 GB. Those of 256 negatives that a history's places share are 6.6 MB, and their errors are tied; twice as many negatives cost twice that.",
        "The positions.": "50 rows of 64 numbers: the smallest part."}, SCORES),
    Quiz("sequences.q3", "On sessions a transformer is far ahead of EASE. Beside what else do you put it before you buy the GPU?", {
        CHEAP: "Yes. Much of what order says lies in the last item, and a table of followers costs a look-up.",
        "Beside an older sequence model, as papers on sequences do.": "It tells which of the two is better, and not whether either is worth its "
                                                                      "price.",
        "Beside a larger transformer.": "That tells whether more of the same helps, and nothing about what the first one is worth."}, CHEAP),
    Quiz("sequences.q4", "An item is born at noon. Who can find it before anybody has taken it?", {
        "SASRec, once the item stands in its table of vectors.": "Its vector was moved by nothing but negatives, or by nothing at all, until it is "
                                                                 "trained on a take.",
        "EASE, by its weights.": "Its column is 0 for an item without takes.",
        COLD: "Yes, in a generative retriever. It is no free gift: the codes say what it is about and not whether it is good, and a tower with "
              "content features can do the same (lesson {{two_tower}}). Tell recall on young and on old items apart, with the number of people behind it: places in a list that go to one are taken from the other."}, COLD),
    Quiz("sequences.q5", "You keep the keys and values of a person's items. The window of 50 is full, and one more item comes. The oldest is cut off. "
                         "What of the kept ones?", {
        "They stay right: attention is causal, so a later item changes nothing that came before it.":
            "True of what is added behind. But the cut takes something away in front, and each item now stands one place earlier.",
        AGAIN: "Yes, and in the second block they had also mixed in the item that is gone. Cut in large steps, say ten items at once, and compute "
               "the rest anew there. Training has to cut at the length that you serve.",
        "Only those of the oldest item have to go.": "So it would be without positions and with a single block. Here each place adds its own vector, "
                                                     "and later blocks have mixed the oldest item in."}, AGAIN),
)
