from pathlib import Path

from runner.nightly.settings import read


def test_a_sweep_is_named_without_the_secret_of_an_address(tmp_path: Path) -> None:
    path = tmp_path / "night.yaml"
    path.write_text(
        "sweeps:\n"
        "  - +sweep=nightly 'sweep.first=[\"a b\"]'\n"
        "  - +sweep=smoke tracking.uri=http://me:S3cr3t@host\n"
        "uri: http://me:S3cr3t@host\n"
    )
    settings = read(path)
    assert settings.sweeps == (
        "+sweep=nightly 'sweep.first=[\"a b\"]'",
        "+sweep=smoke 'tracking.uri='\"'\"'http://me:***@host'\"'\"''",
    )
    # What the sweep then finds in its environment.
    assert settings.uri == "http://me:S3cr3t@host"
