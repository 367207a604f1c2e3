"""What /status and /live of the running indexer say, and why it is not well."""

import os
from time import monotonic
from typing import Any

from indexer.config import Config
from indexer.parent.lane import Lane
from indexer.parent.meter import Meter, behind_s
from indexer.parent.process import Parent
from indexer.supervisor.child import Child
from indexer.supervisor.looking import Looker

MOST_LAG_S = 60.0


def reasons(parent: Parent, children: list[Child], meter: Meter) -> list[str]:
    """Why all is not well. A child that begins is not missed; one that begins again is."""
    found = [parent.database_trouble] if parent.database_trouble else []
    found += parent.reading.reasons()
    if parent.lag_s > MOST_LAG_S:
        found.append(f"the oldest frame that is not committed came {parent.lag_s:.0f} s ago")
    if meter.trouble:
        found.append(meter.trouble)
    found += [
        f"{child.name} is {child.state}; it ended: {child.trouble}"
        for child in children
        if child.state != "running" and child.restarts
    ]
    return found


def unready(parent: Parent, children: list[Child], meter: Meter) -> list[str]:
    starting = [f"{child.name} is starting" for child in children if child.state == "starting"]
    return reasons(parent, children, meter) or starting


def report(config: Config, parent: Parent, children: list[Child], meter: Meter) -> dict[str, Any]:
    """`children` are the coordinator and then the shards. Rates are of the last ten seconds."""
    reading, cursor, rates = parent.reading, parent.cursor, meter.rates()
    shards = zip(children[1:], parent.lanes, rates, strict=True)
    return {
        "source": parent.source.service,
        "pid": os.getpid(),
        "epoch": parent.epoch,
        "reasons": reasons(parent, children, meter),
        "cursor": cursor.safe.seq,
        "received_seq": cursor.received.seq,
        "received_time": cursor.received.time,
        "lag_s": round(parent.lag_s, 3),
        "behind_s": behind_s(parent),
        "connects": parent.source.connects,
        "reconnects": reading.reconnects,
        "events_per_s": round(sum(rate[0] for rate in rates), 1),
        "ops_per_s": round(sum(rate[1] for rate in rates), 1),
        "events": sum(parent.events),
        "ops": sum(parent.ops),
        "unacked_frames": sum(lane.frames for lane in parent.lanes),
        "coordinator": _place(config, children[0]),
        "shards": [
            _place(config, child) | _load(config, lane, rate) | _done(parent, lane.index)
            for child, lane, rate in shards
        ],
        "facts": meter.facts,
    }


def live(
    config: Config, parent: Parent, children: list[Child], meter: Meter, looker: Looker
) -> dict[str, Any]:
    """The report, and what there is to see over time. Nobody is waited for."""
    told, said, history = looker.look(), report(config, parent, children, meter), meter.history
    shards = [shard | told.get(shard["name"], {}) | _limits(config) for shard in said["shards"]]
    coordinator = said["coordinator"] | told.get("coordinator", {})
    return said | {
        "shards": shards,
        "coordinator": coordinator,
        "finite": parent.source.finite,
        "connected": parent.reading.trouble is None,
        "uptime_s": round(monotonic() - meter.began_at),
        "latency": looker.latency(),
        "seconds": history.seconds(),
        "minutes": history.minutes(),
        "growth_per_day": history.growth_per_day(),
        "catching_up": history.catching_up(),
    }


def _limits(config: Config) -> dict[str, int]:
    return {
        "batch_capacity": config.writer.batch_events,
        "unacked_capacity": config.shards.unacked_frames,
    }


def _place(config: Config, child: Child) -> dict[str, Any]:
    address = f"http://{config.metrics.host}:{child.port}" if child.port else None
    return {
        "name": child.name,
        "state": child.state,
        "trouble": child.trouble,
        "pid": child.pid,
        "restarts": child.restarts,
        "metrics": address,
    }


def _load(config: Config, lane: Lane, rate: tuple[float, float]) -> dict[str, Any]:
    return {
        "events_per_s": round(rate[0], 1),
        "ops_per_s": round(rate[1], 1),
        "queue_depth": lane.depth,
        "queue_capacity": config.shards.queue_batches,
        "unacked_frames": lane.frames,
        "unacked_bytes": lane.bytes,
    }


def _done(parent: Parent, shard: int) -> dict[str, int]:
    return {"events": parent.events[shard], "ops": parent.ops[shard]}
