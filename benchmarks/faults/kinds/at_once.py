"""Start two or three sweeps at once."""

import time

from benchmarks.faults.configuration import OTHERS, POINTS
from benchmarks.faults.kind import Kind
from benchmarks.faults.scene import Scene


def _same(scene: Scene) -> str:
    scene.may_refuse = True
    sweeps = scene.chance.choice([2, 2, 3])
    seconds = scene.chance.choice([0, scene.seconds(0, 8)])
    for number in range(sweeps):
        if number:
            time.sleep(seconds)
        scene.start()
    return f"the same sweep {sweeps} times, {seconds:.1f} s apart"


def _others(scene: Scene) -> str:
    scene.grids = [POINTS, OTHERS]
    seconds = scene.chance.choice([0, scene.seconds(0, 8)])
    scene.start()
    time.sleep(seconds)
    scene.start(OTHERS)
    return f"two sweeps that share points, {seconds:.1f} s apart"


KINDS = (
    Kind("the same sweep at once", _same),
    Kind("two sweeps at once", _others),
)
