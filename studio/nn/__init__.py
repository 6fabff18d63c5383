"""Networks, engines, training and inference: the only package that imports torch."""

from studio.core.system.memory import refuse_training_without_memory

refuse_training_without_memory()  # before any module below loads PyTorch
