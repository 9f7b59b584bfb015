"""A pruned model goes in; it comes out clustered, quantization-aware, or both, zeros kept."""

from runner.compress.dry_run import unsupported
from runner.compress.invariants import StageBroke, require_kept
from runner.compress.stages import Compressed, Stage, compress

__all__ = ["Compressed", "Stage", "StageBroke", "compress", "require_kept", "unsupported"]
