"""The vocoder: frames to samples, by a source and a filter in plain ONNX operators."""

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from voices.demo.acoustic_model import APERIODICITY_HZ, Frames
from voices.demo.onnx_graph import TO_THE_END, Graph, real, vector, whole

SAMPLE_RATE = 22_050  # Hz
HOP, WINDOW, FFT = 128, 512, 1_024  # samples
BINS = FFT // 2 + 1
WARP = 0.455  # all-pass warping of the cepstrum, for 22,050 Hz
APERIODICITY_POWER = 2.0  # above 1: voiced sounds are less breathy
GAIN = 0.55  # keeps peaks below 1
NOISE_SAMPLES, NOISE_SEED, NOISE_SCALE = 65_536, 20_240_607, 30


@dataclass(frozen=True)
class Speaker:
    pitch: float  # a factor
    stretch: float  # of the frequency axis, as a shorter vocal tract does


SPEAKERS = [Speaker(0.84, 1.0), Speaker(1.2, 1.02), Speaker(1.85, 1.08)]  # low, mid, high


def vocoder(graph: Graph, frames: Frames, order: int) -> str:
    """Frames to samples [N]; `order` is the number of cepstral coefficients."""
    samples = graph.Mul(frames.count, whole(HOP))
    pulses = pulse_train(graph, frames)
    noise = fixed_noise(graph, samples)
    forward = forward_transform(graph)
    pulse_spectrum = spectrum(graph, pulses, forward, frames.count)
    noise_spectrum = spectrum(graph, noise, forward, frames.count)
    amplitude, phase = vocal_tract(graph, frames, order)
    source = mixed(graph, frames, amplitude, pulse_spectrum, noise_spectrum)
    return overlap_add(graph, turned(graph, source, phase), samples)


def pulse_train(graph: Graph, frames: Frames) -> str:
    """One cosine for each harmonic below half the sample rate, summed in closed form (a Dirichlet kernel)."""
    pitch = sample_pitch(graph, frames)
    # In double precision, so that the phase does not drift in long texts.
    cycles = graph.CumSum(graph.Cast(graph.Div(pitch, real(SAMPLE_RATE)), to=TensorProto.DOUBLE), whole(0))
    phase = graph.Mul(graph.as_float(graph.Sub(cycles, graph.Floor(cycles))), real(np.pi))
    terms = graph.Add(graph.Mul(graph.Floor(graph.Div(real(SAMPLE_RATE / 2), pitch)), real(2)), real(1))
    divisor = graph.Sin(phase)
    tiny = graph.Less(graph.Abs(divisor), real(1e-4))
    ratio = graph.Div(graph.Sin(graph.Mul(terms, phase)), graph.Where(tiny, real(1), divisor))
    pulses = graph.Where(tiny, terms, ratio)
    return graph.Mul(graph.Sub(pulses, real(1)), graph.Sqrt(graph.Div(pitch, real(SAMPLE_RATE))))


def sample_pitch(graph: Graph, frames: Frames) -> str:
    """The pitch of each sample in Hz, [N]: straight lines between frames."""
    factor = graph.Gather(real([np.log(speaker.pitch) for speaker in SPEAKERS]), "sid_")
    logarithm = graph.Add(frames.log_pitch, factor)
    shift = graph.Mul(graph.Mul(frames.noise, real(0.015)), graph.RandomNormal(shape=[1], dtype=TensorProto.FLOAT))
    pitch = graph.Exp(graph.Add(logarithm, shift))
    following = graph.Concat(graph.cut(pitch, 1, TO_THE_END, 0), graph.cut(pitch, -1, TO_THE_END, 0), axis=0)
    rising = (np.arange(HOP) / HOP).astype(np.float32)[None]
    return graph.Reshape(graph.Add(graph.Mul(pitch, 1 - rising), graph.Mul(following, rising)), vector(-1))


def fixed_noise(graph: Graph, samples: str) -> str:
    """The same noise every time, from a table of 8 bits."""
    normal = np.random.Generator(np.random.PCG64(NOISE_SEED)).standard_normal(NOISE_SAMPLES)
    table = np.clip(np.round(normal * NOISE_SCALE), -127, 127).astype(np.int8)
    place = graph.Mod(graph.count_to(samples), vector(NOISE_SAMPLES))
    return graph.Mul(graph.as_float(graph.Gather(graph.constant(table), place)), real(1 / NOISE_SCALE))


def fourier_basis(graph: Graph, rows: int, columns: int) -> tuple[str, str]:
    """Cosines and sines of 2 pi row x column / FFT; they are computed when the session loads, not stored."""
    row, column = graph.count_to(whole(rows)), graph.count_to(whole(columns))
    turns = graph.Mul(graph.Unsqueeze(row, vector(1)), graph.Unsqueeze(column, vector(0)))
    angle = graph.Mul(graph.as_float(graph.Mod(turns, vector(FFT))), real(2 * np.pi / FFT))
    return graph.Cos(angle), graph.Sin(angle)


def forward_transform(graph: Graph) -> str:
    cosines, sines = fourier_basis(graph, WINDOW, BINS)
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)[:, None] / 2
    return graph.Mul(graph.Concat(cosines, graph.Neg(sines), axis=1), hann)


def spectrum(graph: Graph, samples: str, forward: str, count: str) -> tuple[str, str]:
    """Real and imaginary parts of windowed frames, [F, BINS] each."""
    blocks = graph.Reshape(graph.Pad(samples, vector(WINDOW // 2, WINDOW // 2)), vector(-1, HOP))
    shifted = []
    for block in range(WINDOW // HOP):
        end = graph.Unsqueeze(graph.Add(count, whole(block)), vector(0))
        shifted.append(graph.Slice(blocks, vector(block), end, vector(0)))
    both = graph.MatMul(graph.Concat(*shifted, axis=1), forward)
    return graph.cut(both, 0, BINS, 1), graph.cut(both, BINS, 2 * BINS, 1)


def vocal_tract(graph: Graph, frames: Frames, order: int) -> tuple[str, str]:
    """Amplitude and minimum phase of the filter, [F, BINS] each; the speaker stretches the frequency axis."""
    angle = np.pi * np.arange(BINS) / (BINS - 1)
    warped = []
    for speaker in SPEAKERS:
        stretched = np.clip(angle / speaker.stretch, 0, np.pi)
        warped.append(stretched + 2 * np.arctan2(WARP * np.sin(stretched), 1 - WARP * np.cos(stretched)))
    angles = graph.Mul(np.arange(order, dtype=np.float32)[:, None], graph.Gather(real(warped), "sid_"))
    logarithm = graph.MatMul(frames.cepstrum, graph.Cos(angles))
    phase = graph.Neg(graph.MatMul(frames.cepstrum, graph.Sin(angles)))
    return graph.Mul(graph.Exp(logarithm), real(GAIN)), phase


def mixed(
    graph: Graph, frames: Frames, amplitude: str, pulses: tuple[str, str], noise: tuple[str, str]
) -> tuple[str, str]:
    """Pulses where the voice sounds, noise where it breathes, both through the filter's amplitude."""
    hertz = np.pi * np.arange(BINS) / (BINS - 1) / np.pi * SAMPLE_RATE / 2
    bands = [np.interp(hertz, APERIODICITY_HZ, band) for band in np.eye(len(APERIODICITY_HZ))]
    breath = graph.clamp(graph.MatMul(frames.aperiodicity, np.stack(bands).astype(np.float32)), 0, 1)
    breath = graph.Pow(breath, real(APERIODICITY_POWER))
    steep = graph.Add(graph.Mul(graph.Sub(frames.voicing, real(0.5)), real(3)), real(0.5))
    voiced = graph.clamp(steep, 0, 1)
    tone = graph.Sqrt(graph.Sub(real(1), graph.Mul(breath, breath)))
    pulse_gain = graph.Mul(graph.Mul(amplitude, tone), voiced)
    silent = graph.Mul(voiced, graph.Sub(real(1), breath))
    noise_gain = graph.Mul(amplitude, graph.Sub(real(1), silent))
    real_part, imaginary_part = (
        graph.Add(graph.Mul(pulse, pulse_gain), graph.Mul(hiss, noise_gain))
        for pulse, hiss in zip(pulses, noise, strict=True)
    )
    return real_part, imaginary_part


def turned(graph: Graph, source: tuple[str, str], phase: str) -> str:
    """The source's spectrum turned by the filter's phase, real and imaginary parts side by side [F, 2 BINS]."""
    real_part, imaginary_part = source
    cosine, sine = graph.Cos(phase), graph.Sin(phase)
    return graph.Concat(
        graph.Sub(graph.Mul(real_part, cosine), graph.Mul(imaginary_part, sine)),
        graph.Add(graph.Mul(real_part, sine), graph.Mul(imaginary_part, cosine)),
        axis=1,
    )


def overlap_add(graph: Graph, spectra: str, samples: str) -> str:
    """Back to samples [N]: the inverse transform of each frame, added where frames overlap."""
    cosines, sines = fourier_basis(graph, BINS, FFT)
    weight = np.full((BINS, 1), 2 / FFT, np.float32)
    weight[0] = weight[-1] = 1 / FFT
    inverse = graph.Concat(graph.Mul(cosines, weight), graph.Mul(graph.Neg(sines), weight), axis=0)
    hops = FFT // HOP
    blocks = graph.Reshape(graph.MatMul(spectra, inverse), vector(-1, hops, HOP))
    total = ""
    for hop in range(hops):
        part = graph.Reshape(graph.cut(blocks, hop, hop + 1, 1), vector(-1, HOP))
        part = graph.Pad(part, vector(hop, 0, hops - 1 - hop, 0))
        total = graph.Add(total, part) if total else part
    sound = graph.Reshape(total, vector(-1))
    end = graph.Unsqueeze(graph.Add(samples, whole(WINDOW // 2)), vector(0))
    return graph.Slice(sound, vector(WINDOW // 2), end, vector(0))
