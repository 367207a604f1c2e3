"""Labels in: the streams of other labelers. Labels out: ours, and what moderators do to them."""

from indexer.coordinator.labels.service import serve_labels

__all__ = ["serve_labels"]
