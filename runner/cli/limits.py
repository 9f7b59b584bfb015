"""Add the options that limit which file is shipped, and read them."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from runner.cli.command import Parser
from runner.settings.byte_count import ACCEPTED, read_bytes
from runner.settings.devices import Device
from runner.settings.targets import Target

if TYPE_CHECKING:
    from runner.device.budgets import Budgets
    from runner.results.selection import Criteria

_LIMITS = ("max_bytes", "max_zip_bytes", "max_latency_ms", "max_macs")


def add_limits(options: Parser) -> None:
    """Add the options that say what a file must keep."""
    options.add_argument(
        "--max-drop", type=_share, metavar="SHARE",
        help="validation accuracy it may lose, 0.01 is one point; default: the sweep's own limit",
    )  # fmt: skip
    options.add_argument(
        "--confidence", type=_confidence, metavar="SHARE",
        help="only what is within that limit with so much confidence, as in 0.95; default: the "
        "sweep's own, or else the accuracies that were measured",
    )  # fmt: skip
    options.add_argument(
        "--target", action="append", choices=[*map(str, Target)], metavar="TARGET",
        help=f"only files of this kind, may be given again: {', '.join(Target)}",
    )  # fmt: skip
    options.add_argument("--max-bytes", type=_count, metavar="N", help="bytes of the file itself")
    options.add_argument("--max-zip-bytes", type=_count, metavar="N", help="bytes of its zip")
    options.add_argument(
        "--max-macs", type=_count, metavar="N",
        help="multiplications, each with an addition, for one image",
    )  # fmt: skip
    options.add_argument(
        "--max-latency-ms", type=_positive, metavar="MS",
        help="median milliseconds an image on the machine of the sweep (measure.latency=true)",
    )  # fmt: skip
    options.add_argument(
        "--where", action="append", default=[], type=_setting, metavar="SETTING=VALUE",
        help="only points with this setting, as in dataset.name=mnist; may be given again",
    )  # fmt: skip
    add_device(options)


def add_device(options: Parser) -> None:
    """Add the options that say what a file must run on, and the room there."""
    options.add_argument(
        "--device", choices=[*map(str, Device)], metavar="DEVICE",
        help=f"what it must run on: {', '.join(Device)}; default: the sweep's own device and "
        "budgets, which hold for its devices as far as no option says otherwise",
    )  # fmt: skip
    options.add_argument(
        "--flash", type=_bytes, metavar="BYTES",
        help="of its zip on a phone, else of the file as it lies in memory; as in 256K",
    )  # fmt: skip
    options.add_argument(
        "--ram", type=_bytes, metavar="BYTES", help="of memory while it runs there; as in 64K"
    )
    options.add_argument(
        "--latency-ms", type=_positive, metavar="MS",
        help="milliseconds an image there: measured for a phone, estimated for an Ethos-U",
    )  # fmt: skip
    options.add_argument(
        "--own", action="append", default=[], type=_own, metavar="NAME=MOST",
        help="a number that measure.command printed; may be given again",
    )  # fmt: skip


def criteria_of(arguments: argparse.Namespace, targets: Sequence[Target]) -> "Criteria":
    """Return what a file must keep, as the options say."""
    # What reads results needs MLflow, which would cost --help its seconds.
    from runner.results.selection import Criteria

    limits = {name: value for name in _LIMITS if (value := getattr(arguments, name)) is not None}
    return Criteria(
        tuple(targets),
        arguments.max_drop,
        tuple(arguments.where),
        limits,
        Device(arguments.device) if arguments.device else None,
        budgets_of(arguments),
        arguments.confidence,
    )


def budgets_of(arguments: argparse.Namespace) -> "Budgets":
    """Return the room on the device, as the options say."""
    from runner.device.budgets import Budgets

    return Budgets(arguments.flash, arguments.ram, arguments.latency_ms, dict(arguments.own))


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text}: must be a setting and its value, as in seed=1")
    return name, value


def _own(text: str) -> tuple[str, float]:
    name, equals, most = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text}: must be a name and the most, as in ms=12.5")
    return name, _within(most, float, 0, 1e300, "a number of at least 0")


def _bytes(text: str) -> float:
    accepted = f"at least 1 of {ACCEPTED}"
    return _within(text, lambda given: int(str(read_bytes(given))), 1, float("inf"), accepted)


def _share(text: str) -> float:
    return _within(text, float, 0, 1, "a share from 0 to 1")


def _confidence(text: str) -> float:
    return _within(text, float, 0.5, 1 - 1e-9, "a share of at least 0.5 and below 1")


def _count(text: str) -> float:
    return _within(text, int, 1, float("inf"), "a whole number of at least 1")


def _positive(text: str) -> float:
    return _within(text, float, 1e-9, 1e9, "a positive number")


def _within(
    text: str, kind: Callable[[str], float], least: float, most: float, accepted: str
) -> float:
    """Read a number; argparse puts the option's name before what is raised here."""
    try:
        value = kind(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text}: must be {accepted}")
    return value
