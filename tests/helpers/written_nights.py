"""Write nights into a store and their outputs into a folder, without training anything."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlflow.entities import ViewType

from runner.nightly.cleanup.clean import Cleanup, clean
from runner.tracking import Kind, Store

FIRST, SECOND, THIRD, *LAST = NIGHTS = [f"2026-11-2{number}" for number in range(1, 7)]


@dataclass
class Written:
    """A store that nights are written to, the ids of its runs by name, and a folder of outputs."""

    folder: Path
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(f"sqlite:///{self.folder}/mlflow.db", "nightly")
        self.outputs = self.folder / "outputs"

    def run(self, kind: Kind, name: str, above: str = "", ends: bool = True, **tags: str) -> None:
        """Write a run with a small file; its parent is given by name."""
        named = {f"runner.{key}": value for key, value in tags.items()}
        run = self.store.new_run(kind, name, {}, named, self.ids.get(above))
        run.log_text("0" * 1000, "models/h5.h5")
        if ends:
            run.end("FINISHED")
        else:
            run.flush()
        self.ids[name] = run.id

    def night(self, name: str, baseline: str, ends: bool = True, pick: str = "true") -> None:
        """Write a night of one sweep of two points, one picked, and its outputs."""
        if baseline not in self.ids:
            self.run(Kind.BASELINE, baseline)
        used = self.ids[baseline]
        self.run(Kind.NIGHTLY, name, ends=ends)
        self.run(Kind.SWEEP, f"{name} sweep", name)
        self.run(Kind.POINT, f"{name} best", f"{name} sweep", baseline_run_id=used, pick=pick)
        self.run(Kind.POINT, f"{name} other", f"{name} sweep", baseline_run_id=used)
        (self.outputs / name).mkdir(parents=True)
        (self.outputs / name / "log.txt").write_text("0" * 5000)

    def failed(self, name: str, above: str) -> None:
        """Write a run and delete it, as the runner does when a failed point is run again."""
        self.run(Kind.POINT, name, above)
        self.store.delete(self.store.get(self.ids[name]))

    def left(self, view: Any = ViewType.ALL) -> set[str]:
        """Name the runs of the experiment that the store has, deleted ones too unless told."""
        where = [self.store.experiment_id]
        found = self.store.connection.search_runs(where, run_view_type=view)
        return {each.info.run_name for each in found}

    def on_disk(self) -> set[str]:
        """Name the runs that have a folder on disk."""
        folders = {each.name for each in (self.folder / "mlruns" / "nightly").iterdir()}
        return {name for name, run_id in self.ids.items() if run_id in folders}

    def all(self) -> tuple[set[str], set[str], set[str], set[str]]:
        """Name active runs, all runs, those on disk, and the folders of outputs."""
        outputs = {each.name for each in self.outputs.iterdir()}
        return self.left(ViewType.ACTIVE_ONLY), self.left(), self.on_disk(), outputs

    def clean(self, keep_nights: int = 3, dry_run: bool = False) -> Cleanup:
        """Clean, and watch for a moment what another machine may have left running."""
        return clean(self.store, keep_nights, self.outputs, dry_run, period=0.05)
