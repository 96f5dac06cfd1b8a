"""Stage trouble that no fault kind of kiwoom-sim has: one hook for each place.

Each is a pure function of its call; random numbers come from `call.stream` alone.
"""

import json

from kiwoom_sim.faults.hooks import Answer, Call, Delay, Effects, Refuse, Replace


def busy_at_the_open(call: Call) -> Effects:
    """Slow calls down, and refuse some, the fewer the later they come; before the answer.

    Args of the rule: `calm_after_ms`, wire time after which nothing happens any more.
    """
    calm_after_ms: int = call.args["calm_after_ms"]
    left_ms = max(0, calm_after_ms - call.facts.wire_ms)
    if call.stream.below(calm_after_ms) >= left_ms:
        return []
    if call.stream.below(4) == 0:
        return [Refuse("1700")]
    return [Delay(50 + call.stream.below(100))]


def lose_last_row(call: Call) -> Answer | None:
    """Take the last row out of the first list of an answer; after it was made."""
    answer = call.answer
    assert answer is not None
    document = json.loads(answer.body)
    rows = next((value for value in document.values() if isinstance(value, list)), None)
    if not rows:
        return None  # nothing to lose: the answer stays as it is, and nothing is counted
    rows.pop()
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(
        status=answer.status, headers=answer.headers, body=body, content_type=answer.content_type
    )


def round_prices(call: Call) -> Effects:
    """Round the price (FID 10) of every push to `to` won; for frames of the WebSocket."""
    frame = json.loads(call.facts.text)
    for row in frame["data"]:
        price = row["values"].get("10", "")
        if price:
            sign = price[0] if price[0] in "+-" else ""
            to: int = call.args["to"]
            row["values"]["10"] = sign + str(int(price.removeprefix(sign)) // to * to)
    return [Replace(json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode())]
