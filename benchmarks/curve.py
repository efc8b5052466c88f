"""Draws what an added article costs as the corpus grows, out of the figures of `arrivals.py`.

python benchmarks/curve.py [benchmarks/results/arrivals.json] [docs/decisions/0008-arrivals.svg]
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "benchmarks" / "results" / "arrivals.json"
PICTURE = ROOT / "docs" / "decisions" / "0008-arrivals.svg"

#: Sizes in pixels: a panel, what is left around its lines, and a dot.
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT, DOT = 230, 170, 40, 34, 30, 26, 3

#: Colours of the median or mean, and of the worst case; both can be read on white and on black.
USUAL, WORST = "#2f81f7", "#d29922"


class Panel(NamedTuple):
    """What is drawn in one panel: a title, and lines of values by the number of articles."""

    title: str
    usual: Sequence[float]
    worst: Sequence[float]


def panels(report: Mapping[str, Any]) -> tuple[list[int], list[Panel]]:
    """Return the sizes of the corpora, ascending, and what is drawn of them."""
    measured = {int(name.split()[0]): one for name, one in report.items() if name.endswith(" articles")}
    sizes = sorted(measured)
    single = [measured[size]["single articles"] for size in sizes]
    return sizes, [
        Panel("stored, ms", *_lines(single, "put_ms")),
        Panel("found after that, s", *_lines(single, "found_s")),
        Panel("processor time, s", *_lines(single, "cpu_s")),
        Panel("written, MB", *_lines(single, "written_mb")),
    ]


def _lines(single: Sequence[Mapping[str, Any]], name: str) -> tuple[list[float], list[float]]:
    return [one[name]["median"] for one in single], [one[name]["worst"] for one in single]


def draw(sizes: Sequence[int], some: Sequence[Panel]) -> str:
    """Return the picture as SVG: a panel beside the other, sizes on a logarithmic scale."""
    shown = "\n".join(
        f'<g transform="translate({number * WIDTH} 0)">{_panel(sizes, one)}</g>'
        for number, one in enumerate(some)
    )
    width, height = len(some) * WIDTH, HEIGHT + 22
    legend = (
        f'<text x="{LEFT}" y="{HEIGHT + 12}"><tspan fill="{USUAL}">median</tspan> and '
        f'<tspan fill="{WORST}">worst</tspan> of twenty single articles, by articles in the corpus</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="11" fill="#808080">\n{shown}\n{legend}\n'
        "</svg>\n"
    )


def _panel(sizes: Sequence[int], panel: Panel) -> str:
    top = _rounded_up(max(*panel.usual, *panel.worst))
    last = math.log10(sizes[-1] / sizes[0]) or 1.0
    across = [LEFT + (WIDTH - LEFT - RIGHT) * math.log10(size / sizes[0]) / last for size in sizes]

    def down(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top

    found = [f'<text x="{LEFT}" y="{TOP - 14}" font-weight="bold">{panel.title}</text>']
    for value in (0.0, top / 2, top):
        y = down(value)
        found.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#808080" stroke-opacity=".3"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
        )
    found += [
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{size:,}</text>'
        for x, size in zip(across, sizes, strict=True)
    ]
    for values, colour in ((panel.worst, WORST), (panel.usual, USUAL)):
        points = [(x, down(value)) for x, value in zip(across, values, strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        found.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        found += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT}" fill="{colour}"/>' for x, y in points]
    return "".join(found)


def _rounded_up(value: float) -> float:
    """Return the next of 1, 2, 3, 4, 5, 6, 8 and 10 times a power of ten: a scale's end."""
    power = 10.0 ** math.floor(math.log10(value))
    step: float = next(step for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value)
    return step * power


def main() -> None:
    """Read the figures and write the picture."""
    figures, picture = [*map(Path, sys.argv[1:3]), *(FIGURES, PICTURE)[len(sys.argv[1:3]) :]]
    picture.write_text(draw(*panels(json.loads(figures.read_text(encoding="utf-8")))), encoding="utf-8")


if __name__ == "__main__":
    main()
