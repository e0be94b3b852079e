"""The network: phoneme ids to frames of cepstrum, pitch, voicing and aperiodicity, and their number for each id."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from voices.demo.onnx_graph import TO_THE_END, Array, Graph, real, vector, whole

APERIODICITY_HZ = np.array([0, 1500, 3000, 4500, 6500, 11025.0])
Weights = Mapping[str, Array]


@dataclass(frozen=True)
class Frames:
    """Names of what the vocoder needs: one row a frame, and two numbers."""

    cepstrum: str
    log_pitch: str
    voicing: str
    aperiodicity: str
    count: str
    noise: str


def acoustic_model(graph: Graph, weights: Weights) -> Frames:
    """Phoneme ids to frames; defines the output w_ceil."""
    ids, sounds = phoneme_ids(graph)
    features = encoder(graph, weights, graph.Compress(ids, sounds, axis=0))
    durations = predicted_durations(graph, weights, features)
    noise, length, duration_noise = (graph.cut("scales", at, at + 1, 0) for at in range(3))
    jitter = graph.Mul(graph.Mul(duration_noise, real(0.08)), graph.RandomNormalLike(durations))
    durations = graph.Mul(graph.Mul(durations, graph.Exp(jitter)), length)
    counts = whole_frames(graph, durations, sounds)
    total, phoneme, position = frame_positions(graph, counts)
    return decoder(graph, weights, graph.Gather(features, phoneme, axis=2), position, total, noise)


def phoneme_ids(graph: Graph) -> tuple[str, str]:
    """The ids [T], and which of them sound: a pad never does."""
    ids = graph.Reshape("input", vector(-1))
    ids = graph.Slice(ids, vector(0), graph.Reshape("input_lengths", vector(-1)), vector(0))
    ids = graph.Max(graph.Min(ids, vector(255)), vector(0))
    return ids, graph.Not(graph.Equal(ids, vector(0)))


def encoder(graph: Graph, weights: Weights, ids: str) -> str:
    """Ids [n] to features [1, channels, n]."""
    embedded = graph.Gather(graph.half(weights["emb.weight"]), ids)
    near = graph.Unsqueeze(graph.Transpose(embedded, perm=[1, 0]), vector(0))
    for name in ("c1", "c2"):
        near = graph.Add(near, graph.Relu(graph.layer(name, weights, near, pads=[2, 2])))
    return graph.Concat(near, recurrent(graph, weights, near), axis=1)


def recurrent(graph: Graph, weights: Weights, features: str) -> str:
    size = weights["gru.weight_hh_l0"].shape[1]
    bias = np.concatenate([both_ways(weights, "bias_ih", size), both_ways(weights, "bias_hh", size)], 1)
    states = graph.GRU(
        graph.Transpose(features, perm=[2, 0, 1]),
        graph.half(both_ways(weights, "weight_ih", size)),
        graph.half(both_ways(weights, "weight_hh", size)),
        graph.half(bias),
        hidden_size=size,
        direction="bidirectional",
        linear_before_reset=1,
    )
    flat = graph.Reshape(states, vector(-1, 2 * size))
    return graph.Unsqueeze(graph.Transpose(flat, perm=[1, 0]), vector(0))


def both_ways(weights: Weights, name: str, size: int) -> Array:
    """Forward and reverse weights, their gates in ONNX's order; torch has reset before update."""
    ways = (weights[f"gru.{name}_l0"], weights[f"gru.{name}_l0_reverse"])
    return np.stack([np.concatenate([way[size : 2 * size], way[:size], way[2 * size :]]) for way in ways])


def predicted_durations(graph: Graph, weights: Weights, features: str) -> str:
    """Frames of each id that sounds, [n], not yet whole numbers."""
    hidden = graph.Relu(graph.layer("d1", weights, features, pads=[1, 1]))
    logarithm = graph.Reshape(graph.layer("d2", weights, hidden), vector(-1))
    return graph.Max(graph.Sub(graph.Exp(logarithm), real(1)), real(0))


def whole_frames(graph: Graph, durations: str, sounds: str) -> str:
    """Whole frames of each id that sounds, [n]; w_ceil has the same with 0 for pads, and at least one frame in all."""
    place = graph.CumSum(graph.as_integer(sounds), whole(0))
    place = graph.Max(graph.Sub(place, vector(1)), vector(0))
    frames = graph.Mul(graph.Gather(durations, place), graph.as_float(sounds))
    first = graph.Max(graph.cut(frames, 0, 1, 0), real(1))
    frames = graph.Concat(first, graph.cut(frames, 1, TO_THE_END, 0), axis=0)
    frames = graph.Max(graph.Sub(frames, real(0.5)), real(0))  # rounded up after this: Piper looks for a Ceil
    graph.Ceil(graph.Reshape(frames, vector(1, 1, -1)), out="w_ceil")
    return graph.Compress(graph.as_integer(graph.Reshape("w_ceil", vector(-1))), sounds, axis=0)


def frame_positions(graph: Graph, counts: str) -> tuple[str, str, str]:
    """The number of frames, the phoneme of each [F], and where in its phoneme each stands [1, 5, F]."""
    ends = graph.CumSum(counts, whole(0))
    total = graph.ReduceSum(counts, keepdims=0)
    frame = graph.count_to(total)
    passed = graph.GreaterOrEqual(graph.Unsqueeze(frame, vector(1)), graph.Unsqueeze(ends, vector(0)))
    phoneme = graph.ReduceSum(graph.as_integer(passed), vector(1), keepdims=0)
    done = graph.as_float(graph.Sub(frame, graph.Gather(graph.Sub(ends, counts), phoneme)))
    length = graph.as_float(graph.Gather(counts, phoneme))
    position = [
        graph.Div(graph.Add(done, real(0.5)), length),
        graph.Mul(graph.Min(done, real(20)), real(0.1)),
        graph.Mul(graph.Min(graph.Sub(graph.Sub(length, done), real(1)), real(20)), real(0.1)),
        graph.Div(graph.Log(length), real(3)),
        graph.Exp(graph.Div(done, real(-3))),
    ]
    rows = graph.Concat(*[graph.Unsqueeze(row, vector(0)) for row in position], axis=0)
    return total, phoneme, graph.Unsqueeze(rows, vector(0))


def decoder(graph: Graph, weights: Weights, features: str, position: str, total: str, noise: str) -> Frames:
    hidden = graph.Relu(graph.layer("inp", weights, graph.Concat(features, position, axis=1)))
    for number, dilation in enumerate((1, 2, 4, 1)):
        spread = {"pads": [dilation, dilation], "dilations": [dilation]}
        hidden = graph.Add(hidden, graph.Relu(graph.layer(f"dec.{number}", weights, hidden, **spread)))
    # The weights were fitted to standardised values: the last layer brings them back to their own scale.
    deviation, mean = weights["sd"], weights["mu"]
    last = graph.Conv(hidden, weights["out.weight"] * deviation[:, None, None], weights["out.bias"] * deviation + mean)
    rows = graph.Transpose(graph.Reshape(last, vector(len(deviation), -1)), perm=[1, 0])
    order = len(mean) - 2 - len(APERIODICITY_HZ)
    return Frames(
        cepstrum=graph.cut(rows, 0, order, 1),
        log_pitch=graph.cut(rows, order, order + 1, 1),
        voicing=graph.Sigmoid(graph.cut(rows, order + 1, order + 2, 1)),
        aperiodicity=graph.Sigmoid(graph.cut(rows, order + 2, len(mean), 1)),
        count=total,
        noise=noise,
    )
