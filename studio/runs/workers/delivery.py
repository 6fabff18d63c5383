"""Prepared data on its way to workers of other machines: once to each, when a run there needs it.

A worker that lacks the data of its run asks for it, again every few seconds, and waits. Whoever
handed out the run sends the files in pieces; they count once the hash of their content is right.
"""

import logging
import pickle
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any
from uuid import uuid4

from studio.core.errors import MachineError
from studio.core.system.closing import Closing
from studio.runs.workers.orders import TaskPlace
from studio.runs.workers.shipped_task import content_key

_log = logging.getLogger(__name__)
_PIECE = 1 << 22
_ASK_SECONDS = 5.0
_POLL_SECONDS = 0.02


class Delivery(Closing):
    """Sends data to workers that ask for it.

    Args:
        client: Dask's client.
        folder: Where prepared data is kept on this machine.

    Attributes:
        topic: Under which workers ask.
    """

    def __init__(self, client: Any, folder: Path) -> None:  # noqa: ANN401 - Dask has no complete types
        self.topic = f"gate-studio-data-{uuid4().hex}"
        self._client, self._folder = client, folder
        self._asked: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        client.subscribe_topic(self.topic, self._hear)
        self._thread = Thread(target=self._send_all, name="data delivery", daemon=True)
        self._thread.start()

    def _hear(self, event: tuple[float, Any]) -> None:
        """In Dask's thread."""
        self._asked.put(pickle.loads(event[1]))  # noqa: S301 - our own worker, over mutual TLS

    def _send_all(self) -> None:
        while (asked := self._asked.get()) is not None:
            address, key = asked
            try:
                self._send(address, key)
            except Exception:  # noqa: BLE001 - the worker asks again, or is gone
                _log.warning("data could not be sent to %s", address, exc_info=True)

    def _send(self, address: str, key: str) -> None:
        def there(function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - of any
            return self._client.run(function, *arguments, workers=[address])[address]

        if there(_has, key):
            return
        staging = f".{uuid4().hex}"
        for path in sorted((self._folder / key).iterdir()):
            with path.open("rb") as file:
                piece = file.read(_PIECE)
                while True:
                    there(_take, staging, path.name, piece)
                    if not (piece := file.read(_PIECE)):
                        break
        if not there(_finish, staging, key):
            _log.warning("data arrived damaged at %s", address)

    def close(self) -> None:
        """Ends the sending; may be called twice."""
        self._asked.put(None)


def obtain(place: TaskPlace, is_stopped: Callable[[], bool]) -> Path | None:
    """In a worker: the folder with the data, asked for if it is not here; None if stopped.

    Raises:
        MachineError: It is missing and nobody can be asked.
    """
    folder = _folder(place.folder) / place.key
    asked = -_ASK_SECONDS
    while not folder.exists():
        if is_stopped():
            return None
        if not place.topic:
            raise MachineError("the prepared data is missing", where=str(folder))
        if time.monotonic() - asked >= _ASK_SECONDS:
            asked = time.monotonic()
            _ask(place)
        time.sleep(_POLL_SECONDS)
    return folder


def _ask(place: TaskPlace) -> None:
    from distributed import get_worker

    worker = get_worker()
    worker.log_event(place.topic, pickle.dumps((worker.address, place.key)))


def _folder(given: Path | None = None) -> Path:
    from studio.runs.workers.own_machine import folder_here

    return folder_here("tasks", given)


def _has(key: str) -> bool:
    return (_folder() / key).exists()


def _take(staging: str, name: str, piece: bytes) -> None:
    folder = _folder() / staging
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("ab") as file:
        file.write(piece)


def _finish(staging: str, key: str) -> bool:
    """Whether what has arrived is what was asked for, or was here before."""
    folder = _folder()
    try:
        if content_key(folder / staging) != key:
            return False
        if not (folder / key).exists():
            (folder / staging).rename(folder / key)
        return True
    finally:
        shutil.rmtree(folder / staging, ignore_errors=True)
