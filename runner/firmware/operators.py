"""Name the operators that firmware registers for a file to run in TFLite Micro."""

from dataclasses import dataclass
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from runner.escaping.brief import brief

# What MicroMutableOpResolver can add (tflite-micro, micro_mutable_op_resolver.h, October 2026):
# the method is `Add` and one of these, the operator the same in capitals.
_BUILTIN = """
Abs Add AddN ArgMax ArgMin AssignVariable AveragePool2D BatchMatMul BatchToSpaceNd BroadcastArgs
BroadcastTo CallOnce Cast Ceil Concatenation Conv2D Cos CumSum DepthToSpace DepthwiseConv2D
Dequantize Div DynamicUpdateSlice EmbeddingLookup Elu Equal Exp ExpandDims Fill Floor FloorDiv
FloorMod FullyConnected Gather GatherNd Greater GreaterEqual HardSwish If L2Normalization L2Pool2D
LeakyRelu Less LessEqual Log LogicalAnd LogicalNot LogicalOr Logistic LogSoftmax Maximum MaxPool2D
MirrorPad Mean Minimum Mul Neg NotEqual Pack Pad PadV2 Prelu Quantize ReadVariable ReduceAll
ReduceMax ReduceMin Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor ReverseV2 Round Rsqrt
SelectV2 Shape Sin Slice Softmax SpaceToBatchNd SpaceToDepth Split SplitV Squeeze Sqrt Square
SquaredDifference StridedSlice Sub Sum Svdf Tanh TransposeConv Transpose Unpack
UnidirectionalSequenceLSTM VarHandle While ZerosLike
"""
_METHODS = {name.upper(): f"Add{name}" for name in _BUILTIN.split()}
_CUSTOM = {"TFLM_DECODE": "AddDecode", "ethos-u": "AddEthosU"}
_NAMES = {
    code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)
}


@dataclass(frozen=True)
class Operator:
    """An operator of a file, and the method that registers it; empty where there is none."""

    name: str
    method: str


def operators(model: Any) -> list[Operator]:
    """List the operators that a file uses, each once, in the order of their first use.

    Args:
        model: the file, as the schema's reader gives it.
    """
    graphs = map(model.Subgraphs, range(model.SubgraphsLength()))
    used = (
        graph.Operators(index).OpcodeIndex()
        for graph in graphs
        for index in range(graph.OperatorsLength())
    )
    return list(dict.fromkeys(_operator(model.OperatorCodes(code)) for code in used))


def _operator(code: Any) -> Operator:
    # Which of the two fields holds the number depends on the converter's version.
    number = max(code.DeprecatedBuiltinCode(), code.BuiltinCode())
    if number == schema.BuiltinOperator.CUSTOM:
        name = brief((code.CustomCode() or b"").decode(errors="replace"))
        return Operator(name, _CUSTOM.get(name, ""))
    name = _NAMES.get(number, str(number))
    return Operator(name, _METHODS.get(name.replace("_", ""), ""))
