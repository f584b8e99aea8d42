"""Questions of the lesson on serving."""

from course_lib.teach.definitions.quiz import Quiz

QUIZZES = (
    Quiz("serving.q1", "The age filter of a video service does not answer. What do you show?", {
        "What the chain found: a filter that is down must not empty the page.":
            "That is failing open. What protects people or the law fails closed: nothing is shown that was not checked.",
        "Only a list that somebody vetted by hand, until the filter is back.":
            "Yes. Safety fails closed, and a list that was checked beforehand needs no filter. Diversity, on the other hand, fails open.",
        "Nothing at all, with an error.":
            "Safe, but there is a list that was vetted beforehand; whoever asks gets a page.",
        "The person's last slate, which passed the filter yesterday.":
            "It passed yesterday's check. What was withdrawn since is still on it."},
        "Only a list that somebody vetted by hand, until the filter is back."),
    Quiz("serving.q2", "The liveness check of each process calls the index. The index is slow for a minute. What happens?", {
        "Nothing: checks have no influence on requests.": "A process that fails its liveness check is killed and started again.",
        "The balancer sends requests to other processes, which is right.":
            "All of them call the same index. There are no others.",
        "All processes are restarted together and come back cold: a slow part has become an outage.":
            "Yes. Alive asks whether the process should be killed, ready whether it should get traffic, and a part with a fallback makes "
            "a process neither dead nor unready. If all are unready at once, the balancer should send to all rather than to none "
            "(Envoy's panic threshold). A stop first becomes unready, finishes what runs, and then ends."},
        "All processes are restarted together and come back cold: a slow part has become an outage."),
    Quiz("serving.q3", "A read of the feature store timed out. What should the ranker see in the place of the count?", {
        "Zero, as for somebody who never clicked.": "Then a regular looks like a newcomer, and just when load is high. Timed out, never "
                                                    "seen and zero are three states.",
        "A value that means “not read”, which it has met in training at the rate of serving.":
            "Yes. Log what was served and train on that, or drop features in training at the same rate; trees then learn what "
            "to do without. Time-outs come when load is high, so they are not missing at random. Alert on the share missing by "
            "feature, and measure from which share on a simpler rung is better.",
        "The mean of all people.": "It looks like any other value, and the model cannot learn to lean on something else."},
        "A value that means “not read”, which it has met in training at the rate of serving."),
    Quiz("serving.q4", "Four workers on four cores serve fewer requests than one. The ranker uses LightGBM, the index faiss. The "
                       "likeliest cause?", {
        "Each library starts a thread for each core: sixteen busy threads on four cores.":
            "Yes. One thread a worker and more workers give throughput; many threads a request help one that is alone. Each worker "
            "also holds its own copy of index and model, unless they are mapped or forked after loading.",
        "Python's global lock.": "It is held within one process. These are four, and both libraries let it go while they compute.",
        "The network.": "They serve fewer on the same machine, and nothing else crosses a network here."},
        "Each library starts a thread for each core: sixteen busy threads on four cores."),
    Quiz("serving.q6", "The new user tower is live at ten, the index built from the new item tower at twenty past. How do you notice "
                       "before your users do?", {
        "By the error rate, which jumps at ten.": "Nothing errs: the shapes agree, and dot products of two spaces are numbers like others.",
        "By the p99, since the search has to look further.": "The search takes as long as ever. What it finds is noise.",
        "A check when the release is loaded: version stamps agree, and known queries find what they should.":
            "Yes, and before the process calls itself ready. Old requests finish on the old pair, which stays loaded for the way back.",
        "By tomorrow's clicks.": "That is your users noticing first."},
        "A check when the release is loaded: version stamps agree, and known queries find what they should."),
    Quiz("serving.q7", "An item was withdrawn at noon and is still shown at ten past. Where do you mend it first?", {
        "In the index: delete it there.": "Many indexes of the graph kind can only mark it until the next build, and caches, counts and the "
                                          "static list hold it as well.",
        "In a filter by live eligibility at the very end, whatever the source.":
            "Yes. Make the withdrawal an event and measure the time to its last exposure. After many of them slates come out short, "
            "so retrieve more.",
        "In the caches: empty them all.": "That brings a stampede on the store, and the index goes on finding it."},
        "In a filter by live eligibility at the very end, whatever the source."),
    Quiz("serving.q5", "Five services of 99.9% each are needed for one request. The cheapest way to promise more than 99.5%?", {
        "A further nine for each of them.": "Five projects, and each nine costs more than the last.",
        "A fallback for those that can do without: a part with a fallback is no longer in the product.":
            "Yes, as long as the fallback shares neither host, network nor configuration with the part. And since most outages follow a "
            "change (about 70% in the SRE book), push changes in stages.",
        "Retries in each layer.": "Three layers of four tries are up to 64 reads for one request, just when the store is weak."},
        "A fallback for those that can do without: a part with a fallback is no longer in the product."),
)
