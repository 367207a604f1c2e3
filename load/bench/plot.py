"""Lines and bars as SVG. No library: the small one there is patches the interpreter's imports, and
the well-kept ones weigh more than the indexer."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 352
LEFT, RIGHT, TOP, BOTTOM = 70, 740, 40, 270
COLOURS = "#0072b2 #d55e00 #009e73 #cc79a7 #e69f00 #56b4e9 #555555 #999933".split()
TICKS = 5
LEGEND_WIDTH = 165

Points = Sequence[tuple[float, float]]


def lines(title: str, series: Mapping[str, Points], unit: str = "s") -> str:
    """Each over the same axis, which is labelled with the unit; the other begins at 0."""
    points = [point for some in series.values() for point in some]
    if not points:
        return _svg(title, [_text(WIDTH / 2, HEIGHT / 2, "not measured", "middle")])
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    step, top = scale(max(y for _, y in points))
    across = (RIGHT - LEFT) / ((high - low) or 1)
    parts = [*_grid(step, top), _text(RIGHT, BOTTOM + 18, f"{high:,.0f} {unit}", "end")]
    parts.append(_text(LEFT, BOTTOM + 18, f"{low:,.0f}", "start"))
    for colour, some in zip(_colours(series), series.values(), strict=True):
        way = " ".join(f"{LEFT + (x - low) * across:.1f},{_height(y, top):.1f}" for x, y in some)
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
    return _svg(title, [*parts, *_legend(series)])


def bars(title: str, series: Mapping[str, Mapping[str, float]]) -> str:
    """One group for each label, in it a bar of each series that has the label."""
    labels = list(dict.fromkeys(label for some in series.values() for label in some))
    if not labels:
        return _svg(title, [_text(WIDTH / 2, HEIGHT / 2, "not measured", "middle")])
    step, top = scale(max(y for some in series.values() for y in some.values()))
    room = (RIGHT - LEFT) / len(labels)
    width = room * 0.8 / len(series)
    parts = list(_grid(step, top))
    for place, label in enumerate(labels):
        at = LEFT + place * room + room * 0.1
        parts.append(_text(at + room * 0.4, BOTTOM + 18, label[: int(room / 6) + 2], "middle"))
        for number, (colour, some) in enumerate(
            zip(_colours(series), series.values(), strict=True)
        ):
            if label in some:
                parts.append(_bar(at + number * width, width, some[label], top, colour, label))
    return _svg(title, [*parts, *_legend(series)])


def scale(most: float) -> tuple[float, float]:
    """A round step, and how far up the axis goes."""
    if most <= 0:
        return 1.0, 1.0
    raw = most / TICKS
    unit = 10.0 ** floor(log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw)
    return step, step * ceil(most / step)


def _bar(x: float, width: float, y: float, top: float, colour: str, label: str) -> str:
    height = _height(y, top)
    told = f"<title>{escape(label)}: {y:,.4g}</title>"
    return (
        f'<rect x="{x:.1f}" y="{height:.1f}" width="{width * 0.94:.1f}"'
        f' height="{BOTTOM - height:.1f}" fill="{colour}">{told}</rect>'
    )


def _grid(step: float, top: float) -> Iterator[str]:
    for number in range(round(top / step) + 1):
        y = _height(number * step, top)
        yield f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#ddd"/>'
        yield _text(LEFT - 8, y + 4, f"{number * step:,.10g}", "end")


def _legend(series: Mapping[str, object]) -> Iterator[str]:
    for number, (colour, name) in enumerate(zip(_colours(series), series, strict=True)):
        row, column = divmod(number, 4)
        x, y = LEFT + column * LEGEND_WIDTH, BOTTOM + 38 + row * 18
        yield f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
        yield _text(x + 15, y, name, "start")


def _height(y: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * y / top


def _colours(series: Mapping[str, object]) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(len(series))]


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, parts: Sequence[str]) -> str:
    head = _text(LEFT, 22, title, "start").replace("<text ", '<text class="title" ')
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{head}{"".join(parts)}</svg>'
