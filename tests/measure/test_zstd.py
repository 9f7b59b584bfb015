from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from runner.measure.file_sizes import zstd_bytes


def test_the_frame_holds_the_file_at_a_high_level(tmp_path: Path) -> None:
    content = np.random.default_rng(0).integers(0, 16, 50_000, dtype=np.uint8).tobytes()
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    assert 25_000 < zstd_bytes(path) < 0.53 * len(content)
    packed = pa.Codec("zstd", 19).compress(content, asbytes=True)
    assert zstd_bytes(path) == len(packed)
    assert pa.decompress(packed, len(content), codec="zstd", asbytes=True) == content
