"""Log-mel features of recordings."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.files.cache import Cache, cache_key

SUFFIXES = (".wav", ".flac")
MOST_SAMPLES = 400_000_000
MOST_FEATURES = 500_000_000
_LOWEST_RATE, _HIGHEST_RATE = 10, 2_000_000
"""Samples a second of what is recorded, from slow vibrations to ultrasound."""

_FLOOR = 1e-10
_HALF = 0.5


def log_mel_features(
    paths: Sequence[Path], spec: FileDataset, cache: Cache | None
) -> tuple[Doubles, Integers]:
    """Log-mel features of all recordings, concatenated, (frames, mels), and frames of each.

    They are computed once and cached, if there is a cache.

    Raises:
        DatasetError: A recording is damaged, empty or too long.
    """
    if cache is None:
        return _compute(paths, spec, None)
    settings = (spec.mels, spec.frame_ms, spec.hop_ms, spec.sample_rate)
    key = cache_key(paths, "log-mel", *settings)
    entry = cache.entry(key)
    if entry is not None:
        try:
            return _load_cached(entry)
        except (OSError, ValueError, EOFError):
            cache.drop(key)
    values, lengths = _compute(paths, spec, cache)

    def fill(folder: Path) -> None:
        np.save(folder / "values.npy", values.astype(np.float32), allow_pickle=False)
        np.save(folder / "lengths.npy", lengths, allow_pickle=False)

    with suppress(DatasetError):  # they are computed again the next time
        cache.make(key, fill)
    return values, lengths


def _load_cached(entry: Path) -> tuple[Doubles, Integers]:
    values = np.load(entry / "values.npy", allow_pickle=False).astype(np.float64)
    lengths = np.load(entry / "lengths.npy", allow_pickle=False)
    if values.ndim != 2 or lengths.sum() != len(values):  # noqa: PLR2004 - (frames, mels)
        raise ValueError(entry)
    return values, lengths


def _compute(
    paths: Sequence[Path], spec: FileDataset, cache: Cache | None
) -> tuple[Doubles, Integers]:
    rates = [_rate(path) for path in paths]
    rate = spec.sample_rate or min(rates)
    pieces: list[Floats] = []
    total = 0
    for index, (path, own) in enumerate(zip(paths, rates, strict=True)):
        samples = _resampled(path, _samples(path), own, rate)
        pieces.append(log_mel(samples, rate, spec))
        total += pieces[-1].size
        if total > MOST_FEATURES:
            raise DatasetError(
                "leads to too many features to keep in memory",
                where=path.name,
                remedy="Choose fewer mel bands or a longer hop, or use fewer recordings",
            )
        if cache is not None:
            cache.progress((index + 1) / len(paths))
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    return np.concatenate(pieces).astype(np.float64), lengths


def log_mel(samples: Floats, rate: int, spec: FileDataset) -> Floats:
    """Natural logarithm of the energy in each mel band, (frames, mels).

    Frames with a Hann window; triangular bands evenly spaced on the mel scale
    m = 2595 log10(1 + f / 700) from 0 to half the rate (O'Shaughnessy 1987).
    """
    width = max(2, round(rate * spec.frame_ms / 1000))
    hop = max(1, round(rate * spec.hop_ms / 1000))
    padded = np.pad(samples, (0, max(0, width - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop]
    bins = 1 << (width - 1).bit_length()
    bank = _bands(spec.mels, bins, rate)
    energies = [
        np.abs(np.fft.rfft(block * np.hanning(width), bins)) ** 2 @ bank
        for block in _blocks(frames)
    ]
    return np.log(np.maximum(np.concatenate(energies), _FLOOR)).astype(np.float32)


def _blocks(frames: Floats) -> Iterator[Floats]:
    for start in range(0, len(frames), 1000):
        yield frames[start : start + 1000]


def _bands(mels: int, bins: int, rate: int) -> Doubles:
    """Weights of the bands, (frequencies, mels); every band has at least one frequency."""
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, mels + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(bins, 1 / rate)[:, np.newaxis]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (frequencies - low) / (middle - low)
    falling = (high - frequencies) / (high - middle)
    bank = np.maximum(0, np.minimum(rising, falling))
    empty = np.flatnonzero(~bank.any(axis=0))
    nearest = np.abs(frequencies - middle[empty]).argmin(axis=0)
    bank[nearest, empty] = 1
    return np.asarray(bank, dtype=np.float64)


def _rate(path: Path) -> int:
    soundfile = _library()
    try:
        info = soundfile.info(str(path))
    except (RuntimeError, OSError, TypeError, ValueError):
        raise _damaged(path) from None
    if not info.frames or info.samplerate <= 0:
        raise DatasetError("holds no audio", where=path.name, remedy="Leave the file out")
    if not _LOWEST_RATE <= info.samplerate <= _HIGHEST_RATE:
        raise DatasetError(
            f"claims a sampling rate of {info.samplerate:,} Hz, and it must be {_LOWEST_RATE} to "
            f"{_HIGHEST_RATE:,}",
            where=path.name,
            remedy="Correct the rate in its header, or record it again",
        )
    if info.frames * info.channels > MOST_SAMPLES:
        raise DatasetError(
            f"has {info.frames * info.channels:,} samples, too many to read",
            where=path.name,
            remedy="Cut the recording into shorter ones",
        )
    return int(info.samplerate)


def _samples(path: Path) -> Floats:
    try:
        samples, _ = _library().read(str(path), dtype="float32", always_2d=True)
    except (RuntimeError, OSError, ValueError, MemoryError):
        raise _damaged(path) from None
    if not len(samples):
        raise _damaged(path)
    mono: Floats = samples.mean(axis=1)
    if not np.isfinite(mono).all():
        raise DatasetError("holds samples that are not finite", where=path.name,
                           remedy="Record or convert it again")  # fmt: skip
    return mono


def _resampled(path: Path, samples: Floats, own: int, wanted: int) -> Floats:
    if own == wanted:
        return samples
    if len(samples) * wanted > own * MOST_SAMPLES:
        raise DatasetError(
            f"has too many samples at {wanted:,} Hz instead of {own:,} Hz",
            where=path.name,
            remedy="Choose a lower sampling rate",
        )
    from scipy.signal import resample_poly

    shared = int(np.gcd(own, wanted))
    return np.asarray(resample_poly(samples, wanted // shared, own // shared), dtype=np.float32)


def _damaged(path: Path) -> DatasetError:
    return DatasetError(
        "is not a complete WAV or FLAC file", where=path.name, remedy="Convert it to WAV again"
    )


def _library() -> Any:  # noqa: ANN401 - soundfile has no types
    import soundfile  # loads a shared library

    return soundfile
