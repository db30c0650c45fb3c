#!/usr/bin/env python3
"""Write the seed corpus: every golden frame of tests/vectors, as input of every fuzz target; for
`views`, which takes a byte of context and packets of other types, what real clients sent.

    python3 fuzz/seeds.py [FOLDER]      # default: fuzz/corpus

The first two bytes of an input choose the context (tests/fuzzing/input.rs); `split` takes one more, for the cuts.
"""

import hashlib
import pathlib
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
    print(f"{count} seeds in {corpus}")


if __name__ == "__main__":
    main()
