"""Plots are SVG that a browser can read, on axes that people can."""

from xml.etree import ElementTree

import pytest

from load.bench.plot import bars, lines, scale


@pytest.mark.parametrize(
    ("most", "step", "top"), [(97, 20, 100), (25_100, 10_000, 30_000), (0.7, 0.2, 0.8), (0, 1, 1)]
)
def test_an_axis_has_round_steps_and_room(most: float, step: float, top: float) -> None:
    assert scale(most) == pytest.approx((step, top))


def test_lines_and_bars_stand_where_they_should() -> None:
    drawn = ElementTree.fromstring(lines("A < B", {"one": [(0, 0), (10, 50)], "two": [(5, 100)]}))
    assert [line.get("points") for line in drawn.iter("polyline")] == [
        "70.0,270.0 740.0,155.0",
        "405.0,40.0",
    ]
    drawn = ElementTree.fromstring(bars("C & D", {"x": {"p": 1, "q": 2}, "y": {"q": 1}}))
    assert len([bar for bar in drawn.iter("rect") if bar.find("title") is not None]) == 3


def test_nothing_measured_is_said() -> None:
    assert "not measured" in lines("empty", {"one": []})
    assert "not measured" in bars("empty", {"one": {}})
