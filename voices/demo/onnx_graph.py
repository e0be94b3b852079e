"""A small writer of ONNX graphs."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TO_THE_END = 1 << 40
Array = np.ndarray


class Graph:
    """Writes ONNX nodes: `graph.Add(a, b)` gives the name of the sum. Arrays among the inputs become constants."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._names: dict[tuple[Any, ...], str] = {}

    def __getattr__(self, operator: str) -> Callable[..., str]:
        def add(*inputs: str | Array, out: str = "", **attributes: Any) -> str:
            names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
            number = len(self.nodes) + 1
            output = out or f"{operator.lower()}{number}"
            self.nodes.append(helper.make_node(operator, names, [output], name=f"{operator}_{number}", **attributes))
            return output

        return add

    def constant(self, value: Array) -> str:
        value = np.array(value, order="C")
        key = (value.dtype.str, value.shape, value.tobytes())
        if key not in self._names:
            self._names[key] = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(value, self._names[key]))
        return self._names[key]

    def half(self, value: Array) -> str:
        """Stored in 16 bits, computed in 32."""
        return self.as_float(self.constant(np.asarray(value, np.float16)))

    def as_float(self, name: str) -> str:
        return self.Cast(name, to=TensorProto.FLOAT)

    def as_integer(self, name: str) -> str:
        return self.Cast(name, to=TensorProto.INT64)

    def cut(self, name: str, start: int, end: int, axis: int) -> str:
        return self.Slice(name, vector(start), vector(end), vector(axis))

    def clamp(self, name: str, low: float, high: float) -> str:
        return self.Min(self.Max(name, real(low)), real(high))

    def count_to(self, end: str | Array) -> str:
        return self.Range(whole(0), end, whole(1))

    def layer(self, name: str, weights: Mapping[str, Array], inputs: str, **attributes: Any) -> str:
        """A convolution with the weights of this name."""
        weight, bias = self.half(weights[f"{name}.weight"]), self.half(weights[f"{name}.bias"])
        return self.Conv(inputs, weight, bias, **attributes)


def real(value: Any) -> Array:
    return np.array(value, np.float32)


def vector(*values: int) -> Array:
    return np.array(values, np.int64)


def whole(value: int) -> Array:
    return np.array(value, np.int64)
