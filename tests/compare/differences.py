"""The rows in which two runs of judge.rs differ, by the decision that they follow from.

usage: differences.py EARLIER PRESENT
Fails if a row follows from no decision.
"""

import sys
from collections import Counter

OTHERS = {1: "CONNECT", 3: "PUBLISH", 8: "SUBSCRIBE", 10: "UNSUBSCRIBE", 12: "PINGREQ", 13: "PINGRESP"}
FROM_CLIENT_ONLY = {1, 8, 10, 12}
FROM_SERVER_ONLY = {13}


def decision(version, sender, frame, before, after):
    """The decision that a row follows from: tests/spec/decisions.md or rules.md."""
    packet = frame[0] >> 4 if frame else 0
    flags = frame[0] & 0x0F if frame else 0
    refused = after[0] == "refused"
    if before[0] == "refused" and version == "5.0":
        # The column was looked at before what follows it in the packet: afterwards anything may be said of that.
        if before[3] == "3.14.2.1" and packet == 14:
            return "D18 every code of DISCONNECT is read from either side"
        if before[3] in ("3.4.2.1", "3.5.2.1") and packet in (4, 5):
            return "D21 PUBACK and PUBREC 0x10 are read from a Client"
    if version == "3.1" and packet == 6 and before[:3] == ["refused", "malformed_packet", "0"] and before[3] == "3.6":
        return "R103 any flags of a PUBREL are read in 3.1"
    if packet in OTHERS and refused and after[2] == "0":
        if after[1] == "malformed_packet" and version != "3.1":
            wanted = {8: 2, 10: 2}.get(packet, 0)
            wrong = flags & 0b0110 == 0b0110 if packet == 3 else flags != wanted
            if wrong:
                return "R11 flags of all fifteen packet types"
        if after[1] == "protocol_error":
            other = FROM_CLIENT_ONLY if sender == "server" else FROM_SERVER_ONLY if sender == "client" else set()
            if packet in other:
                return "R16 direction of all fifteen packet types"
    if before[0] == refused_word(after) and before[:3] == after[:3] and before[4:] == after[4:]:
        if version == "5.0" and before[3] == "2.1.4" and after[3] == "MQTT-2.2.2-1":
            return "R29 a missing Property Length is named by its statement"
        if version == "5.0" and before[3] == "2.1.4" and after[3] == "2.2.2.1":
            return "R32 a property that crosses the end of the properties is named by its section"
        if version == "3.1.1" and packet == 7 and (before[3], after[3]) == ("MQTT-2.3.1-6", "2.3.1"):
            return "R53 [MQTT-2.3.1-6] of 3.1.1 does not name PUBCOMP"
    return None


def refused_word(after):
    return "refused" if after[0] == "refused" else ""


def main():
    counts, examples, unexplained, total = Counter(), {}, [], 0
    with open(sys.argv[1]) as earlier, open(sys.argv[2]) as present:
        for old, new in zip(earlier, present, strict=True):
            total += 1
            if old == new:
                continue
            context, before = old.rstrip("\n").split(". ")
            same, after = new.rstrip("\n").split(". ")
            assert context == same, "the two were given different frames"
            version, sender, _limit, _information, digits = context.split(" ")
            found = decision(version, sender, bytes.fromhex(digits), before.split(), after.split())
            row = f"{version} from {sender}: {digits}: {before} -> {after}"
            if found is None:
                unexplained.append(row)
            else:
                counts[found] += 1
                examples.setdefault(found, row)
    print(f"{total} frames, {sum(counts.values()) + len(unexplained)} judged differently")
    for found, count in sorted(counts.items()):
        print(f"{count:8}  {found}\n          {examples[found]}")
    for row in unexplained[:20]:
        print(f"NO DECISION: {row}")
    if unexplained:
        sys.exit(f"{len(unexplained)} rows follow from no decision")


if __name__ == "__main__":
    main()
