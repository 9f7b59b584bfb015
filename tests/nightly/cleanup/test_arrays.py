"""Arrays in the cache go once no night that is kept, and for a week nobody else, has used them."""

import shutil
from pathlib import Path

import pytest

from runner.files import kept_folder
from runner.nightly.cleanup.clean import clean
from runner.tracking import Kind, Store
from tests.helpers.kept_arrays import age, unpacked


def test_what_nobody_has_used_for_long_goes(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = store_folder / "cache"
    folders = [unpacked(cache, images, monkeypatch)[1] for images in (60, 64, 68)]
    downloaded = cache / "datasets" / "mnist.npz"
    downloaded.write_bytes(b"")
    half_made = cache / "datasets" / ".npz-0"
    half_made.mkdir(0o700)
    for folder, days in zip((*folders, half_made), (9, 6, 9, 9), strict=True):
        age(folder, days)
    elsewhere = store_folder / "elsewhere"
    shutil.copytree(cache, elsewhere)
    elsewhere.chmod(0o777)
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "nightly")
    for place in (cache, elsewhere):
        params = {"cache.folder": str(place)}
        store.new_run(Kind.SWEEP, "sweep", params, {}).end("FINISHED")
    night = store.new_run(Kind.NIGHTLY, "night", {}, {})
    night.end("FINISHED")

    def cleaned(dry_run: bool) -> tuple[str, set[Path]]:
        text = clean(store, 1, store_folder / "outputs", dry_run, period=0.05).text
        there = {path for path in cache.glob("datasets/*") if path.suffix != ".lock"}
        return text.splitlines()[0], there

    everything = {*folders, downloaded, half_made}
    point = store.new_run(Kind.POINT, "running", {}, {})
    point.flush()
    # It may be about to read any of them.
    assert cleaned(dry_run=False) == ("nothing deleted", everything)
    point.end("FINISHED")
    said, there = cleaned(dry_run=True)
    assert said.startswith("3 unused data sets of the cache would go, ")
    assert there == everything
    with kept_folder.lock(cache, folders[2]):
        assert cleaned(dry_run=False)[1] == {folders[1], folders[2], downloaded}
    assert cleaned(dry_run=False)[1] == {folders[1], downloaded}
    assert len([*elsewhere.glob("datasets/*/index.json")]) == 3
