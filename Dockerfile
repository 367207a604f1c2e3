# The indexer, without a PostgreSQL unless DATABASE_URL is empty: then its own keeps its data in
# /data, which should be a volume. The same lock file as everywhere.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY indexer/ indexer/
COPY config/indexer.toml config/
COPY sql/ sql/
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation \
        --editable . \
    && .venv/bin/pip uninstall --quiet --yes \
        hypothesis mypy pytest pytest-asyncio pytest-timeout pytest-xdist pyyaml ruff \
    && .venv/bin/python -m compileall -q indexer

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home indexer \
    && install -d -o indexer -g indexer /data
COPY --from=build /app /app
WORKDIR /app
USER indexer
ENV PATH=/app/.venv/bin:$PATH DATA_DIR=/data METRICS_HOST=0.0.0.0
VOLUME /data
# The parent's; the coordinator's and the shards' follow.
EXPOSE 9400
# It is said to be unwell with its reasons: a shard is down, PostgreSQL is gone, nothing arrives.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9400/health')"]
STOPSIGNAL SIGTERM
CMD ["indexer", "run"]
