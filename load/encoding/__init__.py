"""Happenings into frames: every account's repository, its tree, its signed commits.

`frames` is the way in, `side_by_side` the same in several processes. A `repository` has a tree
(`mst`), perhaps with a past that was never streamed (`history`); most are put away (`shelf`).
`border` says where a world's past ends.
"""
