"""Cluster a pruned model, make it quantization-aware, or both, and keep its zeros."""

from runner.compress.dry_run import unsupported
from runner.compress.invariants import StageBroke, require_zeros_and_clusters
from runner.compress.stages import CompressionResult, Stage, compress

__all__ = [
    "CompressionResult",
    "Stage",
    "StageBroke",
    "compress",
    "require_zeros_and_clusters",
    "unsupported",
]
