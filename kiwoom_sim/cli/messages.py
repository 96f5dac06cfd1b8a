"""Hold every sentence that the command line says, in English and Korean.

Not for: problems of a scenario (`scenario/problems.py`), which are English in both.
"""

import os
from collections.abc import Mapping

TABLE: dict[str, tuple[str, str]] = {
    "help": (
        "A stand-in for the Kiwoom Securities REST and WebSocket API.",
        "키움증권 REST·WebSocket API를 대신하는 시뮬레이터입니다.",
    ),
    "help.run": ("Run a scenario.", "시나리오를 실행합니다."),
    "help.up": (
        "Start a scenario in the background.",
        "시나리오를 백그라운드에서 시작합니다.",
    ),
    "help.status": (
        "Say how the simulator in the background is.",
        "백그라운드 시뮬레이터의 상태를 보여 줍니다.",
    ),
    "help.logs": (
        "Print the log of the simulator in the background.",
        "백그라운드 시뮬레이터의 로그를 출력합니다.",
    ),
    "help.down": (
        "Stop the simulator in the background.",
        "백그라운드 시뮬레이터를 멈춥니다.",
    ),
    "help.list": ("List the shipped scenarios.", "제공되는 시나리오를 나열합니다."),
    "help.show": (
        "Print a scenario, or the JSON Schema of the format.",
        "시나리오나 형식의 JSON Schema를 출력합니다.",
    ),
    "help.validate": (
        "Check scenarios and tell every problem.",
        "시나리오를 검사하고 모든 문제를 알립니다.",
    ),
    "help.new": ("Start a scenario of your own.", "새 시나리오 파일을 만듭니다."),
    "help.kit": (
        "List, show, add and export kits of scenarios.",
        "시나리오 묶음(kit)을 나열하고, 보고, 추가하고, 내보냅니다.",
    ),
    "kit.needed": (
        "kit {action}: name a kit, or a directory, .zip or .tar.gz",
        "kit {action}: kit 이름이나 디렉터리, .zip, .tar.gz를 적어 주세요",
    ),
    "kit.unknown": (
        "{name}: no such kit, directory or archive (kiwoom-sim kit list)",
        "{name}: 그런 kit, 디렉터리, 아카이브가 없습니다 (kiwoom-sim kit list)",
    ),
    "kit.none": (
        "no kit is installed in {path}; kiwoom-sim kit add DIRECTORY adds one",
        "{path}에 설치된 kit이 없습니다. 추가: kiwoom-sim kit add 디렉터리",
    ),
    "kit.shipped": (
        "the shipped scenarios come with the package; export a directory of your own",
        "제공되는 시나리오는 패키지에 들어 있습니다. 직접 만든 디렉터리를 내보내세요",
    ),
    "kit.author": ("by {author}", "만든 이: {author}"),
    "kit.release": ("needs kiwoom-sim {release}", "필요한 kiwoom-sim: {release}"),
    "kit.hooks": (
        "calls hooks, code of packages that you install yourself: {hooks}."
        " They run only with --allow-hooks",
        "직접 설치하는 패키지의 코드(hook)를 호출합니다: {hooks}."
        " --allow-hooks가 있어야 실행됩니다",
    ),
    "kit.added": (
        "{name} {version} is installed in {path}: {count} scenario(s)",
        "{name} {version}을(를) {path}에 설치했습니다. 시나리오 {count}개",
    ),
    "kit.run": ("run one with: kiwoom-sim run {name}", "실행: kiwoom-sim run {name}"),
    "kit.exported": (
        "{path} is ready: {count} scenario(s)",
        "{path} 파일을 만들었습니다. 시나리오 {count}개",
    ),
    "help.apis": ("Show the broker's APIs and their fields.", "증권사 API와 필드를 보여 줍니다."),
    "help.call": (
        "Call one API of a running simulator.",
        "실행 중인 시뮬레이터의 API를 호출합니다.",
    ),
    "help.doctor": ("Check that this machine is ready.", "실행 환경을 점검합니다."),
    "help.version": ("Print the version.", "버전을 출력합니다."),
    "help.cert": (
        "Write what a client has to trust to use the TLS door.",
        "TLS 포트를 쓰려는 클라이언트가 신뢰할 인증서를 씁니다.",
    ),
    "help.why": (
        "Tell what is behind an answer, frame or fault of a run.",
        "실행의 응답, 전문, 장애가 왜 나왔는지 알려 줍니다.",
    ),
    "help.journal": (
        "Show what happened in a run.",
        "실행에서 일어난 일을 보여 줍니다.",
    ),
    "run.guess": ('  did you mean "{run}"?', '  혹시 "{run}"인가요?'),
    "run.not_one": (
        "{path}: is no run: there is no trace.jsonl in it",
        "{path}: 실행 기록이 아닙니다. trace.jsonl이 없습니다",
    ),
    "journal.json": (
        "--json is one envelope; for one JSON object per line, and with --follow, use --jsonl",
        "--json은 봉투 하나입니다. 한 줄에 하나씩, 그리고 --follow에는 --jsonl을 쓰세요",
    ),
    "journal.both": (
        "--limit takes the first, --tail the last: leave one of them out",
        "--limit은 처음, --tail은 마지막입니다. 하나만 쓰세요",
    ),
    "journal.kind": (
        "--kind {kind}: unknown; allowed: {kinds}",
        "--kind {kind}: 알 수 없습니다. 가능한 값: {kinds}",
    ),
    "journal.connection": (
        "--connection {text}: write 3, rest:3 or ws:3",
        "--connection {text}: 3, rest:3, ws:3처럼 적어 주세요",
    ),
    "journal.dropped": (
        "older entries were dropped to keep the journal small (journal.max): {files}",
        "저널 크기 제한(journal.max) 때문에 오래된 기록이 지워졌습니다: {files}",
    ),
    "journal.nothing": ("{run}: nothing of that kind", "{run}: 해당하는 기록이 없습니다"),
    "journal.unfinished": (
        "{run}: has not ended, or was cut short; this is what was written so far",
        "{run}: 아직 끝나지 않았거나 중간에 끊긴 실행입니다. 지금까지 기록된 내용입니다",
    ),
    "why.id": (
        "{id}: not an id; answers are r1, r2, ..., frames w1, ..., faults f1, ...",
        "{id}: id가 아닙니다. 응답은 r1, r2, ..., 전문은 w1, ..., 장애는 f1, ...입니다",
    ),
    "why.nothing": (
        "{id}: not in the journal of {run}",
        "{id}: {run}의 저널에 없습니다",
    ),
    "why.no_runs": ("{path}: there are no runs", "{path}: 실행 기록이 없습니다"),
    "help.replay": ("Run a recorded run again.", "기록된 실행을 재현합니다."),
    "scenario.instead": (
        "{path} does not exist; using the shipped scenario {name}",
        "{path} 파일이 없어 제공되는 시나리오 {name}을(를) 사용합니다",
    ),
    "scenario.good": ("{path}: fine", "{path}: 문제없음"),
    "scenario.bad": ("{count} problem(s) found", "문제 {count}건을 찾았습니다"),
    "scenario.none": ("no scenario is like that", "해당하는 시나리오가 없습니다"),
    "list.next": (
        "kiwoom-sim show NAME prints one, kiwoom-sim run NAME runs it",
        "kiwoom-sim show NAME으로 보고 kiwoom-sim run NAME으로 실행합니다",
    ),
    "scenario.needed": (
        "name a scenario: a file or a shipped name (kiwoom-sim list)",
        "시나리오 파일이나 이름을 적어 주세요 (kiwoom-sim list)",
    ),
    "new.made": (
        "{path} is ready; run it with: kiwoom-sim run {path}",
        "{path} 파일을 만들었습니다. 실행: kiwoom-sim run {path}",
    ),
    "new.exists": (
        "{path} exists already and is left as it is",
        "{path} 파일이 이미 있어 그대로 둡니다",
    ),
    "new.name": (
        "{name}: a name has small letters, digits and _ and starts with a letter",
        "{name}: 이름은 소문자, 숫자, _만 쓰고 소문자로 시작해야 합니다",
    ),
    "new.extends": (
        "{template} stands on {base}, a file beside it; write a file with extends = ... yourself",
        "{template}은(는) 같은 디렉터리의 {base}를 extends합니다. 직접 extends하는 파일을 만드세요",
    ),
    "new.unwritable": ("{path}: {reason}", "{path}: {reason}"),
    "apis.unknown": ("{api}: the broker documents no such API", "{api}: 문서에 없는 API입니다"),
    "apis.unserved": ("not served yet", "아직 제공하지 않음"),
    "apis.guess": ('  did you mean "{api}"?', '  혹시 "{api}"인가요?'),
    "apis.none": ("nothing found for {text}", "{text}에 맞는 API가 없습니다"),
    "apis.count": (
        "{count} APIs and types, {served} of them served",
        "API·실시간 유형 {count}개, 그중 {served}개 제공",
    ),
    "doctor.ready": ("ready", "준비됨"),
    "doctor.not_ready": (
        "not ready: see the lines marked {mark}",
        "준비되지 않음: {mark} 표시된 줄을 확인하세요",
    ),
    "run.point": ("Point your client here:", "클라이언트 주소를 이렇게 바꾸세요:"),
    "run.deviations": ("Deviations from the real wire:", "실제 서비스와 다른 점:"),
    "run.stopping": ("stopping", "종료합니다"),
    "run.stopped": (
        "stopped: {requests} requests, {frames} frames",
        "종료: 요청 {requests}건, 실시간 전문 {frames}건",
    ),
    "run.replay": (
        "replay with: kiwoom-sim replay {path} --check",
        "재현: kiwoom-sim replay {path} --check",
    ),
    "run.errors": (
        "{count} internal errors; please report them with log.txt of the run",
        "내부 오류 {count}건이 있었습니다. 실행의 log.txt를 함께 제보해 주세요",
    ),
    "client.summary": ("{path}: no summary: {reason}", "{path}: 요약을 쓰지 못했습니다: {reason}"),
    "client.needed": (
        "{option} is about a client: write one after -- (run SCENARIO -- CMD)",
        "{option}은(는) 클라이언트 옵션입니다. -- 뒤에 명령을 적어 주세요 (run SCENARIO -- CMD)",
    ),
    "client.codes": (
        "--client-exit {text}: write exit codes as 0,1",
        "--client-exit {text}: 종료 코드를 0,1처럼 적어 주세요",
    ),
    "client.open": (
        "warning: the client is not isolated: what ignores the proxy and the start-up shims of"
        " Python and Node reaches other machines, the real broker too",
        "경고: 클라이언트가 격리되지 않았습니다. 프록시와 Python·Node 시작 심을 무시하면 실제"
        " 증권사를 포함한 다른 서버에 연결할 수 있습니다",
    ),
    "client.ending": ("ending the client: {why}", "클라이언트를 끝냅니다: {why}"),
    "client.why.script": ("the script is over", "시나리오가 끝났습니다"),
    "client.why.timeout": ("it took longer than --timeout", "--timeout보다 오래 걸렸습니다"),
    "client.why.signal": ("the run is stopped", "실행을 멈춥니다"),
    "client.left": ("client: exit code {code}", "클라이언트: 종료 코드 {code}"),
    "client.failed": (
        "client: failed with exit code {code} (--client-exit says which are fine)",
        "클라이언트: 종료 코드 {code}(실패). 괜찮은 코드는 --client-exit로 정합니다",
    ),
    "client.killed": ("client: crashed ({name})", "클라이언트: 비정상 종료({name})"),
    "client.late": ("client: took too long", "클라이언트: 시간 초과"),
    "client.artifacts": ("kept in {path}", "{path}에 보관했습니다"),
    "cert.made": (
        "{path}: the authority of every simulator whose runs are in {runs}",
        "{path}: {runs}에 실행을 보관하는 모든 시뮬레이터의 CA 인증서",
    ),
    "cert.unwritable": ("{path}: {reason}", "{path}: {reason}"),
    "cert.how": (
        "Tell your client to trust it (never the whole system: whoever has its key could sign"
        " any name):",
        "클라이언트에만 신뢰하도록 설정하세요(시스템 전체에 등록하지 마세요):",
    ),
    "cert.url": ("then use {rest} and {ws}", "그다음 {rest}, {ws}를 쓰세요"),
    "up.starting": ("starting {name}", "{name} 시작 중"),
    "up.already": ("already running since {since}", "{since}부터 이미 실행 중입니다"),
    "up.next": (
        "next: kiwoom-sim status{options} | kiwoom-sim logs{options} -f | kiwoom-sim down{options}",
        "다음: kiwoom-sim status{options} | kiwoom-sim logs{options} -f | kiwoom-sim down{options}",
    ),
    "up.stale": (
        "the simulator that was started here before (pid {pid}) has ended; starting anew",
        "앞서 시작한 시뮬레이터(pid {pid})는 끝났습니다. 새로 시작합니다",
    ),
    "up.damaged": (
        "{path}: cannot be read, so nothing is known to run: {reason}",
        "{path}: 읽을 수 없어 실행 중인 것이 없다고 봅니다: {reason}",
    ),
    "up.other": (
        "something else is running already: {name}, seed {seed}, since {since}, pid {pid}",
        "다른 시나리오가 이미 실행 중입니다: {name}, seed {seed}, {since}부터, pid {pid}",
    ),
    "up.difference": (
        "{path}: running {running}, asked for {asked}",
        "{path}: 실행 중 {running}, 요청 {asked}",
    ),
    "up.other_hint": (
        "stop it first with `kiwoom-sim down{options}`, or run beside it with another --state DIR"
        " and other ports",
        "먼저 `kiwoom-sim down{options}`으로 멈추거나, 다른 --state DIR과 포트로 나란히 실행하세요",
    ),
    "up.silent": (
        "it is running already (pid {pid}), but not every door answers;"
        " `kiwoom-sim down{options}` ends it",
        "이미 실행 중이지만(pid {pid}) 응답하지 않습니다."
        " `kiwoom-sim down{options}`으로 멈출 수 있습니다",
    ),
    "up.ended": (
        "the simulator ended before it was ready (exit code {code}):",
        "시뮬레이터가 준비되기 전에 끝났습니다(종료 코드 {code}):",
    ),
    "up.late": (
        "not every door answered within {seconds} s, so it was stopped again (--wait gives more):",
        "{seconds}초 안에 준비되지 않아 다시 멈췄습니다(--wait로 늘릴 수 있습니다):",
    ),
    "up.log": ("the whole log: {path}", "전체 로그: {path}"),
    "up.unstartable": ("cannot be started: {reason}", "시작할 수 없습니다: {reason}"),
    "up.unwritable": (
        "{path}: the state cannot be kept there: {reason}",
        "{path}: 상태를 저장할 수 없습니다: {reason}",
    ),
    "up.locked": (
        "{path}: another `up` or `down` is at work there",
        "{path}: 다른 `up` 또는 `down`이 진행 중입니다",
    ),
    "down.stopping": ("stopping pid {pid}", "pid {pid} 종료 중"),
    "down.stopped": (
        "stopped {name} (pid {pid}); its log stays: {log}",
        "{name}(pid {pid})을(를) 멈췄습니다. 로그는 남아 있습니다: {log}",
    ),
    "down.killed": (
        "it did not stop within {seconds} s and was killed; its run has no digests",
        "{seconds}초 안에 멈추지 않아 강제로 종료했습니다. 이 실행에는 다이제스트가 없습니다",
    ),
    "down.nothing": ("nothing is running in {path}", "{path}에서 실행 중인 것이 없습니다"),
    "status.ended": (
        "{name} (pid {pid}) has ended by itself; its log: {log}",
        "{name}(pid {pid})은(는) 스스로 끝났습니다. 로그: {log}",
    ),
    "status.other": (
        "something answers on port {port}, not started by `up`: {what}",
        "포트 {port}에서 `up`으로 시작하지 않은 것이 응답합니다: {what}",
    ),
    "status.stranger": ("not kiwoom-sim", "kiwoom-sim이 아님"),
    "logs.none": (
        "{path}: there is no log yet; start with: kiwoom-sim up",
        "{path}: 아직 로그가 없습니다. 시작: kiwoom-sim up",
    ),
    "logs.json": (
        "--follow never ends, so it makes no envelope: leave --json or --follow out",
        "--follow는 끝나지 않아 --json과 함께 쓸 수 없습니다",
    ),
    "deviation.plain": (
        "plain HTTP and WebSocket beside TLS; TLS is signed by an authority of our own",
        "TLS와 함께 평문 HTTP·WebSocket도 받으며, TLS 인증서는 자체 CA가 서명합니다",
    ),
    "deviation.invented": ("the market is invented", "시세는 만들어 낸 값입니다"),
    "deviation.keys": (
        "any app key and secret is accepted",
        "모든 appkey와 secretkey를 받아들입니다",
    ),
    "deviation.ralph": (
        "the older mocks' contract is spoken too: /ws, /api/dostk/ka*, chart and stkinfo without"
        " api-id (off: --set ralph.enabled=false)",
        "이전 목 서버 규약도 받습니다: /ws, /api/dostk/ka*, api-id 없는 chart·stkinfo"
        " (끄기: --set ralph.enabled=false)",
    ),
    "deviation.open": (
        "the market never closes: after 15:30 the next session opens",
        "장이 닫히지 않습니다. 15:30이 지나면 다음 거래일 장이 열립니다",
    ),
    "deviation.limits": ("rate limits of its own: {limits}", "자체 요청 제한: {limits}"),
    "deviation.rules": ("faults by rule: {rules}", "장애 규칙: {rules}"),
    "replay.none": (
        "{run}: no such run, neither as a directory nor in {runs}",
        "{run}: 디렉터리도 아니고 {runs}에도 없는 실행입니다",
    ),
    "replay.unchecked": (
        "{run}: has not ended, or was cut short: it wrote no digests to compare with;"
        " end it first, or leave out --check to run again what its trace holds",
        "{run}: 아직 끝나지 않았거나 중간에 끊긴 실행이라 비교할 digest가 없습니다."
        " 먼저 끝내거나, --check 없이 기록된 데까지 재현하세요",
    ),
    "replay.unfinished": (
        "{run}: has not ended, or was cut short; ran again what its trace holds"
        " ({records} records), with nothing to compare with",
        "{run}: 아직 끝나지 않았거나 중간에 끊긴 실행입니다."
        " 기록된 데까지 재현했고(기록 {records}건) 비교할 것은 없습니다",
    ),
    "replay.same": (
        "{run}: the same bytes again ({records} records)",
        "{run}: 같은 바이트를 재현했습니다 (기록 {records}건)",
    ),
    "replay.differs": ("{run}: not the same; first difference:", "{run}: 다릅니다. 첫 차이:"),
    "replay.dropped": (
        "in a part of the journal that was dropped",
        "저널에서 지워진 부분에 있습니다",
    ),
    "call.url": ("{url}: write it as http://HOST:PORT", "{url}: http://HOST:PORT로 적어 주세요"),
    "call.field": (
        "{field}: write fields as name=value, e.g. stk_cd=005930",
        "{field}: 필드는 이름=값으로 적어 주세요. 예: stk_cd=005930",
    ),
    "call.unreachable": (
        "{url}: cannot be reached: {reason}",
        "{url}: 연결할 수 없습니다: {reason}",
    ),
    "call.dropped": ("the connection was dropped by a fault", "장애 규칙이 연결을 끊었습니다"),
    "call.no_token": ("no token: {answer}", "토큰을 받지 못했습니다: {answer}"),
    "error.internal": (
        "internal error; please report it with the lines above",
        "내부 오류입니다. 위 내용을 함께 제보해 주세요",
    ),
    "error.interrupted": ("interrupted", "중단되었습니다"),
}
"""English and Korean text by key; both name the same values."""


def language(environment: Mapping[str, str] | None = None) -> str:
    """Return "ko" or "en": `KIWOOM_SIM_LANG` decides, else the locale of the terminal."""
    environment = os.environ if environment is None else environment
    names = ("KIWOOM_SIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((environment[name] for name in names if environment.get(name)), "")
    return "ko" if chosen.lower().startswith("ko") else "en"


def say(key: str, **values: object) -> str:
    """Return a sentence in the user's language, with its values filled in."""
    english, korean = TABLE[key]
    return (korean if language() == "ko" else english).format(**values)
