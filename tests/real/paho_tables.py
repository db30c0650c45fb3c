"""Print the reason codes of paho-mqtt as JSON: a list of [packet, code, name]."""

import json

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

names = ReasonCode(PacketTypes.DISCONNECT).names
print(json.dumps(sorted(
    [PacketTypes.Names[packet].upper(), code, name]
    for code, by_name in names.items()
    for name, packets in by_name.items()
    for packet in packets)))
