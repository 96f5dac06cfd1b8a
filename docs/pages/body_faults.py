"""Show each fault kind that is about the body of an answer in a few lines of a scenario."""

BODIES = {
    "blank_columns": """
[[rule]]
id = "empty-supply"
match = { api = "ka10015" }
do = { kind = "blank_columns", columns = ["trde_qty"] }
""",
    "blank_row": """
[[rule]]
id = "one-blank-row"
match = { api = "ka10081" }
when = { every = 5 }
do = { kind = "blank_row" }
""",
    "clock_skew": """
[[rule]]
id = "slow-clock"
match = { path = "/api/*" }
do = { kind = "clock_skew", behind = "90s@market" }

[[ws]]
id = "fast-clock-of-the-feed"
do = { kind = "clock_skew", ahead = "2s@market" }
""",
    "daily_lag": """
[[rule]]
id = "yesterday"
match = { api = "ka10081" }
do = { kind = "daily_lag" }
""",
    "double_sign": """
[[rule]]
id = "two-signs"
match = { api = "ka10061" }
do = { kind = "double_sign", field = "*.*.ind_invsr" }
""",
    "duplicate_rows": """
[[rule]]
id = "rows-twice"
match = { group = "chart" }
when = { probability = "20%" }
do = { kind = "duplicate_rows", rows = 3 }
""",
    "empty_list": """
[[rule]]
id = "no-rows"
match = { group = "chart" }
when = { every = 4 }
do = { kind = "empty_list" }
""",
    "encoding": """
[[rule]]
id = "old-korean"
match = { api = "ka10099" }
do = { kind = "encoding", to = "euc-kr" }
""",
    "maintenance": """
[[rule]]
id = "weekend"
when = { between = ["20s", "50s"] }
do = { kind = "maintenance" }

[[ws]]
id = "weekend-socket"
when = { between = ["20s", "50s"] }
do = { kind = "maintenance" }
""",
    "malformed": """
[[rule]]
id = "half-an-answer"
match = { path = "/api/*" }
when = { probability = "5%" }
do = { kind = "malformed", form = "cut" }
""",
    "missing_field": """
[[rule]]
id = "no-price"
match = { api = "ka10001" }
when = { nth = [2, 3] }
do = { kind = "missing_field", field = "cur_prc" }
""",
    "mistyped_field": """
[[rule]]
id = "plain-number"
match = { api = "ka10001" }
do = { kind = "mistyped_field", field = "cur_prc", to = "number" }
""",
    "mixed_market": """
[[rule]]
id = "strange-rows"
match = { api = "ka10099" }
do = { kind = "mixed_market", markets = ["10", "8"], rows = 5 }
""",
    "moved_api": """
[[rule]]
id = "new-path"
match = { api = "ka10081" }
do = { kind = "moved_api", to = "/api/dostk/mrkcond" }
""",
    "no_data_error": """
[[rule]]
id = "nothing-there"
match = { api = "ka10081" }
when = { every = 3 }
do = { kind = "no_data_error" }
""",
    "null_field": """
[[rule]]
id = "null-price"
match = { api = "ka10001" }
do = { kind = "null_field", field = "cur_prc" }
""",
    "paging_cut": """
[[rule]]
id = "short-history"
match = { api = "ka10081" }
do = { kind = "paging_cut" }
""",
    "paging_endless": """
[[rule]]
id = "no-last-page"
match = { api = "ka10081" }
do = { kind = "paging_endless" }
""",
    "paging_repeats": """
[[rule]]
id = "page-one-again"
match = { api = "ka10081" }
when = { max = 1 }
do = { kind = "paging_repeats" }
""",
    "saturated": """
[[rule]]
id = "too-large"
match = { api = "ka10081" }
do = { kind = "saturated", field = "trde_qty" }
""",
    "stale": """
[[rule]]
id = "hanging-cache"
match = { group = "mrkcond" }
do = { kind = "stale", age = "30s" }
""",
}
