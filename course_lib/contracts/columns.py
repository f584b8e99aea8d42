"""The columns of every table that floors hand to each other, and the length of a day."""

DAY_S = 86_400

# Column -> dtype. One row an impression; a request's rows stand together, positions ascending. `time`: of the request;
# `click_time`: of the click, later, NaN where there is none or its time is not known.
IMPRESSION_COLUMNS = {
    "request_id": "int64", "day": "int32", "time": "float64", "user": "int32", "position": "int16", "item": "int32",
    "propensity": "float32", "click": "int8", "click_time": "float64", "dwell_s": "float32", "policy": "category",
    "arm": "category",
}
# One row a request. `arm` and `policy` say who served it.
REQUEST_COLUMNS = {
    "request_id": "int64", "day": "int32", "time": "float64", "user": "int32", "session": "int64", "device": "int8",
    "policy": "category", "arm": "category",
}
# One row an event that follows an impression later. `event_time`: when it happened; `arrival_time`: when the log
# learnt of it. `value`: money in the shop's currency (a return's is negative), 0 where money has no part.
OUTCOME_COLUMNS = {
    "request_id": "int64", "user": "int32", "item": "int32", "kind": "category", "event_time": "float64",
    "arrival_time": "float64", "value": "float32",
}
OUTCOME_KINDS = ("purchase", "return", "report", "share")
# The least a recommender learns from: who took what, when. `value` (a rating, a dwell) may stand beside it.
INTERACTION_COLUMNS = {"user": "int32", "item": "int32", "time": "float64"}
