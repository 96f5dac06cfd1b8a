"""List every fault kind: one file each, one line here."""

from kiwoom_sim.faults.kinds.accept_hang import AcceptHang
from kiwoom_sim.faults.kinds.bandwidth import Bandwidth
from kiwoom_sim.faults.kinds.blank_columns import BlankColumns
from kiwoom_sim.faults.kinds.blank_row import BlankRow
from kiwoom_sim.faults.kinds.burst import Burst
from kiwoom_sim.faults.kinds.business_error import BusinessError
from kiwoom_sim.faults.kinds.clock_skew import ClockSkew
from kiwoom_sim.faults.kinds.daily_lag import DailyLag
from kiwoom_sim.faults.kinds.dead_registration import DeadRegistration
from kiwoom_sim.faults.kinds.delay import Delay
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.double_sign import DoubleSign
from kiwoom_sim.faults.kinds.duplicate_frame import DuplicateFrame
from kiwoom_sim.faults.kinds.duplicate_rows import DuplicateRows
from kiwoom_sim.faults.kinds.empty_list import EmptyList
from kiwoom_sim.faults.kinds.encoding import Encoding
from kiwoom_sim.faults.kinds.endless_chunks import EndlessChunks
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.garbage import Garbage
from kiwoom_sim.faults.kinds.half_open import HalfOpen
from kiwoom_sim.faults.kinds.handshake_refused import HandshakeRefused
from kiwoom_sim.faults.kinds.hang import Hang
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.ignored import Ignored
from kiwoom_sim.faults.kinds.ip_changed import IpChanged
from kiwoom_sim.faults.kinds.kick import Kick
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.listener_down import ListenerDown
from kiwoom_sim.faults.kinds.login_refused import LoginRefused
from kiwoom_sim.faults.kinds.maintenance import Maintenance
from kiwoom_sim.faults.kinds.malformed import Malformed
from kiwoom_sim.faults.kinds.malformed_frame import MalformedFrame
from kiwoom_sim.faults.kinds.missing_field import MissingField
from kiwoom_sim.faults.kinds.mistyped_field import MistypedField
from kiwoom_sim.faults.kinds.mixed_market import MixedMarket
from kiwoom_sim.faults.kinds.moved_api import MovedApi
from kiwoom_sim.faults.kinds.no_answer import NoAnswer
from kiwoom_sim.faults.kinds.no_data_error import NoDataError
from kiwoom_sim.faults.kinds.null_field import NullField
from kiwoom_sim.faults.kinds.paging_cut import PagingCut
from kiwoom_sim.faults.kinds.paging_endless import PagingEndless
from kiwoom_sim.faults.kinds.paging_repeats import PagingRepeats
from kiwoom_sim.faults.kinds.pause import Pause
from kiwoom_sim.faults.kinds.rate_limit import RateLimit
from kiwoom_sim.faults.kinds.register_refused import RegisterRefused
from kiwoom_sim.faults.kinds.reorder import Reorder
from kiwoom_sim.faults.kinds.reset import Reset
from kiwoom_sim.faults.kinds.restart import Restart
from kiwoom_sim.faults.kinds.saturated import Saturated
from kiwoom_sim.faults.kinds.slow_body import SlowBody
from kiwoom_sim.faults.kinds.slow_headers import SlowHeaders
from kiwoom_sim.faults.kinds.stale import Stale
from kiwoom_sim.faults.kinds.stale_frame import StaleFrame
from kiwoom_sim.faults.kinds.system_frame import SystemFrame
from kiwoom_sim.faults.kinds.throttle import Throttle
from kiwoom_sim.faults.kinds.token_expired import TokenExpired
from kiwoom_sim.faults.kinds.token_revoked import TokenRevoked
from kiwoom_sim.faults.kinds.token_superseded import TokenSuperseded
from kiwoom_sim.faults.kinds.truncate import Truncate
from kiwoom_sim.faults.kinds.truncated_frame import TruncatedFrame
from kiwoom_sim.faults.kinds.wrong_environment import WrongEnvironment
from kiwoom_sim.faults.kinds.wrong_length import WrongLength

FaultKind = (
    AcceptHang
    | Bandwidth
    | BlankColumns
    | BlankRow
    | Burst
    | BusinessError
    | ClockSkew
    | DailyLag
    | DeadRegistration
    | Delay
    | Disconnect
    | DoubleSign
    | DuplicateFrame
    | DuplicateRows
    | EmptyList
    | Encoding
    | EndlessChunks
    | Gap
    | Garbage
    | HalfOpen
    | HandshakeRefused
    | Hang
    | Hook
    | HttpError
    | Ignored
    | IpChanged
    | Kick
    | Latency
    | ListenerDown
    | LoginRefused
    | Maintenance
    | Malformed
    | MalformedFrame
    | MissingField
    | MistypedField
    | MixedMarket
    | MovedApi
    | NoAnswer
    | NoDataError
    | NullField
    | PagingCut
    | PagingEndless
    | PagingRepeats
    | Pause
    | RateLimit
    | RegisterRefused
    | Reorder
    | Reset
    | Restart
    | Saturated
    | SlowBody
    | SlowHeaders
    | Stale
    | StaleFrame
    | SystemFrame
    | Throttle
    | TokenExpired
    | TokenRevoked
    | TokenSuperseded
    | Truncate
    | TruncatedFrame
    | WrongEnvironment
    | WrongLength
)
"""What `kind` in a rule's `do` may name."""
