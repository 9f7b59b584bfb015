"""Draw command lines that are malformed, each of them for certain."""

from random import Random

# Whole numbers, of which none takes a number below 0, and none a text.
_WHOLE = ("seed", "threads", "schedule.epochs", "baseline.batch_size", "hydra.launcher.n_jobs")
_WRONG = (
    "-1",
    "nan",
    "-inf",
    "1.5",
    "true",
    "[]",
    "[1]",
    "{}",
    "{a: 1}",
    "many",
    "'1'",
    "''",
    "1e3",
)
_GROUPS = ("schedule", "dataset", "compress", "hydra/launcher", "export")
_CALLS = ("int", "float", "choice", "range", "sort", "shuffle", "glob", "interval", "tag", "nope")
# No digits: nothing that is made of these is a whole number.
_GARBAGE = "abz_.:,;=[]{}()'\"\\$#%~+-*?<>|&^@!` \t\u202e\x1b"


def lines(seed: int, count: int) -> list[list[str]]:
    """Draw as many command lines."""
    draw = Random(seed)  # noqa: S311 (no secret)
    return [[*draw.choice(([], [], ["-m"])), _override(draw)] for _ in range(count)]


def _override(draw: Random) -> str:
    key, wrong = draw.choice(_WHOLE), draw.choice(_WRONG)
    garbage = "".join(draw.choices(_GARBAGE, k=draw.randrange(1, 30)))
    kinds = (
        f"{key}={wrong}",
        f"{draw.choice(_GROUPS)}={draw.choice(('null', '1', 'true', 'nope', '../x'))}",
        f"{draw.choice(('', '+', '++', '~'))}{_misspelt(draw, key)}={draw.randrange(9)}",
        f"{key}={draw.choice(_CALLS)}({wrong}{draw.choice((')', '', ',', '))'))}x",
        f"{key}={draw.choice('[{(')}{wrong},",
        f"{key}{draw.choice((' =', '==', ':', '', '.=', '@='))}{wrong} = ]",
        *[f"{key}=x{garbage}"] * 4,
    )
    return draw.choice(kinds)


def _misspelt(draw: Random, name: str) -> str:
    """Leave out a letter of the last part, which is that of no setting then."""
    group, _, last = name.rpartition(".")
    at = draw.randrange(len(last))
    return f"{group}.{last[:at]}{last[at + 1 :]}".lstrip(".")
