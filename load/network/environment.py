"""What an indexer has to be told so that it lives in a network of ours."""

from pathlib import Path

from load.network.labeler import LABELER
from load.network.running import Running


def environment(there: Running) -> dict[str, str]:
    """Variables; `settings` has what no variable says."""
    trusted = {"SSL_CERT_FILE": str(there.authority)} if there.authority else {}
    return trusted | {
        "RELAY_URL": there.relay_url,
        "START_CURSOR": "0",
        "PLC_URL": there.plc.url,
        "LABELERS": LABELER,
        "ALLOW_PRIVATE_HOSTS": ",".join(there.private_hosts),
    }


def settings(there: Running, file: Path) -> Path:
    """A file for INDEXER_CONFIG: names in `.test` are resolved, and our DNS is asked for them."""
    server = f"127.0.0.1:{there.names.port}"
    file.write_text(f'[http]\ndns_servers = ["{server}"]\n\n[resolver]\ndevelopment = true\n')
    return file
