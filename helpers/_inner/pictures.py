"""A recorded story as a Mermaid diagram, as text, and as a timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

YOU = "You"
PARTICIPANTS = 4  # more of them are drawn as one
OTHERS = "other services"
ARROWS = {"ask": "->>", "answer": "-->>", "failure": "--x"}
TITLE = "Recorded: what happened, in the order in which it happened"
SAID = 70  # characters of a log line that fit into the picture
LABEL, WIDTH, ROW = 260, 380, 26
COLOURS = {"call": "#7b8794", "warm run": "#1c7ed6", "cold start": "#d9480f"}


@dataclass(frozen=True)
class Step:
    """One arrow of the story; `milliseconds` belongs to what was asked, not to the answer."""

    source: str
    target: str
    what: str
    kind: str  # ask, answer, failure, or a note of the source
    milliseconds: float | None = None
    cold: bool = False


def mermaid(steps: list[Step]) -> str:
    """A sequence diagram; JupyterLab draws it. It holds no times, so it is the same each time."""
    names = _participants(steps)
    lines = ["sequenceDiagram", f"    accTitle: {TITLE}"]
    aliases = {name: f"P{number}" for number, name in enumerate(dict.fromkeys(names.values()))}
    lines += [f"    participant {alias} as {_safe(name)}" for name, alias in aliases.items()]
    for step in steps:
        if step.kind == "note":
            text = _safe(_short(step.what))
            lines.append(f"    Note over {aliases[names[step.source]]}: {text}")
            continue
        source, target = aliases[names[step.source]], aliases[names[step.target]]
        lines.append(f"    {source}{ARROWS[step.kind]}{target}: {_safe(step.what)}")
    return "\n".join(lines)


def arrows(steps: list[Step]) -> str:
    """The same as text: each answer is indented as its question is."""
    lines: list[str] = []
    depth = 0
    for step in steps:
        if step.kind == "note":
            lines.append(f"{'    ' * depth}· {_short(step.what)}")
            continue
        depth -= step.kind != "ask"
        lines.append(f"{'    ' * depth}{step.source} → {step.target}: {step.what}")
        depth += step.kind == "ask"
    return "\n".join(lines) or "Nothing was recorded."


class Timeline:
    """Bars on a scale of milliseconds, with a text for who cannot see them."""

    def __init__(self, steps: list[Step]) -> None:
        self.bars: list[tuple[str, float, str]] = []
        for step in steps:
            run = step.what if step.source != YOU else ""
            kind = "call" if not run else "cold start" if step.cold else "warm run"
            name = f"    {step.target}, {run}" if run else step.what
            self.bars.append((name, step.milliseconds or 0, kind))

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {took:.1f} ms ({kind})" for name, took, kind in self.bars)

    def _repr_svg_(self) -> str:
        longest = max((took for _, took, _ in self.bars), default=1) or 1
        height = ROW * (len(self.bars) + 2)
        rows = [_bar(n, *bar, longest) for n, bar in enumerate(self.bars)]
        width = LABEL + WIDTH + 90
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
            f'aria-label="{escape(repr(self))}" font-family="sans-serif" font-size="13">'
            f'<rect width="100%" height="100%" fill="white"/>{"".join(rows)}{_legend(height)}</svg>'
        )


def _bar(number: int, name: str, took: float, kind: str, longest: float) -> str:
    top, width = 8 + number * ROW, max(2, took / longest * WIDTH)
    indent = 8 + 4 * (len(name) - len(name.lstrip()))
    return (
        f'<text x="{indent}" y="{top + 14}">{escape(name.strip())}</text>'
        f'<rect x="{LABEL}" y="{top}" width="{width:.0f}" height="{ROW - 8}" '
        f'fill="{COLOURS[kind]}"/>'
        f'<text x="{LABEL + width + 6:.0f}" y="{top + 14}">{took:.1f} ms</text>'
    )


def _legend(height: int) -> str:
    return "".join(
        f'<rect x="{LABEL + n * 130}" y="{height - 22}" width="12" height="12" fill="{colour}"/>'
        f'<text x="{LABEL + n * 130 + 18}" y="{height - 11}">{kind}</text>'
        for n, (kind, colour) in enumerate(COLOURS.items())
    )


def _participants(steps: Iterable[Step]) -> dict[str, str]:
    """Under which name each one is drawn: the last of too many share one."""
    seen = list(dict.fromkeys(name for step in steps for name in (step.source, step.target)))
    if len(seen) <= PARTICIPANTS:
        return {name: name for name in seen}
    return {name: name if n < PARTICIPANTS - 1 else OTHERS for n, name in enumerate(seen)}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SAID else f"{line[: SAID - 1]}…"


def _safe(text: str) -> str:
    """No character with a meaning to Mermaid, or to HTML."""
    return "".join(c if c.isalnum() or c in " _-.,@:/()'…·" else f"#{ord(c)};" for c in text)
