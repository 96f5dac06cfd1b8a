"""Show how rules use the faults of the network."""

EXAMPLES = {
    "accept_hang": """
[[rule]]
id = "stuck-door"
match = { moment = "connect" }
when = { every = 3, per = "global" }           # every third connection, whoever it is
do = { kind = "accept_hang", for = "20s" }

[[rule]]
id = "stuck-before-tls"
match = { moment = "tls" }                     # https and wss alike
when = { first = 2, per = "global" }
do = { kind = "accept_hang" }
""",
    "bandwidth": """
[[rule]]
id = "narrow-line"
match = { group = "chart" }
do = { kind = "bandwidth", per_second = "16KB" }
""",
    "endless_chunks": """
[[rule]]
id = "never-ends"
match = { api = "ka10099" }
when = { nth = 2 }
do = { kind = "endless_chunks", every = "250ms" }
""",
    "garbage": """
[[rule]]
id = "nonsense"
when = { probability = "1%" }
do = { kind = "garbage", size = "200B" }
""",
    "half_open": """
[[rule]]
id = "vanished"
match = { path = "/api/*" }
when = { nth = 10 }
do = { kind = "half_open", at = "during", for = "30s" }

[[ws]]
id = "silent-line"
match = { moment = "frame", api = "REAL" }
when = { nth = 40 }
do = { kind = "half_open" }                    # no frame, no PING, no FIN any more
""",
    "hang": """
[[rule]]
id = "first-chart-hangs"
match = { group = "chart" }
when = { first = 1 }
do = { kind = "hang" }
""",
    "listener_down": """
[[rule]]
id = "restart-of-the-gateway"
when = { nth = 50, per = "global" }
do = { kind = "listener_down", for = "5s" }

[[ws]]
id = "websocket-gateway-too"
match = { moment = "connect" }
when = { nth = 5, per = "global" }
do = { kind = "listener_down", for = "2s" }
""",
    "no_answer": """
[[rule]]
id = "lost-answer"
match = { path = "/api/*" }
when = { every = 20 }
do = { kind = "no_answer", at = "after" }      # the call counted, only its answer is lost
""",
    "reset": """
[[rule]]
id = "flapping"
match = { path = "/api/*" }
when = { between = ["20s", "40s"], probability = "20%" }
do = { kind = "reset", at = "during" }

[[ws]]
id = "lost-login"
match = { moment = "message", api = "LOGIN" }
when = { first = 1 }
do = { kind = "reset", at = "after" }          # logged in, but the client never hears of it
""",
    "slow_body": """
[[rule]]
id = "dripping-charts"
match = { group = "chart" }
do = { kind = "slow_body", piece = "64B", every = "200ms" }
""",
    "slow_headers": """
[[rule]]
id = "dripping-heads"
when = { every = 10 }
do = { kind = "slow_headers", piece = "8B", every = "500ms" }
""",
    "truncate": """
[[rule]]
id = "cut-short"
match = { api = "ka10081" }
do = { kind = "truncate", keep = "60%", end = "reset" }
""",
    "wrong_length": """
[[rule]]
id = "too-long"
match = { api = "ka10081" }
do = { kind = "wrong_length", by = 100 }
""",
}
