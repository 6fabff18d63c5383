"""How long OpenMP's threads spin while they wait for each other; set before torch is imported.

GNU OpenMP lets a waiting thread spin for milliseconds as long as there are no more threads than
cores. Where another program or the window itself needs one of the cores, the threads of a training
then spin for one that does not run: see docs/adr/0020.
"""

import os

_SPINS = "3000"  # about ten microseconds; GNU's own default is a hundred times that
_OWN = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


def wait_briefly() -> None:
    """Lets waiting threads sleep after some microseconds, unless the user chose otherwise."""
    if not any(name in os.environ for name in _OWN):
        os.environ["GOMP_SPINCOUNT"] = _SPINS
