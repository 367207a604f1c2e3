from tests.shard.conftest import writer

__all__ = ["writer"]
