"""A voice as slow as a real medium one, made of the demo voice: what is fast with that one alone proves little.

18 convolutions of 512 channels with random weights run over the vocoder's features; what they give is scaled to next
to nothing and added. Inputs, outputs and sound stay the same; a core needs 0.09 seconds for one of speech.
"""

import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from voices.demo.onnx_graph import Graph, real
from voices.engines.piper_files import DEMO_DIR

DEMO, HEAVY = "en_US-demo-low", "en_US-heavy-low"
LAYERS, WIDTH, KERNEL = 18, 512, 5
SCALE = 1e-9


class Extra(Graph):
    """Nodes that are put into another graph: their names must not be there yet."""

    def __init__(self) -> None:
        super().__init__()
        self.random = np.random.default_rng(0)

    def constant(self, value: np.ndarray) -> str:
        name = f"heavy{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def convolved(self, features: str, channels_in: int, channels_out: int, kernel: int) -> str:
        weights = self.random.standard_normal((channels_out, channels_in, kernel), np.float32)
        weights *= np.float32(np.sqrt(2 / (channels_in * kernel)))
        name = f"heavy_conv{len(self.nodes)}"
        return self.Conv(features, weights, out=name, pads=[kernel // 2] * 2)

    def added_to(self, features: str, channels: int) -> str:
        heavy = self.convolved(features, channels, WIDTH, 1)
        for layer in range(LAYERS):
            heavy = self.convolved(heavy, WIDTH, WIDTH, KERNEL)
            heavy = self.LeakyRelu(heavy, out=f"heavy_relu{layer}", alpha=0.1)
        heavy = self.convolved(heavy, WIDTH, channels, 1)
        return self.Add(features, self.Mul(heavy, real(SCALE), out="heavy_scaled"), out="heavy_features")


def make_heavy_voice(folder: Path, name: str = HEAVY) -> Path:
    """Write the model, 96 MB, and its description; gives the model's path."""
    model = onnx.load(DEMO_DIR / f"{DEMO}.onnx")
    graph, extra = model.graph, Extra()
    last = [node for node in graph.node if node.op_type == "Conv"][-1]
    features, place = last.input[0], list(graph.node).index(last)
    weights = next(constant for constant in graph.initializer if constant.name == last.input[1])
    last.input[0] = extra.added_to(features, weights.dims[1])
    for number, node in enumerate(extra.nodes):
        node.name = f"heavy_{node.name}"
        graph.node.insert(place + number, node)
    graph.initializer.extend(extra.constants)
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{name}.onnx")
    shutil.copyfile(DEMO_DIR / f"{DEMO}.onnx.json", folder / f"{name}.onnx.json")
    return folder / f"{name}.onnx"
