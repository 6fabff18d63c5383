"""Profiles of devices: memory, clock and core, read from TOML."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from studio.core.errors import SpecError
from studio.core.specs.experiment import explain
from studio.core.specs.settings import Spec, setting

Core = Literal[
    "cortex-m0plus", "cortex-m4", "cortex-m7", "cortex-m33", "esp32-s3", "risc-v", "other"
]
KIB = 1024
_MOST_BYTES = 64 * KIB
_LARGEST_KIB = 4 * KIB * KIB


class DeviceProfile(Spec):
    """What a microcontroller has, or what of it is left for a model."""

    name: str = setting(..., "Name", "The device", min_length=1, max_length=60)
    core: Core = setting("other", "Core", "The processor core")
    flash_kib: float = setting(..., "Flash", "Flash for the model", gt=0, le=_LARGEST_KIB)
    ram_kib: float = setting(..., "RAM", "RAM for the model", gt=0, le=_LARGEST_KIB)
    clock_mhz: float = setting(..., "Clock", "Clock of the core", gt=0, le=10_000)
    deadline_ms: float | None = setting(
        None, "Deadline", "Milliseconds that a step may take", gt=0, le=1e9
    )
    fpu: bool = setting(..., "FPU", "Whether it computes in single precision itself")
    multiplier_cycles: int = setting(
        1, "Multiplier", "Cycles of a multiplication of 32 bits", ge=1, le=64
    )
    wait_states: int = setting(0, "Wait states", "Cycles that a read of flash waits", ge=0, le=64)
    energy_pj_per_cycle: float | None = setting(
        None, "Energy", "Picojoules of a cycle", gt=0, le=1e6
    )

    @property
    def flash(self) -> int:
        """Bytes."""
        return int(self.flash_kib * KIB)

    @property
    def ram(self) -> int:
        """Bytes."""
        return int(self.ram_kib * KIB)


def read_profile(path: Path) -> DeviceProfile:
    """Reads a profile.

    Raises:
        SpecError: The file cannot be read, is not TOML, or a value in it is missing or invalid.
    """
    try:
        data = path.read_bytes()[: _MOST_BYTES + 1]
        if len(data) > _MOST_BYTES:
            raise SpecError("is too large for a profile of a device", where=str(path))
        values = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise SpecError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise SpecError(
            f"is not a TOML file: {said}", where=str(path), remedy="Correct the file"
        ) from None
    try:
        return DeviceProfile.model_validate(values, strict=True)
    except ValidationError as error:
        raise explain(error, str(path)) from None


def find_profile(name: str, known: Mapping[str, Path]) -> DeviceProfile:
    """The profile of that name, or the one in the file of that path.

    Raises:
        SpecError: There is neither, or the file is not a valid profile.
    """
    if name in known:
        return read_profile(known[name])
    path = Path(name)
    if path.suffix != ".toml" and not path.is_file():
        raise SpecError(
            f"there is no profile {name!r}",
            remedy=f"Choose one of {', '.join(known)}, or give the path of a .toml file",
        )
    return read_profile(path)
