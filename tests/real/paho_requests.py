"""paho-mqtt as a client: connects, subscribes, publishes and unsubscribes, with what its interface offers.

usage: paho_requests.py PORT VERSION    (3, 4 or 5)
"""

import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

port, version = int(sys.argv[1]), int(sys.argv[2])
is_5 = version == 5


def properties(packet, **values):
    if not is_5:
        return None
    section = Properties(packet)
    for name, value in values.items():
        setattr(section, name, value)
    return section


clean = {} if is_5 else {"clean_session": True}
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="paho-ä", protocol=version, **clean)
client.username_pw_set("user", "password")
client.will_set(
    "will/topic",
    "gone",
    qos=2,
    retain=True,
    properties=properties(
        PacketTypes.WILLMESSAGE,
        WillDelayInterval=3,
        PayloadFormatIndicator=1,
        ContentType="text/plain",
        UserProperty=("a", "b"),
    ),
)
done = []


def on_connect(client, userdata, flags, reason, props):
    if is_5:
        client.subscribe(
            [
                ("a/+/b", SubscribeOptions(qos=1, noLocal=True)),
                ("$share/group/#", SubscribeOptions(qos=2, retainAsPublished=True, retainHandling=2)),
            ],
            properties=properties(PacketTypes.SUBSCRIBE, SubscriptionIdentifier=300, UserProperty=("x", "y")),
        )
    else:
        client.subscribe([("a/+/b", 1), ("#", 2)])


def on_subscribe(client, userdata, mid, codes, props):
    client.publish("t/0", b"")
    client.publish("t/1", "x" * 300, qos=1, retain=True)
    client.publish(
        "t/ü",
        bytes(range(256)),
        qos=2,
        properties=properties(
            PacketTypes.PUBLISH,
            MessageExpiryInterval=60,
            ResponseTopic="re/ply",
            CorrelationData=b"\x00\xff",
            UserProperty=[("a", "b"), ("a", "c")],
        ),
    )


def on_publish(client, userdata, mid, reason, props):
    done.append(mid)
    if len(done) == 3:
        client.unsubscribe(["a/+/b", "#"])


def on_unsubscribe(client, userdata, mid, codes, props):
    client.disconnect()


client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_publish = on_publish
client.on_unsubscribe = on_unsubscribe
client.connect(
    "127.0.0.1",
    port,
    keepalive=30,
    properties=properties(
        PacketTypes.CONNECT,
        SessionExpiryInterval=60,
        ReceiveMaximum=20,
        MaximumPacketSize=100000,
        TopicAliasMaximum=5,
        RequestProblemInformation=1,
        UserProperty=("k", "v"),
    ),
)
client.loop_forever(retry_first_connection=False)
