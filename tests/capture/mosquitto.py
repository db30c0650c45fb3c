#!/usr/bin/env python3
"""Record what a real mosquitto broker sends, as test vectors.

The script starts mosquitto on free ports of 127.0.0.1 with temporary
configurations, speaks raw MQTT 5.0, 3.1.1 and 3.1 to it, provokes as many
pairs of packet and reason code as the broker knows, and writes the packets
that came back to tests/vectors/v5/mosquitto.hex and
tests/vectors/v3/mosquitto.hex.

Needed: Python 3 (standard library only), mosquitto and mosquitto_passwd (on
Debian both come with the package `mosquitto`). The dynamic security plugin is
used if it is found.

The expectation of a vector (the `=>` lines) comes from two places that do not
know the crate under test: each scenario below names the packets and codes that
it provokes, and the tables in this file, typed from the MQTT specifications,
say how such a packet is laid out and what its codes are called. A reply that
differs from its scenario is reported, and no vector is written for it: another
version of the broker may well send another code.

mosquitto 2.0.11 sends no packet in these cases, so there is nothing to record.
It closes the connection after a CONNECT that breaks the protocol or is larger
than max_packet_size, a second CONNECT, AUTH, CONNACK, a Remaining Length of
five bytes, an acknowledgement with Packet Identifier 0, when a session is taken
over, when the Keep Alive runs out and when the broker ends. It ignores SUBACK,
UNSUBACK, PINGRESP and a PUBACK with a code outside its table.
"""

import argparse
import base64
import getpass
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

# ---------------------------------------------------------------------------
# Tables from the specifications
# ---------------------------------------------------------------------------

TYPES = [None, "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL",
         "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK",
         "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"]
ACKS = ("PUBACK", "PUBREC", "PUBREL", "PUBCOMP")

# MQTT 5.0, tables 3-1, 3-4 to 3-11 (without the codes that only a Client
# sends) and 2-6: code -> (name, packets)
CODES = {
    0x00: ("Success", "CONNACK PUBACK PUBREC PUBREL PUBCOMP UNSUBACK AUTH"),
    0x10: ("No matching subscribers", "PUBACK PUBREC"),
    0x11: ("No subscription existed", "UNSUBACK"),
    0x18: ("Continue authentication", "AUTH"),
    0x80: ("Unspecified error", "CONNACK PUBACK PUBREC SUBACK UNSUBACK DISCONNECT"),
    0x81: ("Malformed Packet", "CONNACK DISCONNECT"),
    0x82: ("Protocol Error", "CONNACK DISCONNECT"),
    0x83: ("Implementation specific error",
           "CONNACK PUBACK PUBREC SUBACK UNSUBACK DISCONNECT"),
    0x84: ("Unsupported Protocol Version", "CONNACK"),
    0x85: ("Client Identifier not valid", "CONNACK"),
    0x86: ("Bad User Name or Password", "CONNACK"),
    0x87: ("Not authorized", "CONNACK PUBACK PUBREC SUBACK UNSUBACK DISCONNECT"),
    0x88: ("Server unavailable", "CONNACK"),
    0x89: ("Server busy", "CONNACK DISCONNECT"),
    0x8A: ("Banned", "CONNACK"),
    0x8B: ("Server shutting down", "DISCONNECT"),
    0x8C: ("Bad authentication method", "CONNACK DISCONNECT"),
    0x8D: ("Keep Alive timeout", "DISCONNECT"),
    0x8E: ("Session taken over", "DISCONNECT"),
    0x8F: ("Topic Filter invalid", "SUBACK UNSUBACK DISCONNECT"),
    0x90: ("Topic Name invalid", "CONNACK PUBACK PUBREC DISCONNECT"),
    0x91: ("Packet Identifier in use", "PUBACK PUBREC SUBACK UNSUBACK"),
    0x92: ("Packet Identifier not found", "PUBREL PUBCOMP"),
    0x93: ("Receive Maximum exceeded", "DISCONNECT"),
    0x94: ("Topic Alias invalid", "DISCONNECT"),
    0x95: ("Packet too large", "CONNACK DISCONNECT"),
    0x96: ("Message rate too high", "DISCONNECT"),
    0x97: ("Quota exceeded", "CONNACK PUBACK PUBREC SUBACK DISCONNECT"),
    0x98: ("Administrative action", "DISCONNECT"),
    0x99: ("Payload format invalid", "CONNACK PUBACK PUBREC DISCONNECT"),
    0x9A: ("Retain not supported", "CONNACK DISCONNECT"),
    0x9B: ("QoS not supported", "CONNACK DISCONNECT"),
    0x9C: ("Use another server", "CONNACK DISCONNECT"),
    0x9D: ("Server moved", "CONNACK DISCONNECT"),
    0x9E: ("Shared Subscriptions not supported", "SUBACK DISCONNECT"),
    0x9F: ("Connection rate exceeded", "CONNACK DISCONNECT"),
    0xA0: ("Maximum connect time", "DISCONNECT"),
    0xA1: ("Subscription Identifiers not supported", "SUBACK DISCONNECT"),
    0xA2: ("Wildcard Subscriptions not supported", "SUBACK DISCONNECT"),
}
# Names that differ from packet to packet.
SPECIAL = {("DISCONNECT", 0x00): "Normal disconnection",
           ("SUBACK", 0x00): "Granted QoS 0",
           ("SUBACK", 0x01): "Granted QoS 1",
           ("SUBACK", 0x02): "Granted QoS 2"}
RULES = {"CONNACK": "MQTT-3.2.2-8", "PUBACK": "MQTT-3.4.2-1",
         "PUBREC": "MQTT-3.5.2-1", "PUBREL": "MQTT-3.6.2-1",
         "PUBCOMP": "MQTT-3.7.2-1", "SUBACK": "MQTT-3.9.3-2",
         "UNSUBACK": "MQTT-3.11.3-2", "DISCONNECT": "MQTT-3.14.2-1",
         "AUTH": "MQTT-3.15.2-1"}
# MQTT 5.0, table 2-4: identifier -> (key, size, or s string, b binary, p pair)
PROPERTIES = {
    0x11: ("session_expiry_interval", 4), 0x12: ("assigned_client_identifier", "s"),
    0x13: ("server_keep_alive", 2), 0x15: ("authentication_method", "s"),
    0x16: ("authentication_data", "b"), 0x1A: ("response_information", "s"),
    0x1C: ("server_reference", "s"), 0x1F: ("reason_string", "s"),
    0x21: ("receive_maximum", 2), 0x22: ("topic_alias_maximum", 2),
    0x24: ("maximum_qos", 1), 0x25: ("retain_available", 1),
    0x26: ("user_properties", "p"), 0x27: ("maximum_packet_size", 4),
    0x28: ("wildcard_subscription_available", 1),
    0x29: ("subscription_identifiers_available", 1),
    0x2A: ("shared_subscription_available", 1),
}
# MQTT 3.1.1, table 3.1 and section 3.9.3; MQTT 3.1, CONNACK and SUBACK
V3_CONNACK = {
    "3.1.1": ["Connection Accepted",
              "Connection Refused, unacceptable protocol version",
              "Connection Refused, identifier rejected",
              "Connection Refused, Server unavailable",
              "Connection Refused, bad user name or password",
              "Connection Refused, not authorized"],
    "3.1": ["Connection Accepted",
            "Connection Refused: unacceptable protocol version",
            "Connection Refused: identifier rejected",
            "Connection Refused: server unavailable",
            "Connection Refused: bad user name or password",
            "Connection Refused: not authorized"],
}
V3_SUBACK = {
    "3.1.1": {0: "Success - Maximum QoS 0", 1: "Success - Maximum QoS 1",
              2: "Success - Maximum QoS 2", 0x80: "Failure"},
    "3.1": {0: "Granted QoS 0", 1: "Granted QoS 1", 2: "Granted QoS 2"},
}


def name_of(packet, code):
    """The specification's name of a code, or None where it has no place."""
    if (packet, code) in SPECIAL:
        return SPECIAL[packet, code]
    name, packets = CODES.get(code, ("", ""))
    return name if packet in packets.split() else None


# ---------------------------------------------------------------------------
# Laying out packets
# ---------------------------------------------------------------------------

def u16(number):
    return number.to_bytes(2, "big")


def varint(number):
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def string(text):
    data = text.encode() if isinstance(text, str) else text
    return u16(len(data)) + data


def packet(first, *parts):
    body = b"".join(parts)
    return bytes([first]) + varint(len(body)) + body


def section(version, data=b""):
    """Property Length and properties; nothing in 3.x."""
    return varint(len(data)) + data if version == "5.0" else b""


def connect(version, client="c1", *, clean=True, keep_alive=60, user=None,
            password=None, will=None, will_qos=0, will_retain=False,
            properties=b"", level=None, name=None, flags=0):
    level = level if level is not None else {"5.0": 5, "3.1.1": 4, "3.1": 3}[version]
    name = name or ("MQIsdp" if version == "3.1" else "MQTT")
    flags |= 0x02 if clean else 0
    tail = string(client)
    if will is not None:
        flags |= 0x04 | will_qos << 3 | (0x20 if will_retain else 0)
        tail += section(version) + string(will) + string("gone")
    if user is not None:
        flags |= 0x80
        tail += string(user)
    if password is not None:
        flags |= 0x40
        tail += string(password)
    return packet(0x10, string(name), bytes([level, flags]), u16(keep_alive),
                  section(version, properties), tail)


def publish(version, topic, ident=None, qos=0, *, payload=b"x", retain=False,
            properties=b""):
    return packet(0x30 | qos << 1 | retain, string(topic),
                  u16(ident) if ident is not None else b"",
                  section(version, properties), payload)


def subscribe(version, ident, *filters, properties=b""):
    return packet(0x82, u16(ident), section(version, properties),
                  *[string(f) + bytes([options]) for f, options in filters])


def unsubscribe(version, ident, *filters):
    return packet(0xA2, u16(ident), section(version), *map(string, filters))


# ---------------------------------------------------------------------------
# Reading replies by the tables above
# ---------------------------------------------------------------------------

def read_properties(data):
    out, at = {}, 0

    def text():
        nonlocal at
        size = int.from_bytes(data[at:at + 2], "big")
        at += 2 + size
        return data[at - size:at]

    while at < len(data):
        key, kind = PROPERTIES[data[at]]
        at += 1
        if kind == "s":
            out[key] = text().decode()
        elif kind == "b":
            out[key] = text().hex()
        elif kind == "p":
            out.setdefault(key, []).append([text().decode(), text().decode()])
        else:
            out[key] = int.from_bytes(data[at:at + kind], "big")
            at += kind
    return out


def refused(kind, offset, rule, version):
    """What a receiver reports for a code that the packet may not carry."""
    out = {"result": "error", "packet": kind, "class": "protocol_error",
           "answer": 130 if version == "5.0" else None, "offset": offset}
    return {**out, "rule": rule} if rule else out


def expectation(frame, version):
    """What `mqtt-reason decode --json` must print for one reply."""
    kind = TYPES[frame[0] >> 4]
    length, start = read_varint(frame, 1)
    body = frame[start:]
    assert length == len(body)
    head = {"result": "packet", "mqtt": version, "packet": kind, "length": len(frame)}
    if kind in ("PUBLISH", "PINGRESP"):
        return {**head, "result": "frame"}
    ident = int.from_bytes(body[:2], "big")
    if version != "5.0":
        if kind == "CONNACK":
            head["session_present"] = version == "3.1.1" and body[0] == 1
            head["reason_code"] = body[1]
            head["reason_name"] = V3_CONNACK[version][body[1]]
            return {**head, "encoded": frame.hex()}
        head["packet_id"] = ident
        if kind == "SUBACK":
            for at, code in enumerate(body[2:], start + 2):
                if code not in V3_SUBACK[version] and code != 0x80:
                    return refused(kind, at, "MQTT-3.9.3-2" if version == "3.1.1" else None,
                                   version)
            head["reason_codes"] = list(body[2:])
            if version == "3.1" and 0x80 in body[2:]:
                return {**head, "encoded": None}   # 3.1 has no way to say this
            head["reason_names"] = [V3_SUBACK[version][c] for c in body[2:]]
        return {**head, "encoded": frame.hex()}

    if kind == "CONNACK" and len(body) == 2 and body[0] < 2:
        # Too short for 5.0 (section 3.2.2): this is the CONNACK of 3.x.
        return {"result": "error", "packet": kind, "class": "malformed", "answer": 129,
                "offset": 1}
    if kind in ("SUBACK", "UNSUBACK"):
        size, at = read_varint(body, 2)
        block, codes = body[at:at + size], list(body[at + size:])
        for where, code in enumerate(codes, start + at + size):
            if name_of(kind, code) is None:
                return refused(kind, where, RULES[kind], version)
        return {**head, "packet_id": ident, "reason_codes": codes,
                "reason_names": [name_of(kind, c) for c in codes],
                "properties": read_properties(block), "encoded": frame.hex()}
    # Where the code stands: behind flags, behind the identifier, or first.
    at = {"CONNACK": 1, "DISCONNECT": 0, "AUTH": 0}.get(kind, 2)
    if kind == "CONNACK":
        head["session_present"] = body[0] == 1
    elif at == 2:
        head["packet_id"] = ident
    code = body[at] if len(body) > at else 0
    size, block = read_varint(body, at + 1) if len(body) > at + 1 else (0, len(body))
    if name_of(kind, code) is None:
        return refused(kind, start + at, RULES[kind], version)
    head["reason_code"], head["reason_name"] = code, name_of(kind, code)
    head["properties"] = read_properties(body[block:block + size])
    # The shortest legal form: without properties the Property Length goes, and
    # with it a code of 0x00 (sections 3.4.2.1, 3.4.2.2.1, 3.14.2.1, 3.14.2.2.1).
    if size == 0 and kind in ACKS + ("DISCONNECT",):
        frame = packet(frame[0], body[:at], bytes([code]) if code else b"")
    return {**head, "encoded": frame.hex()}


def label(frame, version):
    """A reply in short, to compare with a scenario: `PUBACK 87`."""
    found = expectation(frame, version)
    kind = found["packet"]
    if found["result"] == "error":
        return f"{kind} refused at {found['offset']}: {frame[found['offset']]:02x}"
    if kind == "CONNACK":
        session = " session" if found["session_present"] else ""
        return f"{kind} {found['reason_code']:02x}{session}"
    codes = found.get("reason_codes", [found["reason_code"]] if "reason_code" in found else [])
    return " ".join([kind] + [f"{c:02x}" for c in codes])


# ---------------------------------------------------------------------------
# The broker and its clients
# ---------------------------------------------------------------------------

class Broker:
    """One mosquitto process on a free port, with a configuration of its own."""

    def __init__(self, binary, folder, lines):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = os.path.join(folder, f"{self.port}.conf")
        user = [f"user {getpass.getuser()}"] if os.geteuid() == 0 else []
        with open(config, "w") as out:
            out.write("\n".join(user + [f"listener {self.port} 127.0.0.1"] + lines) + "\n")
        self.process = subprocess.Popen([binary, "-c", config], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.stop()
        raise SystemExit("mosquitto did not start with: " + "; ".join(lines))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Client:
    """A socket that remembers what it sent and what came back."""

    def __init__(self, broker):
        self.socket = socket.create_connection(("127.0.0.1", broker.port), 5)
        self.sent, self.replies, self.rest = [], [], b""

    def send(self, *packets, wait=1, within=5.0):
        """Send packets one by one; after each, read up to `wait` replies."""
        for data in packets:
            try:
                self.socket.sendall(data)
            except OSError:
                return self
            self.sent.append(data)
            self.read(wait, within)
        return self

    def read(self, count, within=5.0):
        """Read `count` more packets; fewer if the broker closes or is silent."""
        end = time.monotonic() + within
        while count:
            frame = self.cut()
            if frame:
                self.replies.append(frame)
                count -= 1
                continue
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                data = self.socket.recv(65536)
            except OSError:
                return self
            if not data:
                return self
            self.rest += data
        return self

    def cut(self):
        """The next whole packet of what has arrived, or None."""
        for used in range(1, 5):
            if len(self.rest) <= used:
                return None
            if self.rest[used] < 0x80:
                size, at = read_varint(self.rest, 1)
                if len(self.rest) < at + size:
                    return None
                frame, self.rest = self.rest[:at + size], self.rest[at + size:]
                return frame
        return None

    def close(self):
        self.socket.close()


class Recorder:
    """Compares replies with their scenario and writes the vectors."""

    def __init__(self, version, folder, dry_run):
        self.version, self.folder, self.dry_run = version, folder, dry_run
        self.pairs, self.files, self.wrong, self.entries = {}, 0, [], {}

    def record(self, name, what, client, expected, mqtt="5.0", note=None):
        """One vector; `expected` is the list of labels of the replies."""
        found = [label(f, mqtt) for f in client.replies]
        client.close()
        if found != expected:
            self.wrong.append(f"{name} ({mqtt}): expected {expected}, mosquitto sent {found}")
            return
        for text in found:   # `SUBACK 00 01` counts as two pairs
            kind, *codes = [text] if "refused" in text else text.split()
            self.pairs.setdefault(mqtt, set()).update(
                f"{kind} {code}" for code in codes if code != "session")
            if not codes:
                self.pairs.setdefault(mqtt, set()).add(kind)
        place = "v5" if mqtt == "5.0" else "v3"
        prefix = {"5.0": "", "3.1.1": "v311-", "3.1": "v31-"}[mqtt]
        options = "--from server" if mqtt == "5.0" else f"--mqtt {mqtt} --from server"
        lines = [f"# mosquitto {self.version}, MQTT {mqtt}: {what}"]
        lines += [f"# {note}"] if note else []
        lines += ["# reproduce: python3 tests/capture/mosquitto.py", f"# options: {options}"]
        sent = []
        for data in client.sent:
            text = data.hex(" ")
            sent += ["# sent: " + (text if len(data) <= 96 else
                                   f"{data[:48].hex(' ')} … ({len(data)} bytes)")]
        lines[1:1] = sent
        lines += [f.hex(" ") for f in client.replies]
        lines += ["=> " + json.dumps(expectation(f, mqtt), separators=(",", ":"))
                  for f in client.replies]
        self.files += 1
        self.entries.setdefault(place, {})[f"mosquitto-{prefix}{name}"] = "\n".join(lines) + "\n"

    def write(self):
        """Writes a file for 5.0 and one for 3.x."""
        for place, entries in self.entries.items():
            path = os.path.join(self.folder, place, "mosquitto.hex")
            with open(path, "w", encoding="utf-8") as out:
                out.write("\n".join(f"[{name}]\n{text}" for name, text in sorted(entries.items())))


# ---------------------------------------------------------------------------
# Scenarios
# ---------------------------------------------------------------------------

def main_broker(rec, start):
    """Sessions, acknowledgements, ACL, and bytes that break the protocol."""
    five = "5.0"
    with start("allow_anonymous true", "password_file @passwords", "acl_file @acl",
               "max_keepalive 600") as broker:

        def run(name, what, packets, expected, mqtt=five, note=None, wait=1):
            client = Client(broker).send(*packets, wait=wait)
            rec.record(name, what, client, expected, mqtt, note)

        hello = connect(five)
        run("connack-accepted", "a plain CONNECT", [hello], ["CONNACK 00"])
        run("connack-assigned-client-identifier", "an empty Client Identifier",
            [connect(five, "")], ["CONNACK 00"])
        run("connack-server-keep-alive", "Keep Alive above max_keepalive",
            [connect(five, keep_alive=1000)], ["CONNACK 00"])
        run("connack-wrong-password", "user alice with a wrong password",
            [connect(five, user="alice", password="wrong")], ["CONNACK 87"])
        run("connack-unknown-user", "a user that is not in the password file",
            [connect(five, user="nobody", password="x")], ["CONNACK 87"])
        run("connack-authentication-method", "an Authentication Method that is not known",
            [connect(five, properties=b"\x15" + string("X"))], ["CONNACK 8c"])
        run("connack-of-v3", "protocol level 6", [connect(five, level=6)],
            ["CONNACK refused at 1: 02"],
            note="the answer has the layout of 3.x, return code 1; a 5.0 decoder refuses it")

        keep = b"\x11\x00\x00\x0e\x10"
        Client(broker).send(connect(five, "keeper", properties=keep)).close()
        time.sleep(0.1)
        run("connack-session-present", "Clean Start 0, a session exists",
            [connect(five, "keeper", clean=False, properties=keep)], ["CONNACK 00 session"])

        listener = Client(broker).send(connect(five, "listener"),
                                       subscribe(five, 1, ("open/heard", 0)))
        run("puback-success", "QoS 1, one subscriber",
            [hello, publish(five, "open/heard", 10, 1)], ["CONNACK 00", "PUBACK 00"])
        run("puback-no-matching-subscribers", "QoS 1, no subscriber",
            [hello, publish(five, "open/unheard", 10, 1)], ["CONNACK 00", "PUBACK 10"])
        run("puback-not-authorized", "QoS 1 to a topic that the ACL denies",
            [hello, publish(five, "denied", 10, 1)], ["CONNACK 00", "PUBACK 87"])
        run("puback-largest-packet-identifier", "QoS 1, Packet Identifier 65535",
            [hello, publish(five, "open/unheard", 65535, 1)], ["CONNACK 00", "PUBACK 10"])
        pubrel = bytes.fromhex("6202000b")
        run("pubrec-and-pubcomp", "QoS 2, both steps",
            [hello, publish(five, "open/heard", 11, 2), pubrel],
            ["CONNACK 00", "PUBREC 00", "PUBCOMP 00"])
        run("pubrec-not-authorized", "QoS 2 to a topic that the ACL denies",
            [hello, publish(five, "denied", 11, 2)], ["CONNACK 00", "PUBREC 87"])
        run("pubcomp-for-unknown-identifier", "PUBREL for an identifier that is not in use",
            [hello, pubrel], ["CONNACK 00", "PUBCOMP 00"],
            note="mosquitto answers 0x00 here, where 0x92 is the closer code")
        listener.close()

        run("suback-granted", "three filters with QoS 0, 1 and 2",
            [hello, subscribe(five, 20, ("open/a", 0), ("open/b", 1), ("open/c", 2))],
            ["CONNACK 00", "SUBACK 00 01 02"])
        run("suback-shared-and-wildcard", "a shared filter and two with wildcards",
            [hello, subscribe(five, 21, ("$share/g/open/a", 1), ("open/#", 2), ("open/+", 0))],
            ["CONNACK 00", "SUBACK 01 02 00"])
        run("suback-with-subscription-identifier", "a Subscription Identifier",
            [hello, subscribe(five, 22, ("open/a", 1), properties=b"\x0b\x05")],
            ["CONNACK 00", "SUBACK 01"])
        run("unsuback", "a filter that was subscribed and one that was not",
            [hello, subscribe(five, 23, ("open/a", 1)), unsubscribe(five, 24, "open/a", "open/z")],
            ["CONNACK 00", "SUBACK 01", "UNSUBACK 00 11"])
        run("publish-between", "a QoS 0 message to the client itself; PUBLISH passes as a frame",
            [connect(five, "self"), subscribe(five, 25, ("open/self", 2)),
             publish(five, "open/self", qos=0, payload=b"hello")],
            ["CONNACK 00", "SUBACK 02", "PUBLISH"])

        # A subscriber at QoS 2, to see the broker's PUBREL.
        sub = Client(broker).send(connect(five, "sub2"), subscribe(five, 26, ("open/two", 2)))
        pub = Client(broker).send(hello, publish(five, "open/two", 12, 2), bytes.fromhex("6202000c"))
        sub.read(1)
        sub.send(bytes.fromhex("50020001"))
        rec.record("pubrel", "a subscriber at QoS 2 answers PUBLISH with PUBREC", sub,
                   ["CONNACK 00", "SUBACK 02", "PUBLISH", "PUBREL 00"])
        pub.close()
        run("pubrel-for-unknown-identifier", "PUBREC for an identifier that is not in use",
            [hello, bytes.fromhex("5002000d")], ["CONNACK 00", "PUBREL 00"],
            note="mosquitto answers 0x00 here, where 0x92 is the closer code")

        for name, what, data, code in [
                ("malformed-fixed-header", "SUBSCRIBE with fixed header flags 0000",
                 b"\x80" + subscribe(five, 1, ("open/a", 0))[1:], "81"),
                ("packet-type-0", "packet type 0", b"\x00\x00", "82"),
                ("empty-subscribe", "SUBSCRIBE without a filter", packet(0x82, u16(9), b"\0"), "81"),
                ("empty-unsubscribe", "UNSUBSCRIBE without a filter",
                 packet(0xA2, u16(9), b"\0"), "81"),
                ("cut-topic", "PUBLISH whose topic crosses the end of the packet",
                 b"\x30\x02\xff\xff", "81"),
                ("subscription-identifier-0", "SUBSCRIBE with Subscription Identifier 0",
                 subscribe(five, 9, ("open/a", 0), properties=b"\x0b\x00"), "81"),
                ("bad-subscription-options", "SUBSCRIBE with reserved option bits",
                 subscribe(five, 9, ("open/a", 0xC0)), "81"),
                ("bad-filter", "SUBSCRIBE with a filter in which # is not last",
                 subscribe(five, 9, ("open/#/a", 0)), "81"),
                ("qos-3", "PUBLISH with QoS 3", publish(five, "open/a", 9, 3), "81"),
                ("publish-identifier-0", "PUBLISH with Packet Identifier 0",
                 publish(five, "open/a", 0, 1), "82"),
                ("publish-to-wildcard", "PUBLISH to a topic that holds #",
                 publish(five, "open/#", 9, 1), "82"),
                ("publish-bad-utf-8", "PUBLISH to a topic that is not UTF-8",
                 publish(five, b"open/\xff", 9, 1), "81"),
                ("unknown-property", "PUBLISH with property 0x7F",
                 publish(five, "open/a", 9, 1, properties=b"\x7f\x00"), "81"),
                ("misplaced-property", "PUBLISH with Receive Maximum",
                 publish(five, "open/a", 9, 1, properties=b"\x21\x00\x05"), "81"),
                ("topic-alias-0", "PUBLISH with Topic Alias 0",
                 publish(five, "open/a", 9, 1, properties=b"\x23\x00\x00"), "81"),
                ("topic-alias-too-large", "PUBLISH with Topic Alias 1000, above the maximum",
                 publish(five, "open/a", 9, 1, properties=b"\x23\x03\xe8"), "94"),
                ("topic-alias-unknown", "PUBLISH with a Topic Alias that was never set",
                 publish(five, "", 9, 1, properties=b"\x23\x00\x02"), "82"),
                ("disconnect-session-expiry",
                 "DISCONNECT that raises a Session Expiry Interval of 0",
                 bytes.fromhex("e0070005110000000a"), "82")]:
            run("disconnect-" + name, what, [hello, data], ["CONNACK 00", "DISCONNECT " + code])

        # Twenty QoS 2 messages may be in flight (Receive Maximum 20); the 21st is too many.
        many = [publish(five, "open/a", n, 2) for n in range(1, 22)]
        run("pubrec-quota-exceeded", "21 QoS 2 messages without a PUBREL, where 20 may be open",
            [hello, *many], ["CONNACK 00"] + ["PUBREC 00"] * 20 + ["PUBREC 97"])

        filters = [(f"open/{n}", n % 3) for n in range(150)]
        run("suback-150-codes", "SUBSCRIBE with 150 filters", [hello, subscribe(five, 40, *filters)],
            ["CONNACK 00", "SUBACK" + " 00 01 02" * 50])
        run("unsuback-150-codes", "UNSUBSCRIBE with 150 filters that were not subscribed",
            [hello, unsubscribe(five, 41, *[name for name, _ in filters])],
            ["CONNACK 00", "UNSUBACK" + " 11" * 150])

        for old in ("3.1.1", "3.1"):
            hello3 = connect(old)
            run("connack-accepted", "a plain CONNECT", [hello3], ["CONNACK 00"], old)
            run("connack-wrong-password", "user alice with a wrong password",
                [connect(old, user="alice", password="wrong")], ["CONNACK 05"], old)
            Client(broker).send(connect(old, "keep3", clean=False)).close()
            time.sleep(0.1)
            run("connack-session-present", "CleanSession 0, a session exists",
                [connect(old, "keep3", clean=False)],
                ["CONNACK 00 session" if old == "3.1.1" else "CONNACK 00"], old)
            run("puback", "QoS 1", [hello3, publish(old, "open/a", 10, 1)],
                ["CONNACK 00", "PUBACK"], old)
            run("puback-denied", "QoS 1 to a topic that the ACL denies: 3.x cannot say so",
                [hello3, publish(old, "denied", 10, 1)], ["CONNACK 00", "PUBACK"], old)
            run("pubrec-and-pubcomp", "QoS 2, both steps",
                [hello3, publish(old, "open/a", 11, 2), pubrel],
                ["CONNACK 00", "PUBREC", "PUBCOMP"], old)
            run("suback", "three filters with QoS 0, 1 and 2",
                [hello3, subscribe(old, 20, ("open/a", 0), ("open/b", 1), ("open/c", 2))],
                ["CONNACK 00", "SUBACK 00 01 02"], old)
            run("unsuback", "two filters", [hello3, unsubscribe(old, 24, "open/a", "open/z")],
                ["CONNACK 00", "UNSUBACK"], old)
            run("pingresp", "PINGREQ", [hello3, b"\xc0\x00"], ["CONNACK 00", "PINGRESP"], old)
            run("pubrel-sent-again", "QoS 2 where PUBREL comes twice",
                [hello3, publish(old, "open/a", 12, 2), *[bytes.fromhex("6202000c")] * 2],
                ["CONNACK 00", "PUBREC", "PUBCOMP", "PUBCOMP"], old)
        run("connack-unacceptable-version", "protocol level 2", [connect("3.1.1", level=2)],
            ["CONNACK 01"], "3.1.1")
        run("connack-empty-identifier", "an empty Client Identifier with CleanSession 0",
            [connect("3.1.1", "", clean=False)], ["CONNACK 02"], "3.1.1")
        run("connack-empty-identifier", "an empty Client Identifier",
            [connect("3.1", "")], ["CONNACK 02"], "3.1")


def limited_broker(rec, start):
    """Maximum QoS 1, no retained messages, small packets, few identifiers."""
    five = "5.0"
    with start("allow_anonymous true", "max_qos 1", "retain_available false",
               "max_packet_size 120", "allow_zero_length_clientid false",
               "clientid_prefixes ok-", "max_topic_alias 3",
               "max_inflight_messages 2") as broker:

        def run(name, what, packets, expected, mqtt=five, note=None):
            rec.record(name, what, Client(broker).send(*packets), expected, mqtt, note)

        hello = connect(five, "ok-1")
        run("connack-with-limits", "max_qos 1, retain_available false, max_packet_size 120, "
            "max_topic_alias 3, max_inflight_messages 2", [hello], ["CONNACK 00"])
        run("connack-empty-identifier", "an empty Client Identifier that the broker does not allow",
            [connect(five, "")], ["CONNACK 80"],
            note="mosquitto answers 0x80 here, where 0x85 is the closer code")
        run("connack-wrong-prefix", "a Client Identifier outside clientid_prefixes",
            [connect(five, "no-1")], ["CONNACK 87"])
        run("connack-will-retain", "a Will with RETAIN",
            [connect(five, "ok-1", will="w", will_retain=True)], ["CONNACK 9a"])
        run("connack-will-qos-2", "a Will at QoS 2",
            [connect(five, "ok-1", will="w", will_qos=2)], ["CONNACK 9b"])
        run("disconnect-retain-not-supported", "PUBLISH with RETAIN",
            [hello, publish(five, "a", 1, 1, retain=True)], ["CONNACK 00", "DISCONNECT 9a"])
        run("disconnect-qos-not-supported", "PUBLISH at QoS 2",
            [hello, publish(five, "a", 1, 2)], ["CONNACK 00", "DISCONNECT 9b"])
        run("disconnect-packet-too-large", "PUBLISH of more than 120 bytes",
            [hello, publish(five, "a", 1, 1, payload=b"x" * 130)],
            ["CONNACK 00", "DISCONNECT 95"])
        run("suback-qos-2-granted-as-1", "SUBSCRIBE at QoS 2 where Maximum QoS is 1",
            [hello, subscribe(five, 1, ("a", 2))], ["CONNACK 00", "SUBACK 01"])
        for old in ("3.1.1", "3.1"):
            run("connack-wrong-prefix", "a Client Identifier outside clientid_prefixes",
                [connect(old, "no-1")], ["CONNACK 05"], old)
        run("connack-empty-identifier-not-allowed", "an empty Client Identifier",
            [connect("3.1.1", "")], ["CONNACK 02"], "3.1.1")


def small_message_broker(rec, start):
    """A limit on the payload that is no Maximum Packet Size."""
    five = "5.0"
    with start("allow_anonymous true", "message_size_limit 10") as broker:
        for qos, kind in ((1, "PUBACK"), (2, "PUBREC")):
            rec.record(f"{kind.lower()}-packet-too-large",
                       f"QoS {qos} with a payload above message_size_limit",
                       Client(broker).send(connect(five),
                                           publish(five, "a", 10, qos, payload=b"x" * 11)),
                       ["CONNACK 00", f"{kind} refused at 4: 95"],
                       note=f"0x95 is not in the table of {kind} [{RULES[kind]}]: "
                            "a receiver refuses the packet")


def plugin_broker(rec, start, plugin, folder):
    """The dynamic security plugin: subscriptions refused, a client disabled."""
    five = "5.0"

    def account(name, password, role):
        salt = b"0123456789ab"
        digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
        return {"username": name, "password": base64.b64encode(digest).decode(),
                "salt": base64.b64encode(salt).decode(), "iterations": 101,
                "roles": [{"rolename": role}]}

    def acl(kind, topic, allow):
        return {"acltype": kind, "topic": topic, "allow": allow, "priority": 0}

    control = "$CONTROL/dynamic-security/#"
    state = {
        "defaultACLAccess": {"publishClientSend": True, "publishClientReceive": True,
                             "subscribe": True, "unsubscribe": True},
        "clients": [account("root", "secret", "root"), account("bob", "secret", "some")],
        "roles": [
            {"rolename": "root", "acls": [acl("publishClientSend", control, True)]},
            {"rolename": "some", "acls": [acl("subscribePattern", "denied/#", False),
                                          acl("unsubscribePattern", "denied/#", False)]}],
    }
    path = os.path.join(folder, "dynamic-security.json")
    with open(path, "w") as out:
        json.dump(state, out)
    with start(f"plugin {plugin}", f"plugin_opt_config_file {path}",
               "allow_anonymous false") as broker:

        def run(name, what, packets, expected, mqtt=five):
            rec.record(name, what, Client(broker).send(*packets), expected, mqtt)

        def bob(version):
            return connect(version, "bob", user="bob", password="secret")

        run("connack-anonymous", "no user name where anonymous clients are not allowed",
            [connect(five)], ["CONNACK 87"])
        run("suback-not-authorized", "one filter that is allowed and one that is not",
            [bob(five), subscribe(five, 30, ("a", 1), ("denied/a", 1))],
            ["CONNACK 00", "SUBACK 01 87"])
        run("unsuback-not-authorized", "one filter that is allowed and one that is not",
            [bob(five), unsubscribe(five, 31, "a", "denied/a")],
            ["CONNACK 00", "UNSUBACK 11 87"])
        run("suback-failure", "one filter that is allowed and one that is not",
            [bob("3.1.1"), subscribe("3.1.1", 30, ("a", 1), ("denied/a", 1))],
            ["CONNACK 00", "SUBACK 01 80"], "3.1.1")
        run("suback-denied", "one filter that is allowed and one that is not: 3.1 cannot say so",
            [bob("3.1"), subscribe("3.1", 30, ("a", 1), ("denied/a", 1))],
            ["CONNACK 00", "SUBACK 01 01"], "3.1")
        run("connack-anonymous", "no user name where anonymous clients are not allowed",
            [connect("3.1.1")], ["CONNACK 05"], "3.1.1")
        victim = Client(broker).send(bob(five))
        command = {"commands": [{"command": "disableClient", "username": "bob"}]}
        root = Client(broker).send(
            connect(five, "root", user="root", password="secret"),
            publish(five, "$CONTROL/dynamic-security/v1", 1, 1,
                    payload=json.dumps(command).encode()))
        rec.record("disconnect-administrative-action", "the client is disabled by an administrator",
                   victim.read(1), ["CONNACK 00", "DISCONNECT 98"])
        root.close()


def find_plugin():
    for place in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"):
        for depth in ("", "*/"):
            found = glob.glob(f"{place}/{depth}mosquitto_dynamic_security.so")
            if found:
                return found[0]
    return None


def main():
    default = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mosquitto", help="path of the broker (default: searched for)")
    parser.add_argument("--passwd", help="path of mosquitto_passwd (default: searched for)")
    parser.add_argument("--plugin", help="path of mosquitto_dynamic_security.so "
                                         "(default: searched for)")
    parser.add_argument("--out", default=os.path.normpath(default),
                        help="folder that holds v5/ and v3/ (default: tests/vectors)")
    parser.add_argument("--dry-run", action="store_true",
                        help="compare with the scenarios, write nothing")
    options = parser.parse_args()

    search = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    binary = options.mosquitto or shutil.which("mosquitto", path=search)
    passwd = options.passwd or shutil.which("mosquitto_passwd", path=search)
    if not binary or not passwd:
        parser.error("mosquitto and mosquitto_passwd are needed")
    usage = subprocess.run([binary, "-h"], capture_output=True, text=True, timeout=10)
    version = re.search(r"version (\S+)", usage.stdout + usage.stderr)
    rec = Recorder(version.group(1) if version else "of unknown version",
                   options.out, options.dry_run)
    plugin = options.plugin or find_plugin()

    with tempfile.TemporaryDirectory() as folder:
        files = {"@passwords": os.path.join(folder, "passwords"),
                 "@acl": os.path.join(folder, "acl")}
        subprocess.run([passwd, "-b", "-c", files["@passwords"], "alice", "secret"],
                       check=True, timeout=10, capture_output=True)
        with open(files["@acl"], "w") as out:
            out.write("topic readwrite open/#\n")

        def start(*lines):
            for short, path in files.items():
                lines = [line.replace(short, path) for line in lines]
            return Broker(binary, folder, list(lines))

        main_broker(rec, start)
        limited_broker(rec, start)
        small_message_broker(rec, start)
        if plugin:
            plugin_broker(rec, start, plugin, folder)
        else:
            print("the dynamic security plugin was not found: its scenarios are left out")

    if not options.dry_run:
        rec.write()
    for mqtt, pairs in sorted(rec.pairs.items(), reverse=True):
        print(f"MQTT {mqtt}: " + ", ".join(sorted(pairs)))
    print(f"mosquitto {rec.version}: {rec.files} vectors" + (" (dry run)" if rec.dry_run else ""))
    for line in rec.wrong:
        print("not as described: " + line, file=sys.stderr)
    return 1 if rec.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
