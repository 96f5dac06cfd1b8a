"""List every fault kind: one file each, one line here."""

from kiwoom_sim.faults.kinds.burst import Burst
from kiwoom_sim.faults.kinds.dead_registration import DeadRegistration
from kiwoom_sim.faults.kinds.delay import Delay
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.duplicate_frame import DuplicateFrame
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.handshake_refused import HandshakeRefused
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.ignored import Ignored
from kiwoom_sim.faults.kinds.kick import Kick
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.login_refused import LoginRefused
from kiwoom_sim.faults.kinds.malformed_frame import MalformedFrame
from kiwoom_sim.faults.kinds.rate_limit import RateLimit
from kiwoom_sim.faults.kinds.register_refused import RegisterRefused
from kiwoom_sim.faults.kinds.reorder import Reorder
from kiwoom_sim.faults.kinds.stale_frame import StaleFrame
from kiwoom_sim.faults.kinds.system_frame import SystemFrame
from kiwoom_sim.faults.kinds.throttle import Throttle
from kiwoom_sim.faults.kinds.truncated_frame import TruncatedFrame

FaultKind = (
    Burst
    | DeadRegistration
    | Delay
    | Disconnect
    | DuplicateFrame
    | Gap
    | HandshakeRefused
    | HttpError
    | Ignored
    | Kick
    | Latency
    | LoginRefused
    | MalformedFrame
    | RateLimit
    | RegisterRefused
    | Reorder
    | StaleFrame
    | SystemFrame
    | Throttle
    | TruncatedFrame
)
"""What `kind` in a rule's `do` may name."""
