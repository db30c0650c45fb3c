#!/usr/bin/env python3
"""Write the seed corpus: every golden frame of tests/vectors, as input of every fuzz target; for
`views`, which takes a byte of context and packets of other types, what real clients sent.

    python3 fuzz/seeds.py [FOLDER]      # default: fuzz/corpus

The first two bytes of an input choose the context (tests/fuzzing/input.rs); `split` takes one more, for the cuts.
"""

import hashlib
import pathlib
import struct
import shlex
import sys

HERE = pathlib.Path(__file__).resolve().parent
VERSIONS = {"5.0": 0, "3.1.1": 1, "3.1": 2}
SENDERS = {"client": 1, "server": 2}


def context(options: str) -> bytes:
    """The two bytes that say what the flags of `mqtt-reason decode` say."""
    words = shlex.split(options)
    version, sender, flags, size = 0, 0, 0, 0
    while words:
        word = words.pop(0)
        if word == "--mqtt":
            version = VERSIONS[words.pop(0)]
        elif word == "--from":
            sender = SENDERS[words.pop(0)]
        elif word == "--no-problem-information":
            flags |= 0x40
        elif word == "--max-packet-size":
            flags, size = flags | 0x80, min(int(words.pop(0)), 255)
    # The smallest number with these remainders whose high bits are the flags.
    for choice in range(flags, flags + 0x40):
        if choice % 3 == version and choice // 3 % 3 == sender:
            return bytes([choice, size])
    raise ValueError(options)


def golden():
    """Options and bytes of every golden frame."""
    for path in sorted((HERE.parent / "tests" / "vectors").glob("*/*.hex")):
        for entry in path.read_text().split("\n["):
            options, digits = "", ""
            for line in entry.splitlines()[1:]:
                if line.startswith("# options:"):
                    options = line.removeprefix("# options:")
                elif not line.startswith(("#", "=>")):
                    digits += line
            yield options, bytes.fromhex(digits)


def captured():
    """Version and bytes of what real clients sent."""
    for line in (HERE.parent / "tests" / "views" / "captured.hex").read_text().splitlines():
        if not line.startswith("#"):
            version, digits = line.split()
            yield version, bytes.fromhex(digits)


CONNECT = bytes.fromhex("100d00044d51545405020000000000")
CONNACK = bytes.fromhex("2003000000")


def captures():
    """A transcript, and a capture of each format with the same two packets in it."""
    yield b"client " + CONNECT.hex().encode() + b"\n+0.5 server " + CONNACK.hex().encode() + b"\nclient closes\n"
    frames = []
    for client, (own, other), flags, payload in [
        (True, (100, 0), 2, b""),
        (False, (900, 101), 18, b""),
        (True, (101, 901), 24, CONNECT),
        (False, (901, 116), 24, CONNACK),
        (True, (116, 906), 17, b""),
    ]:
        ports, addresses = (50000, 1883), (b"\x0a\0\0\1", b"\x0a\0\0\2")
        if not client:
            ports, addresses = ports[::-1], addresses[::-1]
        tcp = struct.pack(">HHIIBBHHH", *ports, own, other, 0x50, flags, 1000, 0, 0) + payload
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + addresses[0] + addresses[1]
        frames.append(b"\2" * 12 + b"\x08\0" + ip + tcp)
    pcap = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for number, frame in enumerate(frames):
        pcap += struct.pack("<IIII", number, 0, len(frame), len(frame)) + frame
    yield pcap
    pcapng = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    pcapng += struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)
    for number, frame in enumerate(frames):
        body = frame + b"\0" * (-len(frame) % 4)
        length = 32 + len(body)
        head = struct.pack("<IIIIIII", 6, length, 0, 0, number * 1_000_000, len(frame), len(frame))
        pcapng += head + body + struct.pack("<I", length)
    yield pcapng


def carried():
    """Packets as they are, in WebSocket, and behind a PROXY header; the first two bytes say who sends and the pieces."""
    yield b"\0\3" + CONNECT + b"\xc0\0"
    yield b"\0\5GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n\x82\x8f\0\0\0\0" + CONNECT
    yield b"\0\7PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + CONNECT
    yield b"\1\4" + CONNACK + b"\xd0\0"


def main() -> None:
    corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "corpus"
    count = 0
    for options, frame in golden():
        for target, extra in {"decode": b"", "oracle": b"", "split": b"\x00", "roundtrip": b""}.items():
            data = context(options) + extra + frame
            folder = corpus / target
            folder.mkdir(parents=True, exist_ok=True)
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
            count += 1
    for version, packet in captured():
        length = next(place for place in range(1, 5) if packet[place] < 128)
        data = bytes([VERSIONS[version], packet[0]]) + packet[length + 1 :]
        folder = corpus / "views"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
        count += 1
    for target, seeds in {"captures": captures(), "carried": carried()}.items():
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        for data in seeds:
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
            count += 1
    print(f"{count} seeds in {corpus}")


if __name__ == "__main__":
    main()
