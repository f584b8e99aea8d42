"""Questions of the lesson on serving."""

from course_lib.teach.definitions.quiz import Quiz

QUIZZES = (
    Quiz("serving.q1", "A video service's age filter does not answer. This person's last slate passed it an hour ago. "
                       "What do you show?", {
        "That slate: of all that is at hand it was checked last.":
            "What was withdrawn or rated anew since is still on it, and somebody else may be watching. What protects people or the "
            "law fails closed: nothing is shown that was not checked.",
        "The list vetted by hand, passing over two rungs.":
            "Yes. Safety fails closed, and a list that was checked beforehand needs no filter. Diversity, on the other hand, fails open.",
        "What is popular in the segment, as the ladder says.":
            "That list was never checked for this person. Hard filters hold on every rung, so those that need one are passed over.",
        "Nothing at all, with an error.":
            "Safe, but there is a list that was vetted beforehand; whoever asks gets a page."},
        "The list vetted by hand, passing over two rungs."),
    Quiz("serving.q2", "The liveness check of each process calls the index. The index is slow for a minute. What happens?", {
        "Nothing: a failed check is written to the log, and no more.":
            "A process that fails its liveness check is killed and started again.",
        "The balancer sends requests to processes that pass theirs.":
            "All of them call the same index. There are no others.",
        "All processes are restarted together and come back cold.":
            "Yes: a slow part has become an outage. Alive asks whether the process should be killed, ready whether it should get "
            "traffic, and a part with a fallback makes a process neither dead nor unready. If all are unready at once, the balancer "
            "should send to all rather than to none (Envoy's panic threshold). A process that is stopped first becomes unready, "
            "finishes what runs, and then ends."},
        "All processes are restarted together and come back cold."),
    Quiz("serving.q3", "A read of the feature store timed out. What should the ranker see in the place of the count?", {
        "Zero, so that the trees take a branch they know well.":
            "Then a regular looks like a newcomer, and just when load is high. Timed out, never seen and zero are three states.",
        "A mark for “not read”, as frequent in training as here.":
            "Yes. Log what was served and train on that, or drop features in training at the same rate; trees then learn what "
            "to do without. Time-outs come when load is high, so they are not missing at random. Alert on the share missing by "
            "feature, and measure from which share on a simpler rung is better.",
        "The mean of all people, which moves the score least.":
            "It looks like any other value, and the model cannot learn to lean on something else."},
        "A mark for “not read”, as frequent in training as here."),
    Quiz("serving.q4", "Four workers on four cores serve fewer requests than one. The ranker uses LightGBM, the index faiss. The "
                       "likeliest cause?", {
        "Each library starts as many threads as there are cores.":
            "Yes: sixteen busy threads on four cores. One thread a worker and more workers give throughput; many threads a request "
            "help one that is alone. Each worker also holds its own copy of index and model, unless they are mapped or forked after "
            "loading.",
        "Python's global lock, which one of them holds at a time.":
            "It is held within one process. These are four, and both libraries let it go while they compute.",
        "The socket, on which all four wait for their requests.": "It hands out a request in microseconds; a pass takes milliseconds."},
        "Each library starts as many threads as there are cores."),
    Quiz("serving.q6", "The new user tower is live at ten, the index built from the new item tower at twenty past. What tells you "
                       "before your users do?", {
        "The error rate and the p99 of the search, with an alert.":
            "Nothing errs: the shapes agree, and dot products of two spaces are numbers like others. The search takes as long as "
            "ever; what it finds is noise.",
        "The recall that both new towers reached in training.":
            "They reached it as a pair. What is served is a new tower with an old index, which nobody has measured.",
        "Known queries and version stamps, checked at loading.":
            "Yes: the stamps agree and the queries find what they should, before the process calls itself ready. Old requests "
            "finish on the old pair, which stays loaded for the way back.",
        "A canary, in which one person in a hundred gets it first.":
            "That person is a user and notices first. A check at loading needs nobody."},
        "Known queries and version stamps, checked at loading."),
    Quiz("serving.q7", "An item was withdrawn at noon and is still shown at ten past. Where do you mend it first?", {
        "In the index, from which it is deleted at once.":
            "Many indexes of the graph kind can only mark it until the next build, and caches, counts and the static list hold it "
            "as well.",
        "In a filter by live eligibility at the end of every path.":
            "Yes. Make the withdrawal an event and measure the time to its last exposure. After many of them slates come out short, "
            "so retrieve more.",
        "In the caches, which are emptied, so that all is made anew.":
            "That brings a stampede on the store, and the index goes on finding it."},
        "In a filter by live eligibility at the end of every path."),
    Quiz("serving.q5", "Five services of 99.9% each are needed for one request. The cheapest way to promise more than 99.5%?", {
        "A further nine for each of the five, the weakest first.": "Five projects, and each nine costs more than the last.",
        "A fallback for each that a slate can do without.":
            "Yes: a part with a fallback is no longer in the product, as long as the two share neither host, network nor "
            "configuration. And since most outages follow a change (about 70% in the SRE book), push changes in stages.",
        "Retries in each layer, so that one failure is not seen.":
            "Three layers of four tries are up to 64 reads for one request, just when the store is weak."},
        "A fallback for each that a slate can do without."),
)
