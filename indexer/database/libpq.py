"""A database's URL as the environment in which PostgreSQL's own programs find it.

In arguments a password would be seen by everybody on the machine.
"""

from urllib.parse import parse_qsl, unquote, urlsplit

VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "database": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def libpq(url: str) -> dict[str, str]:
    """Variables by name. What the URL asks for beyond these are settings of the session."""
    parts = urlsplit(url)
    at, _, hosts = parts.netloc.rpartition("@")
    user, _, password = at.partition(":")
    named = {"user": user, "password": password, "dbname": parts.path.removeprefix("/")}
    ends = [_host_and_port(one) for one in hosts.split(",")]
    named["host"] = ",".join(host for host, _ in ends)
    named["port"] = ",".join(port for _, port in ends) if any(port for _, port in ends) else ""
    asked = {key: unquote(value) for key, value in named.items() if value}
    asked |= dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    settings = [f"-c {key}={value}" for key, value in asked.items() if key not in VARIABLES]
    found = {VARIABLES[key]: value for key, value in asked.items() if key in VARIABLES}
    return found | ({"PGOPTIONS": " ".join(settings)} if settings else {})


def _host_and_port(text: str) -> tuple[str, str]:
    """Of "name:5432", "[::1]:5432", or either alone."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = text.partition(":")
    return host, port
