#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Take one picture of a VNC screen and check that something is on it.

Usage: rfb.py [--png FILE] (HOST PORT | -- COMMAND...)

COMMAND is run with its standard input and output connected to the VNC server, as
`ssh -W 127.0.0.1:5900 HOST` does. Speaks RFB 3.3 to 3.8 (RFC 6143) without a password, asks for
the whole screen once, in raw encoding. Exit 0: there is a picture, and its pixels differ.
Exit 1: the server is no VNC server, refuses, or every pixel is the same; the reason is printed.
"""

import argparse
import socket
import struct
import subprocess
import sys
import zlib

PIXEL_FORMAT = struct.pack(">BBBBHHHBBBxxx", 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)
RAW = 0
DESKTOP_SIZE = -223


class RfbError(Exception):
    pass


class Connection:
    """Blocking reads and writes over a socket, or over a command's pipes."""

    def __init__(self, args):
        if args.command:
            self.process = subprocess.Popen(
                args.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self.source, self.sink = self.process.stdout, self.process.stdin
        else:
            self.process = None
            peer = socket.create_connection((args.host, args.port), timeout=args.timeout)
            self.source, self.sink = peer.makefile("rb"), peer.makefile("wb")

    def read(self, count):
        data = self.source.read(count)
        if len(data) != count:
            raise RfbError("the server closed the connection")
        return data

    def unpack(self, layout):
        return struct.unpack(layout, self.read(struct.calcsize(layout)))

    def write(self, data):
        self.sink.write(data)
        self.sink.flush()

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def reason(connection):
    (length,) = connection.unpack(">I")
    return connection.read(length).decode("latin-1")


def handshake(connection):
    """Agrees on version and security, returns (banner, width, height, name)."""
    banner = connection.read(12)
    if not banner.startswith(b"RFB 003."):
        raise RfbError("not a VNC server: it says %r" % banner)
    minor = int(banner[8:11])
    connection.write(b"RFB 003.008\n" if minor >= 8 else b"RFB 003.003\n")
    if minor >= 8:
        (count,) = connection.unpack(">B")
        if count == 0:
            raise RfbError("refused: " + reason(connection))
        kinds = connection.read(count)
        if 1 not in kinds:
            raise RfbError("the server wants a password (security types %s)" % list(kinds))
        connection.write(b"\x01")
        if connection.unpack(">I") != (0,):
            raise RfbError("refused: " + reason(connection))
    else:
        (kind,) = connection.unpack(">I")
        if kind != 1:
            raise RfbError("the server wants a password (security type %d)" % kind)
    connection.write(b"\x01")
    width, height, _, length = connection.unpack(">HH16sI")
    return banner, width, height, connection.read(length).decode("latin-1")


def read_rectangles(connection, rows, width, height):
    """One framebuffer update; returns the number of pixels it filled, or None after a resize."""
    filled = 0
    _, count = connection.unpack(">BH")
    for _ in range(count):
        left, top, wide, high, encoding = connection.unpack(">HHHHi")
        if encoding == DESKTOP_SIZE:
            return None
        if encoding != RAW:
            raise RfbError("the server sends encoding %d, raw was asked for" % encoding)
        if left + wide > width or top + high > height:
            raise RfbError("the server sends pixels outside of the screen")
        for row in range(top, top + high):
            rows[row][left * 4 : (left + wide) * 4] = connection.read(wide * 4)
        filled += wide * high
    return filled


def skip_message(connection, kind):
    if kind == 1:
        _, count = connection.unpack(">xHH")
        connection.read(count * 6)
    elif kind == 3:
        (length,) = connection.unpack(">3xI")
        connection.read(length)
    elif kind != 2:
        raise RfbError("unknown message %d from the server" % kind)


def take_picture(connection, width, height):
    """The whole screen as a list of rows of blue, green, red, nothing."""
    connection.write(struct.pack(">Bxxx", 0) + PIXEL_FORMAT)
    connection.write(struct.pack(">BxHi", 2, 1, RAW))
    rows = [bytearray(width * 4) for _ in range(height)]
    connection.write(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
    missing = width * height
    while missing > 0:
        (kind,) = connection.unpack(">B")
        if kind != 0:
            skip_message(connection, kind)
            continue
        filled = read_rectangles(connection, rows, width, height)
        if filled is None:
            raise RfbError("the screen changed its size: try again")
        missing -= filled
    return rows


def write_png(path, rows, width, height):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    lines = bytearray()
    for row in rows:
        line = bytearray(width * 3)
        line[0::3], line[1::3], line[2::3] = row[2::4], row[1::4], row[0::4]
        lines += b"\x00" + line
    with open(path, "wb") as target:
        target.write(b"\x89PNG\r\n\x1a\n")
        target.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        target.write(chunk(b"IDAT", zlib.compress(bytes(lines), 6)))
        target.write(chunk(b"IEND", b""))


def count_colours(rows):
    colours = set()
    for row in rows:
        colours.update(row[at : at + 3].hex() for at in range(0, len(row), 4))
    return len(colours)


def parse_arguments(argv):
    command = []
    if "--" in argv:
        at = argv.index("--")
        argv, command = argv[:at], argv[at + 1 :]
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--png", metavar="FILE", help="write the picture to FILE")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS")
    if not command:
        parser.add_argument("host")
        parser.add_argument("port", type=int)
    args = parser.parse_args(argv)
    args.command = command
    return args


def main():
    args = parse_arguments(sys.argv[1:])
    connection = None
    try:
        connection = Connection(args)
        banner, width, height, name = handshake(connection)
        print("%s: %r, %d x %d" % (banner.decode().strip(), name, width, height))
        if width == 0 or height == 0:
            raise RfbError("the screen has no size")
        rows = take_picture(connection, width, height)
        if args.png:
            write_png(args.png, rows, width, height)
        colours = count_colours(rows)
        print("%d colours" % colours)
        if colours < 2:
            raise RfbError("the screen is blank: every pixel is the same")
    except (RfbError, OSError, struct.error) as error:
        sys.exit("rfb: %s" % error)
    finally:
        if connection:
            connection.close()


if __name__ == "__main__":
    main()
