"""Encode files: `python -m runner.export.tflm.encoding_process`, started by encoded_file.py.

TFLite Micro's interpreter, which verifies them, prints what it has to say, and may abort.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from runner.device.answering import answer_all, printed
from runner.settings.targets import Encoding

_SEED = 0


def main() -> None:
    """Enter from `encoded_file.py`."""
    answer_all(_encode)


def _encode(question: Mapping[str, Any], words: Path) -> Mapping[str, Any]:
    try:
        from runner.export.tflm.dispatch import encode
        from runner.export.tflm.verify import verify

        source = Path(question["source"]).read_bytes()
        encoding, images = question["encoding"], question["images"]
        encoded = encode(source, Encoding(encoding)) if encoding else source
        Path(question["path"]).write_bytes(encoded)
        if encoded != source or not encoding:
            verify(source, encoded, np.load(images) if images else None, _SEED)
    except Exception as error:
        said = printed(words)
        return {"why": said if said and isinstance(error, RuntimeError) else str(error)}
    return {}


if __name__ == "__main__":
    main()
