"""List every fault kind: one file each, one line here."""

from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.rate_limit import RateLimit

FaultKind = Disconnect | HttpError | Latency | RateLimit
"""What `kind` in a rule's `do` may name."""
