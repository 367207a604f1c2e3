"""Every metric of every process. Each process serves those it touches on a port of its own.

Memory and CPU of a process come from the client library: process_resident_memory_bytes and its
like. Label values are bounded: what the network may invent is counted as "other". On hot paths bind
a labelled child once: a look-up costs three times an increment.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# They would be a second series beside each, that nobody reads.
disable_created_metrics()  # type: ignore[no-untyped-call]

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
# Fine, for quantiles that are read from them: each about half more than the one before.
WAITS = (
    *(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08),
    *(0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 30, 60, 300, 3600),
)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

# What came in and what became of it.
FRAMES = Counter("indexer_frames", "Frames received from the source, repeats included.")
FRAME_BYTES = Counter("indexer_frame_bytes", "Bytes of the frames received from the source.")
REPEATED = Counter(
    "indexer_repeated_frames", "Frames passed over because their seq was not above the last one."
)
EVENTS = Counter("indexer_events", "Events that passed; the parent alone counts them.", ["kind"])
OPS = Counter(
    "indexer_ops",
    'Operations written; collections that we do not know are "other".',
    ["collection", "action"],
)
REFUSED = Counter("indexer_refused", "Frames and operations refused and kept aside.", ["reason"])
SIGNATURES = Counter(
    "indexer_signatures",
    "Commits by their signature: good, bad, or no_key where the author is not resolved yet.",
    ["result"],
)
SYNTHETIC = Counter("indexer_synthetic_frames", "Frames that the coordinator made.")
USERS_CREATED = Counter("indexer_users_created", "Rows made for users seen for the first time.")

# Where the time goes in a shard.
BATCH_EVENTS = Histogram("indexer_batch_events", "Events in one transaction.", buckets=SIZES)
DECODE_SECONDS = Histogram(
    "indexer_decode_seconds", "Decoding the frames of one batch.", buckets=FAST
)
PLAN_SECONDS = Histogram(
    "indexer_plan_seconds", "Turning the operations of one batch into rows.", buckets=FAST
)
WRITE_SECONDS = Histogram(
    "indexer_write_seconds", "Writing one batch, from its locks to before the commit.", buckets=FAST
)
COMMIT_SECONDS = Histogram("indexer_commit_seconds", "The commit of one batch.", buckets=FAST)
RETRIES = Counter(
    "indexer_retries",
    "Transactions tried again, by cause: crossed (another one: deadlock, serialization), no_room "
    "(the server is full), lost (the connection), refused (then written in halves).",
    ["cause"],
)
RECEIPT_TO_COMMIT_SECONDS = Histogram(
    "indexer_receipt_to_commit_seconds",
    "From receiving the oldest frame of a batch, as the parent sent it, to its commit, by our own "
    "clock.",
    buckets=WAITS,
)

# What waits.
PENDING = Gauge(
    "indexer_pending",
    "Subjects that effects wait for in the whole database, as each shard last counted them.",
    ["kind"],
)
PENDING_QUEUED = Counter(
    "indexer_pending_queued", "Subjects that began to be waited for.", ["kind"]
)
PENDING_FLUSHED = Counter(
    "indexer_pending_flushed", "Subjects that were waited for and arrived.", ["kind"]
)
PENDING_CANCELLED = Counter(
    "indexer_pending_cancelled", "Subjects that nothing waits for any more.", ["kind"]
)
PENDING_EXPIRED = Counter("indexer_pending_expired", "Subjects waited for in vain.", ["kind"])
POOL_SIZE = Gauge("indexer_pool_size", "Connections to PostgreSQL that are open.")
POOL_USED = Gauge("indexer_pool_used", "Connections to PostgreSQL that are in use.")
QUEUE_DEPTH = Gauge("indexer_queue_depth", "Batches that wait for this shard.")
QUEUE_CAPACITY = Gauge("indexer_queue_capacity", "Batches that this shard's queue holds.")
UNACKED_FRAMES = Gauge(
    "indexer_unacked_frames",
    "Frames that the parent keeps until a shard committed them.",
    ["shard"],
)
UNACKED_BYTES = Gauge("indexer_unacked_bytes", "Bytes of those frames.", ["shard"])
HELD_BACK = Counter(
    "indexer_held_back", "Times the source was not read because a shard had no room."
)

# Repos that went on without us.
DIVERGED = Counter(
    "indexer_diverged", "Times a repo turned out to have gone on without us, by why.", ["why"]
)
HELD = Counter("indexer_held_commits", "Commits held back while their repo is fetched.")
RESYNCED = Counter(
    "indexer_resynced",
    "Repos fetched whole, by outcome: complete, or given_up (perhaps to be tried again).",
    ["outcome"],
)

REPOS = Gauge("indexer_repos", "Repos by state; of many, about.", ["state"])
RESYNCS_QUEUED = Gauge(
    "indexer_resyncs_queued",
    "Whole repos to be fetched: waiting (all of them), failed (at least once), fetching; held are "
    "the commits that wait for those.",
    ["what"],
)
RESYNCS = Counter(
    "indexer_resyncs",
    "Tries to fetch a repo whole, by outcome: mended, declined (there is none), unwanted (opted "
    "out, or gone), unusable (tried again), given_up, unreachable, lost (what was under way), "
    "no_room (on our disk), host_busy, settled and withdrawn (something had to end first), "
    "not_at_mirror, cut_short (by PostgreSQL).",
    ["outcome"],
)
RESYNC_SECONDS = Histogram(
    "indexer_resync_seconds", "One such try, from its claim to its end.", buckets=SLOW
)
RESYNC_BYTES = Counter("indexer_resync_bytes", "Bytes of repos received.")
RESYNCING = Gauge("indexer_resyncing", "Repos that are being fetched now.")

# What is too old to be kept.
TOO_OLD = Counter("indexer_too_old", "Records that were too old to be stored when they came.")
GREW_TOO_OLD = Counter(
    "indexer_grew_too_old", "Rows taken away because they had grown too old.", ["table"]
)
RETENTION_WALK_SECONDS = Gauge(
    "indexer_retention_walk_seconds",
    "How long ago the search for what has grown too old began that is under way; 0 if none is.",
)

# Whether what is stored twice agrees.
AUDIT_COMPARED = Gauge(
    "indexer_audit_compared", "Values that the last audit compared.", ["table", "column"]
)
AUDIT_DRIFTED = Gauge(
    "indexer_audit_drifted",
    "Values that the last audit found to differ from the rows they stand for; not one should.",
    ["table", "column"],
)
AUDIT_MENDED = Counter("indexer_audit_mended", "Values that audits mended.", ["table", "column"])
AUDIT_FINISHED = Gauge(
    "indexer_audit_finished_timestamp_seconds", "When the last audit was done, in Unix time."
)

# What the coordinator asks of strangers.
HTTP_REQUESTS = Counter(
    "indexer_http_requests",
    "Requests to other hosts, by outcome: answered, forbidden (not asked), resting (not asked "
    "either), unreachable, too_slow, too_big, unreadable, abandoned (by whoever asked).",
    ["outcome"],
)
HTTP_FAILED_TRIES = Counter(
    "indexer_http_failed_tries", "Tries of such requests that failed; some were tried again."
)
HTTP_SECONDS = Histogram(
    "indexer_http_seconds", "From asking to the end of the answer, retries included.", buckets=SLOW
)
HTTP_HOSTS = Gauge("indexer_http_hosts", "Hosts that are remembered, 10,000 at most.")
HTTP_RESTING = Gauge("indexer_http_resting_hosts", "Hosts left alone for a while.")

# Who somebody is.
RESOLUTIONS = Counter(
    "indexer_resolutions",
    "DIDs that the network was asked about, by outcome: found, gone (a tombstone), unknown (no "
    "document that can be used), no_answer.",
    ["outcome"],
)
RESOLVE_SECONDS = Histogram(
    "indexer_resolve_seconds", "From asking for a document to its arrival.", buckets=SLOW
)
RESOLVING = Gauge("indexer_resolving", "Documents that are being asked for.")
RESOLVER_CACHE = Counter(
    "indexer_resolver_cache",
    "Look-ups of DIDs in memory, then in the database, by result: hit, miss.",
    ["level", "result"],
)
HANDLES_ASKED = Counter(
    "indexer_handles_asked",
    "Questions whom a handle names, by way (dns, https) and outcome: named, nobody, several, "
    "no_answer.",
    ["way", "outcome"],
)
HANDLES_CHECKED = Counter(
    "indexer_handles_checked",
    "Handles checked against the DID that claims them, by outcome: verified, refuted, no_answer.",
    ["outcome"],
)

# What is waited for, fetched one by one.
FETCHES_CLAIMED = Counter(
    "indexer_fetches_claimed", "Accounts and records whose turn it was to be fetched.", ["kind"]
)
FETCHES = Counter(
    "indexer_fetches",
    "What became of those: stored (sent on its way), settled (an account of which nothing is "
    "missing), absent (an answer: there is none), stale and refused (the answer was; asked "
    "again), given_up (after too many such), unreachable, host_busy, repo_busy (fetched whole; "
    "these three are asked for later), cut_short (by PostgreSQL).",
    ["kind", "outcome"],
)
FETCH_SECONDS = Histogram("indexer_fetch_seconds", "From such a turn to its outcome.", buckets=SLOW)
FETCHING = Gauge("indexer_fetching", "Accounts and records that are being fetched now.")
FETCHING_HOSTS = Gauge("indexer_fetching_hosts", "Hosts that are being asked for them.")
ACCOUNTS_SETTLED = Counter(
    "indexer_accounts_settled",
    "Accounts said to be deleted or deactivated whose PDS or directory was asked, by outcome: "
    "confirmed, contradicted, left (it says neither), tombstone (nobody had said so).",
    ["outcome"],
)

# Labels in, and labels out.
LABELS_IN = Counter(
    "indexer_labels_in",
    "Labels that labelers sent, by outcome: stored, unchanged (older than what is stored, or the "
    "same, or of a source who opted out), bad_signature, foreign_label, bad_label, too_big.",
    ["outcome"],
)
LABELERS_CONNECTED = Gauge("indexer_labelers_connected", "Labelers whose streams are being read.")
LABELER_RECONNECTS = Counter(
    "indexer_labeler_reconnects",
    "Times that a labeler's stream ended or could not be had, by cause.",
    ["cause"],
)
LABELER_CURSOR = Gauge(
    "indexer_labeler_cursor", "The last message of each labeler that is committed.", ["labeler"]
)
LABELER_DELAY_SECONDS = Gauge(
    "indexer_labeler_delay_seconds",
    "Our clock less the time in the last label of each labeler when it was stored.",
    ["labeler"],
)
LABEL_SUBSCRIBERS = Gauge("indexer_label_subscribers", "Subscribers to our own labels.")
LABEL_SUBSCRIBERS_GONE = Counter(
    "indexer_label_subscribers_gone",
    "Subscribers that left or were dropped, by why: left, too_slow, future_cursor, no_room, ended.",
    ["why"],
)
LABEL_MESSAGES_SENT = Counter("indexer_label_messages_sent", "Messages sent to subscribers.")
LABEL_SUBSCRIBER_LAG = Gauge(
    "indexer_label_subscriber_lag", "Events that the slowest subscriber has yet to be sent, about."
)
LABEL_REQUESTS = Counter(
    "indexer_label_requests",
    "Requests about labels that were answered over HTTP.",
    ["method", "status"],
)

# Where we are.
CURSOR = Gauge("indexer_cursor", "Highest seq such that it and all before it are committed.")
RECEIVED_SEQ = Gauge("indexer_received_seq", "Highest seq received.")
LAG_SECONDS = Gauge(
    "indexer_lag_seconds", "Age of the oldest frame received and not committed, by our own clock."
)
FRAME_LAG_SECONDS = Gauge(
    "indexer_frame_lag_seconds", "Our clock less the time in the last frame received."
)
EPOCH = Gauge("indexer_epoch", "How often reading began from the stored cursor.")
CONNECTED = Gauge("indexer_connected", "1 while connected to the source.")
CONNECTS = Counter("indexer_connects", "Connections made to the source.")
RECONNECTS = Counter(
    "indexer_reconnects", "Times the source was lost or could not be had, by cause.", ["cause"]
)
GAPS = Counter(
    "indexer_gaps", "Stretches of the source that were lost, by how we know.", ["reason"]
)
RESTARTS = Counter("indexer_restarts", "Children replaced, by why.", ["child", "cause"])
LOOP_LAG_SECONDS = Gauge(
    "indexer_loop_lag_seconds", "The longest delay of the event loop in the last second."
)
