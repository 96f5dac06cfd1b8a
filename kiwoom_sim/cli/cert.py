"""Write the certificate that a client of the TLS door has to trust: `cert`."""

from pathlib import Path
from typing import Annotated

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, talk
from kiwoom_sim.errors import StartError
from kiwoom_sim.launch import authority
from kiwoom_sim.launch.authority import Authority
from kiwoom_sim.observe.run_directory import RUNS

OUTPUT = options.Described("--output", "-o", metavar="FILE", help="Where to write it.")

RECIPES = {
    "curl": "curl --cacert {path} {url}/health",
    "Python": "SSL_CERT_FILE={path} python client.py",
    "Python requests": "requests.get(url, verify={path!r})    or REQUESTS_CA_BUNDLE={path}",
    "Python httpx": "httpx.Client(verify=ssl.create_default_context(cafile={path!r}))"
    "    or SSL_CERT_FILE={path}",
    "Python aiohttp": "session.get(url, ssl=ssl.create_default_context(cafile={path!r}))"
    "    or SSL_CERT_FILE={path}",
    "Python websockets": "connect(url, ssl=ssl.create_default_context(cafile={path!r}))"
    "    or SSL_CERT_FILE={path}",
    "Node": "NODE_EXTRA_CA_CERTS={path} node client.js",
    "Java": "keytool -importcert -noprompt -alias kiwoom-sim -file {path} -keystore sim.p12"
    " -storepass changeit; java -Djavax.net.ssl.trustStore=sim.p12"
    " -Djavax.net.ssl.trustStorePassword=changeit ...",
    "Go, .NET on Linux": "SSL_CERT_FILE={path}",
    "Chromium on Linux": "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n kiwoom-sim -i {path}"
    "    (-D -n kiwoom-sim takes it away)",
    "Firefox": "import {path} under Settings, Certificates, Authorities, in a profile of its own",
    "a container": "cp {path} /usr/local/share/ca-certificates/kiwoom-sim.crt"
    " && update-ca-certificates    (Debian; only where it is thrown away)",
}
"""How each kind of client is told, with a path and a URL to fill in."""


def command(
    *,
    output: Annotated[Path, OUTPUT] = Path("kiwoom-sim-ca.pem"),
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Write the authority's certificate and say how clients are told to trust it."""
    signer = Authority(runs / authority.DIRECTORY)
    try:
        output.write_bytes(signer.certificate)
    except OSError as error:
        raise StartError(say("cert.unwritable", path=output, reason=error.strerror)) from error
    path = str(output.absolute())
    recipes = {name: text.format(path=path, url=_URL) for name, text in RECIPES.items()}
    if as_json:
        put_json({"ca": path, "names": authority.BROKER_NAMES, "trust": recipes})
        return Exit.OK
    talk(say("cert.made", path=path, runs=runs))
    talk(say("cert.how"))
    for name, recipe in recipes.items():
        put(f"{name:<18} {recipe}")
    talk(say("cert.url", rest=_URL, ws=_URL.replace("https", "wss") + "/api/dostk/websocket"))
    return Exit.OK


_URL = "https://localhost:5119"
