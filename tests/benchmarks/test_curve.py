"""The picture of what an added article costs."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import curve

SVG = "{http://www.w3.org/2000/svg}"


def told(median: float, worst: float) -> dict[str, float]:
    return {"median": median, "worst": worst}


def report(*sizes: int) -> dict[str, Any]:
    single = {
        "put_ms": told(20, 40),
        "found_s": told(0.5, 1.5),
        "cpu_s": told(0.1, 0.2),
        "written_mb": told(1, 4),
    }
    return {f"{size} articles": {"single articles": single} for size in sizes} | {"machine": {}}


def test_each_panel_shows_the_usual_and_the_worst_at_all_sizes_on_a_scale_from_nothing() -> None:
    drawn = ET.fromstring(curve.draw(*curve.panels(report(100_000, 1_000, 10_000))))  # noqa: S314 (our own)

    first, *others = drawn.findall(f"{SVG}g")
    assert len(others) == 3
    assert [text.text for text in first.findall(f"{SVG}text")] == [
        "stored, ms", "0", "20", "40", "1,000", "10,000", "100,000",
    ]  # fmt: skip
    worst, usual = (line.get("points", "").split() for line in first.findall(f"{SVG}polyline"))
    top, nothing = curve.TOP, curve.HEIGHT - curve.BOTTOM
    assert [point.split(",")[1] for point in worst] == [f"{top:.1f}"] * 3
    assert [point.split(",")[1] for point in usual] == [f"{(top + nothing) / 2:.1f}"] * 3
    assert [point.split(",")[0] for point in usual] == ["40.0", "122.0", "204.0"]


def test_the_picture_in_the_documents_is_that_of_the_figures() -> None:
    figures = json.loads(curve.FIGURES.read_text(encoding="utf-8"))
    assert curve.PICTURE.read_text(encoding="utf-8") == curve.draw(*curve.panels(figures))
