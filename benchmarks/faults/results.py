"""Keep what each fault came to in a file, a line each, and print it as lines and as a table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.faults.verdict import Verdict

_COLUMNS: Mapping[str, str] = {
    "lost": "results lost",
    "wrong": "wrong figures",
    "doubles": "double runs",
    "orphans": "orphaned processes",
    "codes": "wrong exit codes",
    "traces": "traces left",
}


@dataclass(frozen=True)
class Result:
    """One fault, and what became of it; `verdict` is None where it was not possible here."""

    seed: int
    number: int
    kind: str
    where: str
    words: str
    seconds: float
    verdict: Verdict | None

    def __str__(self) -> str:
        """Say it in a line."""
        head = f"{self.number:3} {self.kind} ({self.where}): {self.words}"
        if self.verdict is None:
            return f"{head}: not possible here"
        resumed = "resumed" if self.verdict.resumed else "NOT RESUMED"
        found = "; ".join(self.findings())
        return f"{head}: {resumed}, {self.seconds:.0f} s{f'; {found}' if found else ''}"

    def findings(self) -> Iterator[str]:
        """Yield what is wrong, by column."""
        for name, words in _COLUMNS.items():
            found: Sequence[str] = getattr(self.verdict, name)
            if found:
                yield f"{words.upper()}: {', '.join(found[:4])}{' ...' if found[4:] else ''}"


def add(path: Path, result: Result) -> None:
    """Write a result at the end of the file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result)) + "\n")


def read(path: Path, seed: int) -> list[Result]:
    """Return the last result of each fault of a seed, in their order."""
    if not path.exists():
        return []
    found: dict[int, Result] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        verdict = kept.pop("verdict")
        result = Result(**kept, verdict=Verdict(**verdict) if verdict else None)
        if result.seed == seed:
            found[result.number] = result
    return [found[number] for number in sorted(found)]


def table(results: Sequence[Result]) -> str:
    """Make the table: of each kind, how many faults came to what."""
    names = ["fault", "injected", "resumed", *_COLUMNS.values()]
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    judged = [result for result in results if result.verdict]
    kinds = sorted({result.kind for result in judged})
    lines += [_row(kind, [result for result in judged if result.kind == kind]) for kind in kinds]
    return "\n".join([*lines, _row("all", judged)])


def _row(name: str, results: Sequence[Result]) -> str:
    verdicts = [result.verdict for result in results if result.verdict]
    resumed = sum(verdict.resumed for verdict in verdicts)
    # Faults, not findings: one lost store would count as many.
    counts = [sum(bool(getattr(verdict, column)) for verdict in verdicts) for column in _COLUMNS]
    return f"| {name} | {len(results)} | {resumed} | {' | '.join(map(str, counts))} |"
