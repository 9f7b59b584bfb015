"""Write the function that turns the pixels of an image into what a file takes."""

from runner.firmware import c_text
from runner.firmware.facts import Facts

_TEXT = """{title}
#ifndef PRUNED_MODEL_PREPROCESSING_H_
#define PRUNED_MODEL_PREPROCESSING_H_

#include <cmath>
#include <cstdint>
#include <limits>

#include "model.h"

// From each {pixel} a mean is taken off, and a deviation divides the rest:
// one for all channels, or one for each.
constexpr int kChannels = {channels};
constexpr float kMean[kChannels] = {{{mean}}};
constexpr float kDeviation[kChannels] = {{{std}}};

// Rounds halves to even, as the runner did when it measured the file.
inline ModelInput Quantize(float number) {{
{quantize}
}}

// Takes one image of kInputShape, row by row, channels last, {order}.
inline void Preprocess(const {type}* image, ModelInput* input) {{
  for (int place = 0; place < kInputValues; ++place) {{
    const int channel = place % kChannels;
    const float number = static_cast<float>(image[{source}]);
    input[place] = Quantize((number - kMean[channel]) / kDeviation[channel]);
  }}
}}

#endif  // PRUNED_MODEL_PREPROCESSING_H_
"""
_QUANTIZE = """  const float step = std::nearbyint(number / kInputScale) + kInputZeroPoint;
  constexpr float least = std::numeric_limits<ModelInput>::min();
  constexpr float most = std::numeric_limits<ModelInput>::max();
  return static_cast<ModelInput>(step < least ? least : step > most ? most : step);"""


def preprocessing_h(facts: Facts) -> str:
    """Write preprocessing.h, which does what was done to the images that the file was measured on.

    It is float32 arithmetic, as NumPy's, and gives the same values.
    """
    scale = facts.scale
    as_is = scale.name == "as_is"
    return _TEXT.format(
        title=c_text.comment(facts.title),
        pixel="number of an image" if as_is else "pixel from 0 to 255",
        type="float" if as_is else "std::uint8_t",
        channels=len(scale.mean),
        mean=c_text.numbers(scale.mean),
        std=c_text.numbers(scale.std),
        quantize="  return number;" if facts.input.is_float else _QUANTIZE,
        order="red, green, blue" if scale.bgr else "in the order of the training images",
        source="place - channel + kChannels - 1 - channel" if scale.bgr else "place",
    )
