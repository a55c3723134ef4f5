"""Numbers as people read them."""

from __future__ import annotations

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PREFIXES = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def power(exponent: int) -> str:
    """A power of ten, such as `10⁻³`."""
    return f"10{str(exponent).translate(_RAISED)}"


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits: `0.00576`, `4.50×10⁻⁵`, `1,240`."""
    if value is None or math.isnan(value):
        return "not a number" if value is not None else "unknown"
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinity"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if -4 < exponent < 6:
        return f"{value:,.{max(0, digits - 1 - exponent)}f}"
    return f"{value / 10.0**exponent:.{digits - 1}f}×{power(exponent)}"


def count(value: float | None) -> str:
    """A whole number with commas."""
    return f"{value:,.0f}" if value is not None and math.isfinite(value) else number(value)


def flops(value: float | None) -> str:
    """Floating-point operations, such as `1.32 TFLOP`."""
    if value is None or not math.isfinite(value):
        return number(value)
    for size, prefix in _PREFIXES:
        if value >= size:
            return f"{value / size:.3g}\u00a0{prefix}FLOP"
    return f"{value:.0f}\u00a0FLOP"


def duration(seconds: float | None) -> str:
    """A time, such as `0.8 s`, `44 s`, `3 min 20 s` or `2 h 5 min`."""
    if seconds is None or not math.isfinite(seconds):
        return number(seconds)
    if seconds < 9.95:
        return f"{seconds:.1f}\u00a0s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    if whole < 3600:
        return f"{whole // 60}\u00a0min" + (f" {whole % 60}\u00a0s" if whole % 60 else "")
    minutes = round(seconds / 60)
    return f"{minutes // 60}\u00a0h" + (f" {minutes % 60}\u00a0min" if minutes % 60 else "")


def times(ratio: float) -> str:
    """A factor, such as `4.0 times` or `1,200 times`."""
    return f"{ratio:.1f} times" if ratio < 10 else f"{number(float(f'{ratio:.2g}'), 2)} times"


def ranges(values: list[int]) -> str:
    """Whole numbers in order, runs of them shortened: `0–4, 7`."""
    parts: list[list[int]] = []
    for value in values:
        if parts and value == parts[-1][-1] + 1:
            parts[-1].append(value)
        else:
            parts.append([value])
    return ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 2 else ", ".join(map(str, part)) for part in parts)


def tick(value: float, plain: bool = True) -> str:
    """A tick label: `0.001`, `10k`, or a power of ten where the axis spans too much."""
    if value <= 0:
        return f"{value:g}"
    exponent = math.floor(math.log10(value) + 1e-9)
    if not plain and math.isclose(value, 10.0**exponent):
        return power(exponent)
    for size, prefix in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= size * (1 - 1e-9):
            return f"{value / (1e3 if prefix == 'k' else size):g}{prefix}"
    return f"{value:.10f}".rstrip("0").rstrip(".") if value < 1 else f"{value:g}"
