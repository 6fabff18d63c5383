"""How long OpenMP's threads spin while they wait for each other; set before torch is imported.

GNU OpenMP lets a waiting thread spin for milliseconds as long as there are no more threads than
cores. If another program or the window itself needs one of the cores, training threads then spin
while they wait for a thread that is not running: see docs/adr/0020.
"""

import os

_SPINS = "3000"  # about ten microseconds; GNU's default is a hundred times that
_USER_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


def limit_spinning() -> None:
    """Lets waiting threads sleep after some microseconds, unless the user has set this."""
    if not any(name in os.environ for name in _USER_VARIABLES):
        os.environ["GOMP_SPINCOUNT"] = _SPINS
