"""Points said in words that were thought of after the patterns were written, then taught to them; vague talk."""

OTHERWISE = [      # phase, brief, point, sentence
    ("frame", "feed", "decision", "Whenever the app starts, the question is which ten posts go on top and in what "
                                  "order."),
    ("frame", "feed", "decision", "It's about the ordering of the first screen for one user at one moment."),
    ("frame", "feed", "objective", "I care about whether folks are still using us four weeks from now."),
    ("frame", "feed", "objective", "What I'd be judged on is the number of users active a month later."),
    ("frame", "feed", "objective", "Ultimately it's about people having a reason to open the app again next week."),
    ("frame", "feed", "objective", "Success is measured by how many stay subscribed."),
    ("frame", "marketplace", "money", "What we optimise is profit once refunds are settled."),
    ("frame", "marketplace", "money", "The goal: euros that remain with us after goods have been sent back."),
    ("frame", "marketplace", "money", "I want to earn money that isn't refunded later."),
    ("frame", "feed", "proxy", "Since a month is too long for a training label, I use completed reads as a surrogate."),
    ("frame", "feed", "proxy", "Long watches are what I train on, but they're just an approximation of what I want."),
    ("frame", "feed", "proxy", "I model finished videos as a leading indicator of that."),
    ("frame", "feed", "guardrail", "Hides per session can't increase by over 2%."),
    ("frame", "feed", "guardrail", "If reports climb by more than one percent we kill the launch."),
    ("frame", "feed", "guardrail", "Complaints: a maximum of 1% relative increase is acceptable."),
    ("frame", "feed", "guardrail", "I would not accept losing more than half a point of day-1 return."),
    ("frame", "marketplace", "guardrail", "Seller activity has a floor, minus two percent."),
    ("scale", "feed", "latency", "We have a p99 of 50ms, with 30 going to candidate generation and 20 to the ranker."),
    ("scale", "feed", "latency", "99% of calls must finish in fifty ms, thirty of it for search."),
    ("scale", "feed", "index_bytes", "Vectors take up 11.5 gigabytes, doubled during the rebuild."),
    ("scale", "feed", "index_bytes", "So memory is 12 GB for the embeddings and we hold two versions at once."),
    ("data", "feed", "ignored", "A missing click might simply mean that the user never scrolled that far."),
    ("data", "feed", "ignored", "I treat non-clicks with care; position decides if it was seen at all, so I "
                                "down-weight the low ones."),
    ("data", "feed", "as_of", "Feature values get logged when we serve, so training sees the same ones."),
    ("data", "feed", "as_of", "No joining of features with values from after the impression, that would be leakage."),
    ("data", "feed", "as_of", "I use point-in-time joins."),
    ("data", "marketplace", "delay", "Conversions lag by several days, so I use an attribution window and a delay "
                                     "correction."),
    ("data", "marketplace", "delay", "The order might come a week after the click, hence I hold the labels until "
                                     "they mature."),
    ("data", "marketplace", "returns_label", "If the buyer sends it back, the positive becomes a negative."),
    ("data", "marketplace", "returns_label", "Refunded orders don't count as positives."),
    ("retrieve", "feed", "recall", "I check what fraction of next-day reads is contained in the 300 candidates."),
    ("retrieve", "feed", "recall", "Recall against held-out engagement, by item age, not just agreement with brute "
                                   "force."),
    ("retrieve", "marketplace", "filter", "Availability and shipping country are applied as a pre-filter in the "
                                          "index."),
    ("retrieve", "marketplace", "filter", "Sold-out stuff is excluded at query time inside the ANN, otherwise we'd "
                                          "come back with nothing."),
    ("rank", "feed", "calibrated", "A predicted 10 percent should be a real 10 percent, and I use Platt scaling "
                                   "for it."),
    ("rank", "feed", "calibrated", "I verify that predicted and observed rates match per segment."),
    ("rank", "feed", "slate", "The same publisher can appear at most twice."),
    ("rank", "feed", "slate", "Over the whole list I limit repeats: two per source, three per topic."),
    ("rank", "marketplace", "slate", "No seller gets more than three slots."),
    ("evaluate", "feed", "offline", "Offline replay is blind to things we've never exposed."),
    ("evaluate", "feed", "offline", "Historical logs favour the model that produced them, so I only treat it as a "
                                    "filter."),
    ("evaluate", "feed", "power", "To detect 0.5% I need four million users per arm, which is two weeks."),
    ("evaluate", "feed", "power", "The sample size is set up front for a 0.3% effect."),
    ("evaluate", "marketplace", "interference", "Treatment and control compete for one pool of goods."),
    ("evaluate", "marketplace", "interference", "If variant B sells the lamp, variant A no longer can, so the "
                                                "difference is inflated."),
    ("launch", "feed", "ramp", "We begin with 1% of traffic, then 10%, then 50%, moving on only when the "
                               "guardrails hold."),
    ("launch", "feed", "ramp", "Roll out slowly; at each stage the crash rate decides if we continue."),
    ("launch", "feed", "who", "The SRE on duty has the right to abort."),
    ("launch", "feed", "who", "Sign-off comes from the product manager."),
    ("launch", "feed", "fallback", "In case the model is unavailable we return trending content."),
    ("launch", "feed", "fallback", "On timeout, serve cached results, then popularity."),
    ("launch", "feed", "day7", "A week in, the training data is made of what the new model picked, so popularity "
                               "may snowball."),
    ("launch", "feed", "day7", "Two weeks on I expect the novelty to be gone."),
    ("launch", "marketplace", "day7", "By the third week the refunds show up and the picture may look different."),
    ("launch", "feed", "day7", "Once it's been live a while creators learn to write for it."),
    ("close", "feed", "weakness", "The feedback loop worries me, because it narrows what we learn about."),
    ("close", "feed", "shown_by", "A long-term control group would reveal that."),
    ("close", "feed", "shown_by", "I'd look for a drop in retention among heavy users."),
    ("frame", "feed", "decision", "Every time somebody pulls to refresh, we have to commit to ten cards and a "
                                  "sequence."),
    ("frame", "marketplace", "decision", "The thing to settle is what goes into the twenty tiles for this visitor."),
    ("frame", "feed", "objective", "I want them to feel it was time well used and return in the weeks after."),
    ("frame", "feed", "objective", "The real measure is monthly actives, weeks after the change."),
    ("frame", "feed", "objective", "We are successful when people form a lasting relation with the app."),
    ("frame", "marketplace", "money", "Count the money only when the parcel hasn't come back."),
    ("frame", "marketplace", "money", "Value for us means the commission that survives the return period."),
    ("frame", "feed", "proxy", "That number comes in a month, far too slow for learning, hence we learn from "
                               "articles that were read through."),
    ("frame", "feed", "proxy", "For daily training I need something denser, so I use completed videos and treat "
                               "them as a substitute."),
    ("frame", "feed", "guardrail", "We'd pull the plug as soon as hides are up 2 percent."),
    ("frame", "feed", "guardrail", "Report rate: tolerance plus one percent."),
    ("frame", "marketplace", "guardrail", "The number of active sellers is allowed to decline by 2% and not an "
                                          "inch further."),
    ("frame", "marketplace", "guardrail", "Buyers who return within a quarter: we tolerate one percent less."),
    ("scale", "feed", "latency", "From request to response I allow 50 ms for 99 of 100 calls."),
    ("scale", "feed", "latency", "In the tail, that is at p99, it's fifty ms: thirty for the first stage."),
    ("scale", "feed", "index_bytes", "Thirty million embeddings of 384 bytes need 11.5 GB, and during the refresh "
                                     "I have both generations."),
    ("data", "feed", "ignored", "Just because somebody scrolled past does not tell me they hate it."),
    ("data", "feed", "ignored", "Skips at slot nine are mostly people who had already left, so I weight examples "
                                "by visibility."),
    ("data", "feed", "as_of", "We snapshot the inputs when the request is answered and train on that snapshot."),
    ("data", "feed", "as_of", "Training rows hold the value that was valid at that second."),
    ("data", "marketplace", "delay", "Most people think about it for three or four days before they pay, so "
                                     "yesterday's rows are not finished yet, and I reweight them."),
    ("data", "marketplace", "returns_label", "A sale is only positive after the return period has passed."),
    ("retrieve", "feed", "recall", "My yardstick is how many of tomorrow's reads were already in the candidate set."),
    ("retrieve", "feed", "recall", "For retrieval I compute hit rate over what users consumed the week after."),
    ("retrieve", "marketplace", "filter", "The region constraint goes into the index lookup itself."),
    ("retrieve", "marketplace", "filter", "I'd filter by stock before the nearest neighbour search, not after."),
    ("rank", "feed", "calibrated", "Scores are mapped to real frequencies with isotonic regression."),
    ("rank", "feed", "calibrated", "If it outputs 0.2, one in five should really click."),
    ("rank", "feed", "slate", "A slate shouldn't contain three stories from one outlet; I cap it at two."),
    ("rank", "marketplace", "slate", "I mix price levels and restrict any single shop to three tiles."),
    ("evaluate", "feed", "offline", "The old logs contain only what the previous ranker chose, so a better NDCG "
                                    "may be an illusion."),
    ("evaluate", "feed", "power", "I calculate the number of users for an effect of half a percent, which gives "
                                  "three weeks."),
    ("evaluate", "marketplace", "interference", "The two variants eat from the same inventory."),
    ("evaluate", "marketplace", "interference", "A sale in treatment removes the product for control."),
    ("launch", "feed", "ramp", "We go up from 1% to 5% to 20%, each time looking if hides are inside the limit."),
    ("launch", "feed", "who", "Going further is the call of the product lead."),
    ("launch", "feed", "fallback", "Should the ranking service be slow, we just use the retrieval order, and if "
                                   "that's dead the most popular stories."),
    ("launch", "feed", "day7", "After some weeks the system is trained mainly on its own output."),
    ("launch", "marketplace", "day7", "Four weeks after launch the returns of the first buyers are in, and we "
                                      "evaluate again."),
    ("launch", "feed", "day7", "I keep 5% on the old ranker for a quarter to see if the gain is lasting."),
    ("close", "feed", "shown_by", "A survey of readers every quarter would tell us."),
]

VAGUE = [          # phase, point that a careless ear would hear, sentence
    ("frame", "objective", "We want to give people a good experience."),
    ("frame", "guardrail", "Of course nothing should get worse."),
    ("frame", "guardrail", "We keep an eye on the important metrics."),
    ("frame", "proxy", "We use a proxy metric."),
    ("frame", "decision", "We build a recommender system for the feed."),
    ("scale", "latency", "It has to be fast, under the usual limits."),
    ("scale", "index_bytes", "The index has to fit into memory."),
    ("data", "ignored", "We clean the data and remove outliers."),
    ("data", "as_of", "We make sure that the features are of high quality."),
    ("data", "as_of", "We use a feature store, so that is handled."),
    ("retrieve", "recall", "We tune the index until recall is 0.99."),
    ("retrieve", "logq", "We use popular negatives."),
    ("rank", "calibrated", "We use gradient boosted trees with many features."),
    ("rank", "slate", "Then we show the top ten."),
    ("evaluate", "power", "We run an A/B test."),
    ("evaluate", "offline", "Our NDCG improves by three percent."),
    ("launch", "ramp", "We launch carefully."),
    ("launch", "who", "We make sure that all goes well."),
    ("launch", "fallback", "We have robust infrastructure."),
    ("launch", "day7", "We keep improving the model."),
    ("launch", "day7", "We monitor the metrics after the launch."),
    ("close", "shown_by", "It is hard to say."),
    ("close", "weakness", "I would add a transformer over the session."),
]
