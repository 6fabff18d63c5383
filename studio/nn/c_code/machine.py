"""Generated C as machine code: run on this processor, measured for an ARM Cortex-M."""

import ctypes
import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import binding

from studio.core.arrays import Floats
from studio.nn.c_code.c_source import CSource
from studio.nn.c_code.translate import translate

_MOST_STATE_BYTES = 1 << 20
_ARM = "thumbv7em-none-unknown-eabihf"
_ARM_PROCESSOR = "cortex-m4"
_LABEL = re.compile(r"(\w+):.*")
_RESERVES = re.compile(r"\bsub(?:\.w|w)?\s+sp,\s*(?:sp,\s*)?#(\d+)")
_PUSHES = re.compile(r"\bv?push(?:\.w)?\s+\{([^}]*)\}")


@dataclass(frozen=True)
class CodeSize:
    """Sections of an object file in bytes.

    Attributes:
        text: Instructions.
        constants: Read-only data.
    """

    text: int
    constants: int


class CompiledModel:
    """The functions of an exported model in C; needs no compiler.

    Args:
        source: The translation unit.
        inputs: Numbers that a step reads.
        outputs: Numbers that a step answers.
        per_step: Whether model_run answers every step.
    """

    def __init__(self, source: CSource, inputs: int, outputs: int, *, per_step: bool) -> None:
        self._ir = str(translate(source))
        self._inputs, self._outputs, self._per_step = inputs, outputs, per_step
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        machine = binding.Target.from_default_triple().create_target_machine(opt=2)
        self._engine = binding.create_mcjit_compiler(_optimized(self._ir, machine), machine)
        self._engine.finalize_object()
        self._state = ctypes.create_string_buffer(_MOST_STATE_BYTES)

    def run(self, sequence: Floats) -> Floats:
        """What model_run answers for (time, channels): (outputs,), or (time, outputs)."""
        steps = np.ascontiguousarray(sequence, dtype=np.float32)
        rows = len(steps) if self._per_step else 1
        answers = np.zeros((rows, self._outputs), dtype=np.float32)
        self._function("model_run", ctypes.c_int)(_at(steps), len(steps), _at(answers))
        return answers if self._per_step else answers[0]

    def carried(self, sequence: Floats) -> Floats:
        """What model_step answers after each step of (time, channels), (time, outputs)."""
        steps = np.ascontiguousarray(sequence, dtype=np.float32)
        answers = np.zeros((len(steps), self._outputs), dtype=np.float32)
        reset = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._address("model_reset"))
        step = self._function("model_step", ctypes.c_void_p)
        state = ctypes.addressof(self._state)
        reset(state)
        for index in range(len(steps)):
            step(state, _at(steps[index]), _at(answers[index]))
        return answers

    def size_on_arm(self) -> CodeSize | None:
        """The sections of the object file for a Cortex-M4; None if this LLVM cannot write one."""
        try:
            machine = self._arm_machine()
        except RuntimeError:  # built without ARM
            return None
        module = _optimized(self._ir, machine, _ARM)
        sizes = _section_sizes(machine.emit_object(module))
        text, constants = (
            sum(size for name, size in sizes if name.startswith(kind))
            for kind in (".text", ".rodata")
        )
        return CodeSize(text, constants)

    def stack_on_arm(self) -> int:
        """Bytes of all frames of model_step and what it calls, as LLVM compiles for a Cortex-M4."""
        text = self._arm_machine().emit_assembly(_optimized(self._ir, self._arm_machine(), _ARM))
        total, counts = 0, False
        for line in text.splitlines():
            if match := _LABEL.fullmatch(line):
                counts = match[1] not in {"model_run", "model_reset"}
            elif counts:
                total += _frame_bytes(line)
        return total

    @staticmethod
    def _arm_machine() -> Any:  # noqa: ANN401 - llvmlite has no types
        binding.initialize_all_targets()
        binding.initialize_all_asmprinters()
        return binding.Target.from_triple(_ARM).create_target_machine(
            cpu=_ARM_PROCESSOR, opt=2, reloc="static"
        )

    def _address(self, name: str) -> int:
        return int(self._engine.get_function_address(name))

    def _function(self, name: str, second: Any) -> Any:  # noqa: ANN401 - ctypes has no types
        """model_run takes (x, steps, y), model_step (state, x, y)."""
        pointer = ctypes.c_void_p
        middle = [pointer, second] if second is ctypes.c_int else [second, pointer]
        return ctypes.CFUNCTYPE(None, *middle, pointer)(self._address(name))


def _at(array: Floats) -> int:
    return int(array.ctypes.data)


def _optimized(text: str, machine: Any, triple: str = "") -> Any:  # noqa: ANN401 - llvmlite has no types
    """The module for a machine; nothing is reordered or fused, as no flag allows it."""
    module = binding.parse_assembly(text)
    module.triple = triple or machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    options = binding.PipelineTuningOptions(speed_level=2)
    builder = binding.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return module


def _frame_bytes(line: str) -> int:
    """What an instruction of the assembly of ARM takes from the stack."""
    if match := _RESERVES.search(line):
        return int(match[1])
    if match := _PUSHES.search(line):
        size = 8 if "d" in match[1] else 4
        return size * sum(_registers(each.strip()) for each in match[1].split(","))
    return 0


def _registers(listed: str) -> int:
    """How many registers are listed, such as r4 or d8-d10."""
    numbers = [int(number) for number in re.findall(r"\d+", listed)]
    return numbers[1] - numbers[0] + 1 if len(numbers) > 1 else 1


def _section_sizes(data: bytes) -> list[tuple[str, int]]:
    """Names and sizes of the sections of a 32-bit little-endian ELF file."""
    (offset,) = struct.unpack_from("<I", data, 0x20)
    entry, count, names = struct.unpack_from("<HHH", data, 0x2E)
    headers = [struct.unpack_from("<6I", data, offset + entry * index) for index in range(count)]
    start = headers[names][4]
    return [
        (data[start + name : data.index(b"\0", start + name)].decode(), size)
        for name, _, _, _, _, size in headers
    ]
