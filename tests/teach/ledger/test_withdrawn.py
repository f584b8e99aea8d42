"""Every statement that the referee read is still made, or is named on the page with what became of it and why."""

from course_lib.teach import cards, lessons
from course_lib.teach.ledger.ledger_page import page
from course_lib.teach.ledger.withdrawn import WITHDRAWN

REFEREED = {            # of the first edition, by lesson
    "start_here": "ceiling order",
    "objective": "retention reorder turn market rank_everything",
    "feedback": "unseen disliked naive window corrected random_slots thompson discovery",
    "two_tower": "personal als losses temperature width sampled time recency p99",
    "negatives": "hits suppress logq_log logq_truth streaming mixed hard masking ceiling cold",
    "ann": "compression bytes nprobe refine speed hnsw_growth flat_growth filter brute small relevance",
    "ranker": "debias_irrelevant debias_relevant auc lambdarank sampling session candidates second_stage",
    "reranker": "mmr_price goals coverage cap clickbait propensity dpp fresh_found fresh_cost fresh_stop net stock",
    "feature_audit": ("offline served people day stale_vs_leak psi drop three_ways feast_join feast_rows "
                      "feast_backfill feast_ttl warm"),
    "metric_stack": "correlation satisfaction uniform_log root_n snips catalogue mips open_bandit interleaving",
    "experiments": "naive delta cuped broken peeking always_valid interference clusters exploration novelty",
    "launch": "p99 queue ladder lift novelty spillover rollback newcomers calendar hold rule abuse",
    "interview": "p99 shard trace",
}
READ = {f"{lesson}.{name}" for lesson, names in REFEREED.items() for name in names.split()}
TODAY = {lessons.kept(claim.id) for claim in cards.claims()}


def test_every_statement_that_the_referee_read_is_made_or_named_as_withdrawn():
    assert len(READ) == 112
    gone = [held.id for held in WITHDRAWN]
    assert sorted(gone) == sorted(READ - TODAY)


def test_the_page_names_each_with_what_became_of_it_and_why():
    told = page([])
    for held in WITHDRAWN:
        assert f"| `{held.id}` | {held.became} | {held.why} |" in told and held.became and held.why
    assert f"{_words(len(WITHDRAWN))} statements" in told


def test_what_a_withdrawn_statement_became_is_there():
    quoted = {part for held in WITHDRAWN for part in held.became.split("`")[1::2]}
    assert quoted and quoted <= TODAY


def _words(n):
    return {10: "Ten", 11: "Eleven", 12: "Twelve"}[n]
