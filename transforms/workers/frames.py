"""Frames: what processes send each other through a connection."""

import os
import struct
from multiprocessing.connection import Connection


def receive_frame(connection: Connection) -> bytearray:
    """Receive what ``Connection.send_bytes`` sent.

    ``Connection.recv_bytes`` makes room for the whole frame for each part of it that comes, and copies the part: that
    takes ten times as long for a page.

    Raises:
        EOFError: the other end was closed.
        OSError: nothing can be read.
    """
    (size,) = struct.unpack("!i", _receive(connection, 4))
    if size == -1:  # it does not fit into four bytes
        (size,) = struct.unpack("!Q", _receive(connection, 8))
    return _receive(connection, size)


def _receive(connection: Connection, size: int) -> bytearray:
    received = bytearray(size)
    rest = memoryview(received)
    while rest:
        count = os.readv(connection.fileno(), [rest])
        if not count:
            raise EOFError
        rest = rest[count:]
    return received
