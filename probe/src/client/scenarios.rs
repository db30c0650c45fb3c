//! The scenarios against a client: what is sent to it, when, and what it has to do.

mod table;

use mqtt_reason::{PacketType, QoS, Version};

pub(crate) use self::table::TABLE;

/// One scenario.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// The name, unique: the letters are the group.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) mqtt: Version,
    /// The packet of the client after which `sends` is sent.
    pub(crate) after: Trigger,
    /// Hexadecimal. `@I` is the Packet Identifier of the packet that is answered, `@A` the Client's Topic Alias Maximum
    /// plus one; what `|` parts is sent in pieces. `AUTHxx` is an AUTH with this code and the client's Authentication
    /// Method, `AUTHxx+…` the same with further properties; `FLOOD` is one PUBLISH with QoS 2 more than the Client's
    /// Receive Maximum, `BIG` a PUBLISH above its Maximum Packet Size, `CREDENTIALS` the CONNACK that its User Name and
    /// Password deserve.
    pub(crate) sends: &'static str,
    pub(crate) demand: Demand,
    pub(crate) needs: Need,
    /// A client that overlooks the fault has to answer with one of its own, such as Packet Identifier 0: that answer is
    /// not judged.
    pub(crate) echo: bool,
    /// Statements (`MQTT-…`) or sections.
    pub(crate) rules: &'static [&'static str],
}

/// The packet of the client that a scenario waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Trigger {
    /// CONNECT: `sends` takes the place of CONNACK.
    Connect,
    /// As `Connect`, of a client that is to subscribe.
    ConnectToSubscribe,
    /// As `Connect`, of a client that is to publish with QoS 1.
    ConnectToPublish,
    /// As `Connect`, of a client that is to publish with QoS 2.
    ConnectToPublish2,
    /// CONNECT, after an accepting CONNACK.
    Accepted,
    /// SUBSCRIBE: `sends` takes the place of SUBACK.
    Subscribe,
    /// SUBSCRIBE, after its SUBACK.
    Subscribed,
    /// PUBLISH with QoS 1: `sends` takes the place of PUBACK.
    Publish1,
    /// PUBLISH with QoS 2: `sends` takes the place of PUBREC.
    Publish2,
    /// PUBREL: `sends` takes the place of PUBCOMP.
    Pubrel,
    /// CONNECT with an Authentication Method, after an accepting CONNACK.
    Authenticated,
}

/// What the client must have shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    Nothing,
    /// CONNECT has an Authentication Method.
    Method,
    /// CONNECT has none.
    NoMethod,
    /// CONNECT has Clean Start 1: there is no Session State.
    CleanStart,
    /// CONNECT has no Topic Alias Maximum, or 0.
    NoTopicAlias,
    /// CONNECT has a Topic Alias Maximum above 0.
    TopicAlias,
    /// CONNECT has a Receive Maximum of at most 100.
    ReceiveMaximum,
    /// CONNECT has a Maximum Packet Size of at most a mebibyte.
    MaximumPacketSize,
    /// It publishes as many messages at once as it is told, by `{count}`.
    Count,
    /// It is known what User Name its CONNECT should have.
    User,
}

/// What a CONNACK in `sends` forbids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Limit {
    /// PUBLISH above this QoS.
    MaximumQos(QoS),
    /// Packets of more bytes.
    MaximumPacketSize(usize),
    /// PUBLISH with RETAIN 1.
    NoRetain,
    /// PUBLISH with a Topic Alias.
    NoTopicAlias,
    /// More unacknowledged PUBLISH of QoS 1 and 2; none is acknowledged.
    ReceiveMaximum(usize),
}

/// What is demanded of the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Demand {
    /// Its user learns the code: number or name stand in what the program prints. With `closes`, the connection ends.
    Report { code: u8, closes: bool },
    /// As `Report`, that the server does not speak this version, in any words for it; the connection ends.
    ReportVersion,
    /// As `Report`, of this text.
    ReportText { text: &'static str },
    /// DISCONNECT with one of these codes, then the end; closing without it is allowed.
    Refuse {
        codes: &'static [u8],
        binding: Binding,
    },
    /// The connection ends; the specification asks for no packet.
    Close { binding: Binding },
    /// It sends this packet, with one of these codes (the first is the best; none: any).
    Answer {
        packet: PacketType,
        codes: &'static [u8],
        binding: Binding,
    },
    /// It sends this packet with each of these identifiers, in this order: a MUST.
    InOrder {
        packet: PacketType,
        ids: &'static [u16],
    },
    /// It does not send this packet.
    Never {
        packet: PacketType,
        binding: Binding,
    },
    /// It sends nothing that the CONNACK in `sends` forbids: a MUST NOT.
    Within(Limit),
    /// It sends some packet within the Server Keep Alive of the CONNACK in `sends`, one second.
    KeepAlive,
    /// CONNECT has the User Name and the Password that the program was given.
    Credentials,
    /// It goes on as if nothing had happened.
    GoOn,
    /// It ignores it, or ends the connection: nothing is demanded.
    Either,
}

/// Whether a statement binds the client to do it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binding {
    /// MUST: not doing it is `wrong`.
    Must,
    /// SHOULD, or left to the receiver: not doing it is `not_noticed`.
    Should,
}

/// What the client is started for once before all others, to see its CONNECT.
pub(crate) static FIRST: Scenario = Scenario {
    id: "first",
    title: "a connection",
    mqtt: Version::V5_0,
    after: Trigger::Accepted,
    sends: "",
    demand: Demand::Either,
    needs: Need::Nothing,
    echo: false,
    rules: &[],
};

impl Demand {
    /// What is demanded, in words.
    pub(crate) fn in_words(&self) -> Vec<String> {
        let codes_of = |packet: PacketType, codes: &[u8]| -> Vec<String> {
            if codes.is_empty() {
                return vec![packet.to_string()];
            }
            codes
                .iter()
                .map(|code| format!("{packet} {code:#04x}"))
                .collect()
        };
        match *self {
            Self::Report { code, closes, .. } => {
                let end = if closes {
                    ", closes"
                } else {
                    ", stays connected"
                };
                vec![format!("tells its user {code:#04x}{end}")]
            }
            Self::ReportVersion => {
                vec![
                    "tells its user that the server does not speak this version, closes".to_owned(),
                ]
            }
            Self::ReportText { text } => vec![format!("tells its user {text:?}")],
            Self::Refuse { codes, .. } => codes_of(PacketType::Disconnect, codes),
            Self::Close { .. } => vec!["close".to_owned()],
            Self::Answer { packet, codes, .. } => codes_of(packet, codes),
            Self::InOrder { packet, ids } => {
                let each = ids.iter().map(|id| format!("{packet} {id}"));
                vec![each.collect::<Vec<_>>().join(", then ")]
            }
            Self::Never { packet, .. } => vec![format!("no {packet}")],
            Self::Within(limit) => vec![limit.in_words()],
            Self::Credentials => vec!["the User Name and Password of the options".to_owned()],
            Self::KeepAlive => vec!["some packet within one second".to_owned()],
            Self::GoOn => vec!["goes on".to_owned()],
            Self::Either => vec!["goes on, or closes".to_owned()],
        }
    }
}

impl Limit {
    fn in_words(self) -> String {
        match self {
            Self::MaximumQos(qos) => format!("no PUBLISH above QoS {}", qos as u8),
            Self::MaximumPacketSize(size) => format!("no packet above {size} bytes"),
            Self::NoRetain => "no PUBLISH with RETAIN 1".to_owned(),
            Self::NoTopicAlias => "no PUBLISH with a Topic Alias".to_owned(),
            Self::ReceiveMaximum(count) => {
                format!("no more than {count} unacknowledged PUBLISH with QoS 1")
            }
        }
    }
}
