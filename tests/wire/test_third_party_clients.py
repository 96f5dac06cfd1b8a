"""Prove that unmodified public clients read the simulator as they read the broker."""

from collections.abc import Callable

import pytest

from tests.wire import conversations
from tests.wire.conversations import Findings

pytestmark = [
    pytest.mark.kiwoom_scenario("normal_market", **{"wire.ping_interval": "300ms"}),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(
    params=[
        conversations.with_kiwoom_client,
        conversations.with_kiwoom_rest,
        conversations.with_kiwoom_playground,
    ],
    ids=["kiwoom-client", "kiwoomRest", "kiwoom-playground"],
)
def findings(request: pytest.FixtureRequest, kiwoom_sim) -> Findings:
    talk: Callable[[str, str, str], Findings] = request.param
    socket_url = f"{kiwoom_sim.ws_url}/api/dostk/websocket"
    return talk(kiwoom_sim.rest_url, socket_url, "20260323")


def test_client_reads_the_simulator_unmodified(findings: Findings) -> None:
    assert findings.quote["return_code"] == 0
    assert abs(int(findings.quote["cur_prc"])) > 0
    assert findings.quote["stk_nm"] == "삼성전자"
    best_ask, best_bid = int(findings.book["sel_fpr_bid"]), int(findings.book["buy_fpr_bid"])
    assert abs(best_ask) > abs(best_bid) > 0
    assert len(findings.stocks) > 400
    assert len(findings.first_page) == 600
    dates = [row["dt"] for row in findings.first_page + findings.second_page]
    assert dates == sorted(set(dates), reverse=True)
    assert len(findings.real) >= conversations.REAL_MESSAGES
    rows = [row for message in findings.real for row in message["data"]]
    assert {row["type"] for row in rows} <= {"0B", "0D"}
    assert {row["item"] for row in rows} == {"005930"}
    assert findings.alive_after_pings
    assert findings.after_remove == []
    assert findings.revoked["return_code"] == 0
    assert findings.after_revoke["return_code"] == 3
    assert "8005" in findings.after_revoke["return_msg"]
