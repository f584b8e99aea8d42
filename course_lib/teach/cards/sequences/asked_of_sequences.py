"""Questions on sequence models, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

DEALT = "Train the same model on the same histories with times dealt anew, and take the difference by person."
SCALE = "The weights of attention: a row for each token, so with the square of the history's length."
CHEAP = "Beside a table of what followed the last item, tuned on the same validation part."
COLD = "Its codes come from content, so it is read and written as its neighbours are."

QUIZZES = (
    Quiz("sequences.q1", "A transformer finds more than your pooled tower. How do you learn whether the *order* did it?", {
        "It reads the order, and the tower does not, so the order did it.": "It also has other layers, negatives, a loss of its own and fewer items "
                                                                      "in view. Any of these may have done it.",
        DEALT: "Yes. All that differs is the order: the same people, items, moments, network and loss. What it loses is what order was worth.",
        "Turn the histories round at serving.": "The model was trained on the other direction, so it meets what it has never seen. That it gets "
                                                "worse says little."}, DEALT),
    Quiz("sequences.q2", "You double the number of items that the tower reads, from 200 to 400. What grows most?", {
        "The table of items: twice as many vectors.": "The table has a row for each item of the catalogue, whatever is read.",
        SCALE: "Yes: 200² to 400² for each head and layer. The linear layers double. At 50 tokens of width 64 they are still the larger part.",
        "The table of positions, which has to be as large as the catalogue.": "It has a row for each place: 400 rows."}, SCALE),
    Quiz("sequences.q3", "On sessions a transformer is far ahead of EASE. Beside what else do you put it before you buy the card?", {
        CHEAP: "Yes. Much of what order says lies in the last item, and a table of followers costs a look-up.",
        "Beside popularity.": "That was beaten by EASE already.",
        "Beside a larger transformer.": "That tells whether more of the same helps, and nothing about what the first one is worth."}, CHEAP),
    Quiz("sequences.q4", "An item is born at noon. Who can find it before anybody has taken it?", {
        "SASRec, once it has read the item in a history.": "Its vector of the item was moved by nothing but negatives, if it has one at all.",
        COLD: "Yes, in a generative retriever. It is no free gift: the codes say what it is about and not whether it is good, and a tower with "
              "content features can do the same (lesson {{two_tower}}).",
        "EASE, by its weights.": "Its column is 0 for an item without takes."}, COLD),
)
