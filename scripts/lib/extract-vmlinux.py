#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Unpack the ELF kernel out of a Linux bzImage.

Usage: extract-vmlinux.py BZIMAGE VMLINUX

The place of the payload is in the header that Documentation/arch/x86/boot.rst of the Linux
kernel describes (payload_offset and payload_length, since protocol 2.08). Xen starts an unpacked
kernel at once; unpacking it in the guest costs seconds on an emulated processor.
"""

import lzma
import struct
import subprocess
import sys
import zlib


def unpack_zstd(data):
    """The payload ends with its unpacked size, at which zstd stops with an error."""
    process = subprocess.run(["zstd", "-dc"], input=data, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
    return process.stdout


UNPACKERS = {
    b"\xfd7zXZ\x00": lambda data: lzma.LZMADecompressor().decompress(data),
    b"\x1f\x8b": lambda data: zlib.decompressobj(31).decompress(data),
    b"\x28\xb5\x2f\xfd": unpack_zstd,
}


def unpack(image):
    """Returns the ELF file inside IMAGE (bytes); raises ValueError with the reason."""
    if image[0x202:0x206] != b"HdrS":
        raise ValueError("not a bzImage")
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = image[start : start + length]
    for magic, unpacker in UNPACKERS.items():
        if payload.startswith(magic):
            kernel = unpacker(payload)
            break
    else:
        raise ValueError("payload is none of xz, gzip and zstd: %r" % payload[:6])
    if not kernel.startswith(b"\x7fELF"):
        raise ValueError("payload is not an ELF file")
    return kernel


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        with open(sys.argv[1], "rb") as source:
            kernel = unpack(source.read())
        with open(sys.argv[2], "wb") as target:
            target.write(kernel)
    except (OSError, ValueError, lzma.LZMAError, zlib.error) as error:
        sys.exit("%s: %s" % (sys.argv[1], error))


if __name__ == "__main__":
    main()
