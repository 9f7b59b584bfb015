"""Write the function that registers a file's operators with TFLite Micro."""

from runner.firmware import c_text
from runner.firmware.facts import Facts

_TEXT = """{title}
#ifndef PRUNED_MODEL_OPERATORS_H_
#define PRUNED_MODEL_OPERATORS_H_

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

constexpr unsigned int kOperators = {number};

inline TfLiteStatus RegisterOperators(tflite::MicroMutableOpResolver<kOperators>& resolver) {{
{calls}
  return kTfLiteOk;
}}

#endif  // PRUNED_MODEL_OPERATORS_H_
"""


def operators_h(facts: Facts) -> str:
    """Write operators.h, for a resolver that has room for just these operators."""
    calls = (
        f"  if (resolver.{operator.method}() != kTfLiteOk) return kTfLiteError;"
        for operator in facts.operators
    )
    title, number = c_text.comment(facts.title), len(facts.operators)
    return _TEXT.format(title=title, number=number, calls="\n".join(calls))
