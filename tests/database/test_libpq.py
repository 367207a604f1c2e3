import pytest

from indexer.database import libpq


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            "postgresql://ann:p%40ss%3A@there:6432/net?sslmode=require",
            "PGHOST=there PGPORT=6432 PGUSER=ann PGPASSWORD=p@ss: PGDATABASE=net PGSSLMODE=require",
        ),
        ("postgresql://u@/net?host=%2Frun%2Fpg", "PGHOST=/run/pg PGUSER=u PGDATABASE=net"),
        ("postgres://[::1]:5433/net", "PGHOST=::1 PGPORT=5433 PGDATABASE=net"),
        ("postgres://[::1]/net", "PGHOST=::1 PGDATABASE=net"),
        ("postgresql://a:1,b/net", "PGHOST=a,b PGPORT=1, PGDATABASE=net"),
        ("postgresql:///net", "PGDATABASE=net"),
        ("postgresql://a/net?user=u&password=x", "PGHOST=a PGUSER=u PGPASSWORD=x PGDATABASE=net"),
    ],
)
def test_the_parts_of_a_url_become_variables(url: str, found: str) -> None:
    assert libpq(url) == dict(pair.split("=", 1) for pair in found.split(" "))


def test_what_else_a_url_asks_for_is_set_in_the_session() -> None:
    assert libpq("postgresql://a/net?work_mem=9MB")["PGOPTIONS"] == "-c work_mem=9MB"
