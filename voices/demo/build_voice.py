"""Build the demo voice from its fitted weights: an ONNX model that Piper runs unchanged, always the same bytes.

    python -m voices.demo.build_voice OUT.onnx        needs numpy and onnx

A small recurrent and convolutional network turns phoneme ids into a duration for each and, every 5.8 ms, a warped
cepstrum, a pitch, a voicing and six aperiodicities. A source-filter vocoder in plain ONNX operators turns those into
samples: a band-limited pulse train and fixed noise, a minimum-phase filter, overlap-add.

Inputs and outputs are those of Piper's own export, with T phoneme ids and N samples:
    input          int64 [1, T]        phoneme ids with a pad (0) between them
    input_lengths  int64 [1]
    scales         float [3]           noise, length, noise of the durations
    sid            int64 [1]           0 low, 1 mid, 2 high
    output         float [1, 1, 1, N]  22,050 Hz, N = 128 x the sum of w_ceil
    w_ceil         float [1, 1, T]     frames of each id
With both noises 0 the same ids give the same samples. Below, n is the number of ids that sound, F that of frames.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from voices.demo.acoustic_model import APERIODICITY_HZ, Weights, acoustic_model
from voices.demo.onnx_graph import Graph, vector
from voices.demo.vocoder import vocoder

WEIGHTS = Path(__file__).with_name("demo_weights.npz")


def build(weights: Weights) -> onnx.ModelProto:
    graph = Graph()
    graph.Reshape("sid", vector(-1), out="sid_")  # a number out of range fails, as with any Piper voice
    frames = acoustic_model(graph, weights)
    samples = vocoder(graph, frames, order=len(weights["mu"]) - 2 - len(APERIODICITY_HZ))
    graph.Reshape(samples, vector(1, 1, 1, -1), out="output")
    model = helper.make_model(
        helper.make_graph(graph.nodes, "piper_demo_voice", *inputs_and_outputs(), graph.constants),
        producer_name="build_voice.py",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def inputs_and_outputs() -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, ["batch_size", "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch_size"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        helper.make_tensor_value_info("sid", TensorProto.INT64, ["batch_size"]),
    ]
    outputs = [
        helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch_size", 1, 1, "time"]),
        helper.make_tensor_value_info("w_ceil", TensorProto.FLOAT, ["batch_size", 1, "phonemes"]),
    ]
    return inputs, outputs


def voice_bytes() -> bytes:
    """The model file, from the weights beside this script."""
    weights = {name: value.astype(np.float32) for name, value in np.load(WEIGHTS).items()}
    return build(weights).SerializeToString(deterministic=True)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(voice_bytes())
