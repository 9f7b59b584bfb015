"""Set the clock that a sweep's processes see forwards or back."""

import ctypes
import mmap
import shutil
import subprocess

from benchmarks.faults.kind import Kind
from benchmarks.faults.scene import NotPossible, Scene

_HOUR, _DAY = 3600, 86400

# It stands before the C library, and adds the number in a file to what that library says.
_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static volatile long long *shift;
__attribute__((constructor)) static void find(void) {
    int file = open(getenv("FAULT_CLOCK"), O_RDONLY);
    if (file >= 0) shift = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, now);
    if (clock == CLOCK_REALTIME && shift) now->tv_sec += *shift;
    return code;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *place) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (place) *place = exact.tv_sec;
    return exact.tv_sec;
}
"""


def _jump(scene: Scene) -> str:
    shift = _shifted(scene)
    kills = scene.chance.random() < 0.5
    seconds = scene.chance.choice([-_DAY, -_HOUR, -60, 60, _HOUR, _DAY])
    command = scene.start()
    moment = scene.reach(command)
    shift.value = seconds
    if kills:
        command.process.kill()
    killed = ", and the scheduler killed" if kills else ""
    return f"the clock set by {seconds:+} s{killed}, {moment}"


def _shifted(scene: Scene) -> ctypes.c_longlong:
    """Have all commands see another clock; returns the seconds that are added to it."""
    compiler = shutil.which("cc")
    if not compiler:
        raise NotPossible("another clock needs a C compiler")
    library, place = scene.folder / "clock.so", scene.folder / "clock"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", library, "-ldl"],
        input=_SOURCE.encode(), check=True,
    )  # fmt: skip
    place.write_bytes(bytes(8))
    with place.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 8)
    scene.variables |= {"LD_PRELOAD": str(library), "FAULT_CLOCK": str(place)}
    return ctypes.c_longlong.from_buffer(shared)


KINDS = (Kind("clock jumps", _jump),)
