"""What the processes of a running indexer serve, as Prometheus would find it."""

from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families


async def get(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return await (answer.json() if "json" in answer.content_type else answer.text())


async def targets(port: int) -> dict[str, str]:
    """By process, where its metrics are."""
    found = await get(f"http://127.0.0.1:{port}/targets")
    return {one["labels"]["process"]: one["targets"][0] for one in found}


async def served(port: int) -> dict[str, set[str]]:
    """The names of what each process serves: samples', and those of families still empty."""
    return {
        process: names(await get(f"http://{where}/metrics"))
        for process, where in (await targets(port)).items()
    }


def names(text: str) -> set[str]:
    families = list(text_string_to_metric_families(text))
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    declared = {f"{f.name}{end}" for f in families for end in ends.get(f.type, ())}
    return declared | {sample.name for family in families for sample in family.samples}
