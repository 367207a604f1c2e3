"""Graphs and bars of characters."""

from indexer.terminal.graph import bar, graph


def test_a_graph_is_as_large_as_was_said_and_its_newest_value_is_right() -> None:
    assert graph([1, 2, 3, 4], 2, 1) == ["⣠⣾"]
    assert graph([4], 2, 1) == ["⠀⢸"]
    assert graph([0, 8], 1, 2) == ["⢸", "⢸"]


def test_something_shows_of_anything_and_nothing_of_nothing() -> None:
    assert graph([0, 0.001, 1000, None], 2, 1) == ["⢀⡇"]
    assert graph([], 3, 1) == graph([None, 0], 3, 1) == ["⠀⠀⠀"]


def test_of_many_values_the_largest_are_drawn() -> None:
    (row,) = graph([1] * 50 + [100] + [1] * 49, 5, 1)
    assert len(row) == 5 and row.count("⣀") == 4 and ("⡇" in row or "⣇" in row or "⣸" in row)


def test_a_length_keeps_the_scale_of_time_while_it_fills() -> None:
    assert graph([5] * 10, 4, 1, length=20) == ["⠀⠀⣿⣿"]


def test_bars_are_as_full_as_they_are() -> None:
    assert bar(0, 10, 4) == "    "
    assert bar(5, 10, 4) == "██  "
    assert bar(1, 10_000, 4) == "▏   "
    assert bar(50, 10, 4) == "████"
    assert bar(1, 0, 2) == "▏ "
