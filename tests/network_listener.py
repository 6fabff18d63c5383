"""Runs commands where every packet is seen: in a network of their own, with a way out of it.

    unshare --net python network_listener.py COMMANDS.json

The network has an address, a gateway and a name server that nobody answers for, so that whoever
wants to reach another machine sends packets. Prints how many came, after all commands have ended.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

EVERYTHING = 0x0003
"""ETH_P_ALL of linux/if_ether.h: packets of all protocols."""

SET_UP = (
    "ip link set lo up",
    "ip link add out type veth peer name far",
    "ip link set far up",
    "ip address add 10.123.0.2/24 dev out",
    "ip link set out up",
    "ip route add default via 10.123.0.1",
)


class Listener:
    """Counts the packets on the way out."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
        self._socket.bind(("out", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    def notices_a_packet(self) -> None:
        """Sends one itself, as a listener that hears nothing proves nothing."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talker:
            talker.sendto(b"x", ("192.0.2.1", 53))
        deadline = time.monotonic() + 10
        while not self.packets:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(4)  # the kernel asks three times for the gateway
        self.packets.clear()

    def _listen(self) -> None:
        while True:
            packet = self._socket.recv(2048)
            if packet[12:14] != b"\x86\xdd":  # the kernel's own announcements of IPv6
                self.packets.append(packet)


def main() -> int:
    for line in SET_UP:
        subprocess.run(line.split(), check=True)
    listener = Listener()
    listener.notices_a_packet()
    for command in json.loads(Path(sys.argv[1]).read_text()):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n")  # noqa: T201 - the test reads it
            return 1
    print(len(listener.packets))  # noqa: T201 - likewise
    return 0


if __name__ == "__main__":
    sys.exit(main())
