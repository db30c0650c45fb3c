//! CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE and the PINGs from flags.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;
use mqtt_reason::v5::Property;
use mqtt_reason::view::{
    Connect, Delivery, Filters, Publish, RetainHandling, Subscribe, Subscription, Subscriptions,
    Unsubscribe, View, Will,
};
use mqtt_reason::{EncodeError, EncodeOptions, PacketId, PacketType, QoS, Version};

use crate::failure::{Failure, usage};
use crate::properties::{Data, WillProperties, data};

/// The fields of CONNECT, PUBLISH, SUBSCRIBE and UNSUBSCRIBE.
#[derive(Args)]
#[command(next_help_heading = "CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE")]
pub(crate) struct Request {
    /// CONNECT: the Client Identifier; empty if left out
    #[arg(long, short = 'n', value_name = "TEXT", allow_hyphen_values = true)]
    client_id: Option<String>,

    /// CONNECT: the Keep Alive, in seconds; 0 if left out
    #[arg(long, short = 'K', value_name = "SECONDS")]
    keep_alive: Option<u16>,

    /// CONNECT: Clean Start, or Clean Session in 3.x; 1 if left out
    #[arg(long, value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    clean_start: Option<bool>,

    /// CONNECT of 3.1.1 and 3.1: a bridge, bit 7 of the level set
    #[arg(long)]
    bridge: bool,

    /// CONNECT: the User Name
    #[arg(long, short = 'U', value_name = "TEXT", allow_hyphen_values = true)]
    user_name: Option<String>,

    /// CONNECT: the Password, which others may read in the list of processes: see --password-file
    #[arg(
        long,
        short = 'P',
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "password_file"
    )]
    password: Option<String>,

    /// CONNECT: the file that holds the Password, without the end of its line; - is standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// CONNECT: the topic of the Will, which is there if this is given
    #[arg(long, value_name = "TOPIC", allow_hyphen_values = true)]
    will_topic: Option<String>,

    /// CONNECT: the payload of the Will as text; empty if left out
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "will_payload_hex"
    )]
    will_payload: Option<String>,

    /// CONNECT: the payload of the Will in hex
    #[arg(long, value_name = "HEX", value_parser = data)]
    will_payload_hex: Option<Data>,

    /// CONNECT: the QoS of the Will; 0 if left out
    #[arg(long, value_name = "QOS", value_parser = qos)]
    will_qos: Option<QoS>,

    /// CONNECT: the Will is to be retained
    #[arg(long)]
    will_retain: bool,

    /// PUBLISH: the topic
    #[arg(long, short = 't', value_name = "TOPIC", allow_hyphen_values = true)]
    topic: Option<String>,

    /// PUBLISH: the payload as text; empty if left out
    #[arg(long, short = 'd', value_name = "TEXT", allow_hyphen_values = true,
          conflicts_with_all = ["payload_hex", "payload_file"])]
    payload: Option<String>,

    /// PUBLISH: the payload in hex
    #[arg(long, value_name = "HEX", value_parser = data, conflicts_with = "payload_file")]
    payload_hex: Option<Data>,

    /// PUBLISH: the file that is the payload; - is standard input
    #[arg(long, value_name = "FILE")]
    payload_file: Option<PathBuf>,

    /// PUBLISH: the message is to be retained
    #[arg(long)]
    retain: bool,

    /// PUBLISH: sent again
    #[arg(long)]
    dup: bool,

    /// PUBLISH, SUBSCRIBE: the QoS; 0 if left out. In SUBSCRIBE one for all filters, or one for each
    #[arg(long = "qos", short = 'Q', value_name = "QOS", value_parser = qos)]
    qos: Vec<QoS>,

    /// SUBSCRIBE, UNSUBSCRIBE: a Topic Filter; may be given more than once
    #[arg(
        long = "filter",
        short = 'f',
        value_name = "FILTER",
        allow_hyphen_values = true
    )]
    filters: Vec<String>,

    /// SUBSCRIBE of 5.0: one for all filters, or one for each
    #[arg(long, value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    no_local: Vec<bool>,

    /// SUBSCRIBE of 5.0: one for all filters, or one for each
    #[arg(long, value_name = "0|1", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    retain_as_published: Vec<bool>,

    /// SUBSCRIBE of 5.0: 0 sends retained messages, 1 for a new subscription only, 2 does not; as --qos
    #[arg(long, value_name = "0|1|2", value_parser = retain_handling)]
    retain_handling: Vec<RetainHandling>,
}

/// What every packet is written with.
pub(super) struct Circumstances<'a> {
    pub(super) packet: PacketType,
    pub(super) version: Version,
    pub(super) packet_id: Option<PacketId>,
    pub(super) options: &'a EncodeOptions,
    pub(super) properties: &'a [Property<'a>],
    pub(super) will_properties: &'a WillProperties,
}

/// Why a packet was not written.
pub(super) enum NotWritten {
    Usage(Failure),
    Refused(EncodeError),
}

impl From<Failure> for NotWritten {
    fn from(failure: Failure) -> Self {
        Self::Usage(failure)
    }
}

impl From<EncodeError> for NotWritten {
    fn from(error: EncodeError) -> Self {
        Self::Refused(error)
    }
}

impl Request {
    /// The bytes of one of the six packets.
    pub(super) fn encode(&self, given: &Circumstances<'_>) -> Result<Vec<u8>, NotWritten> {
        self.only(given.packet)?;
        if given.packet != PacketType::Connect && !given.will_properties.given().is_empty() {
            return Err(usage(format!("{} has no Will: CONNECT has", given.packet)).into());
        }
        let mut bytes = Vec::new();
        match given.packet {
            PacketType::Connect => self.connect(given, &mut bytes)?,
            PacketType::Publish => self.publish(given, &mut bytes)?,
            PacketType::Subscribe => self.subscribe(given, &mut bytes)?,
            PacketType::Unsubscribe => {
                let filters: Vec<&str> = self.filters.iter().map(String::as_str).collect();
                let filters = Filters::new(&filters).ok_or_else(|| no_filters(given.packet))?;
                let unsubscribe = Unsubscribe::new(packet_id(given)?, filters);
                unsubscribe
                    .with_properties(given.properties.iter().copied())
                    .encode_with(given.version, given.options, &mut bytes)?;
            }
            packet => {
                no_packet_id(given)?;
                if let Some(property) = given.properties.first() {
                    return Err(
                        usage(format!("{} is not a property of {packet}", property.id())).into(),
                    );
                }
                let view = match packet {
                    PacketType::Pingreq => View::Pingreq,
                    _ => View::Pingresp,
                };
                view.encode_with(given.version, given.options, &mut bytes)?;
            }
        }
        Ok(bytes)
    }

    fn connect(&self, given: &Circumstances<'_>, bytes: &mut Vec<u8>) -> Result<(), NotWritten> {
        no_packet_id(given)?;
        let client_id = self.client_id.as_deref().unwrap_or_default();
        let mut connect = Connect::new(given.version, client_id)
            .with_clean_start(self.clean_start.unwrap_or(true))
            .with_keep_alive(self.keep_alive.unwrap_or(0))
            .with_bridge(self.bridge);
        if let Some(name) = &self.user_name {
            connect = connect.with_user_name(name);
        }
        let from_file = match &self.password_file {
            Some(path) => Some(without_line_end(read(path)?)),
            None => None,
        };
        let password = self.password.as_ref().map(String::as_bytes);
        if let Some(password) = password.or(from_file.as_deref()) {
            connect = connect.with_password(password);
        }
        let will_properties = given.will_properties.given();
        match &self.will_topic {
            Some(topic) => {
                let text = self.will_payload.as_deref().unwrap_or_default().as_bytes();
                let payload = self.will_payload_hex.as_ref().map_or(text, |data| &data.0);
                let will = Will::new(topic, payload)
                    .with_qos(self.will_qos.unwrap_or(QoS::AtMostOnce))
                    .with_retain(self.will_retain);
                connect = connect.with_will(will);
            }
            None if self.has_will_field() || !will_properties.is_empty() => {
                return Err(usage("a Will needs --will-topic").into());
            }
            None => {}
        }
        connect
            .with_properties(given.properties.iter().copied())
            .with_will_properties(will_properties.iter().copied())
            .encode_with(given.options, bytes)?;
        Ok(())
    }

    const fn has_will_field(&self) -> bool {
        self.will_payload.is_some()
            || self.will_payload_hex.is_some()
            || self.will_qos.is_some()
            || self.will_retain
    }

    fn publish(&self, given: &Circumstances<'_>, bytes: &mut Vec<u8>) -> Result<(), NotWritten> {
        let from_file = match &self.payload_file {
            Some(path) => Some(read(path)?),
            None => None,
        };
        let text = self.payload.as_deref().unwrap_or_default().as_bytes();
        let payload = self.payload_hex.as_ref().map_or(text, |data| &data.0);
        let payload = from_file.as_deref().unwrap_or(payload);
        let topic = match &self.topic {
            Some(topic) => topic.as_str(),
            None if given
                .properties
                .iter()
                .any(|property| matches!(property, Property::TopicAlias(_))) =>
            {
                ""
            }
            None => return Err(usage("PUBLISH needs --topic, or in 5.0 --topic-alias").into()),
        };
        let delivery = match self.qos.as_slice() {
            [] | [QoS::AtMostOnce] => {
                no_packet_id(given)?;
                Delivery::AtMostOnce
            }
            [QoS::AtLeastOnce] => Delivery::AtLeastOnce(packet_id(given)?),
            [QoS::ExactlyOnce] => Delivery::ExactlyOnce(packet_id(given)?),
            _ => return Err(usage("PUBLISH has one QoS").into()),
        };
        Publish::new(topic, payload)
            .with_delivery(delivery)
            .with_retain(self.retain)
            .with_dup(self.dup)
            .with_properties(given.properties.iter().copied())
            .encode_with(given.version, given.options, bytes)?;
        Ok(())
    }

    fn subscribe(&self, given: &Circumstances<'_>, bytes: &mut Vec<u8>) -> Result<(), NotWritten> {
        let count = self.filters.len();
        let qos = each(&self.qos, count, QoS::AtMostOnce, "--qos")?;
        let no_local = each(&self.no_local, count, false, "--no-local")?;
        let as_published = each(
            &self.retain_as_published,
            count,
            false,
            "--retain-as-published",
        )?;
        let handling = each(
            &self.retain_handling,
            count,
            RetainHandling::Send,
            "--retain-handling",
        )?;
        let list: Vec<Subscription<'_>> = self
            .filters
            .iter()
            .zip(qos)
            .zip(no_local)
            .zip(as_published)
            .zip(handling)
            .map(|((((filter, qos), no_local), as_published), handling)| {
                Subscription::new(filter, qos)
                    .with_no_local(no_local)
                    .with_retain_as_published(as_published)
                    .with_retain_handling(handling)
            })
            .collect();
        let list = Subscriptions::new(&list).ok_or_else(|| no_filters(given.packet))?;
        Subscribe::new(packet_id(given)?, list)
            .with_properties(given.properties.iter().copied())
            .encode_with(given.version, given.options, bytes)?;
        Ok(())
    }

    /// Refuses what belongs to another packet.
    pub(super) fn only(&self, packet: PacketType) -> Result<(), Failure> {
        use PacketType as P;
        let connect: &[P] = &[P::Connect];
        let publish: &[P] = &[P::Publish];
        let subscribe: &[P] = &[P::Subscribe];
        let fields = [
            ("--client-id", self.client_id.is_some(), connect),
            ("--keep-alive", self.keep_alive.is_some(), connect),
            ("--clean-start", self.clean_start.is_some(), connect),
            ("--bridge", self.bridge, connect),
            ("--user-name", self.user_name.is_some(), connect),
            ("--password", self.password.is_some(), connect),
            ("--password-file", self.password_file.is_some(), connect),
            ("--will-topic", self.will_topic.is_some(), connect),
            ("a Will", self.has_will_field(), connect),
            ("--topic", self.topic.is_some(), publish),
            ("--payload", self.payload.is_some(), publish),
            ("--payload-hex", self.payload_hex.is_some(), publish),
            ("--payload-file", self.payload_file.is_some(), publish),
            ("--retain", self.retain, publish),
            ("--dup", self.dup, publish),
            ("--qos", !self.qos.is_empty(), &[P::Publish, P::Subscribe]),
            (
                "--filter",
                !self.filters.is_empty(),
                &[P::Subscribe, P::Unsubscribe],
            ),
            ("--no-local", !self.no_local.is_empty(), subscribe),
            (
                "--retain-as-published",
                !self.retain_as_published.is_empty(),
                subscribe,
            ),
            (
                "--retain-handling",
                !self.retain_handling.is_empty(),
                subscribe,
            ),
        ];
        let wrong = fields
            .iter()
            .find(|(_, given, packets)| *given && !packets.contains(&packet));
        match wrong {
            Some((field, _, packets)) => {
                let packets: Vec<&str> = packets.iter().map(|packet| packet.name()).collect();
                let verb = if packets.len() > 1 { "have" } else { "has" };
                Err(usage(format!(
                    "{packet} has no {field}: {} {verb}",
                    packets.join(" and ")
                )))
            }
            None => Ok(()),
        }
    }
}

/// One value for each of `count` filters: none was given, one for all, or one for each.
fn each<T: Copy>(values: &[T], count: usize, default: T, option: &str) -> Result<Vec<T>, Failure> {
    match values {
        [] => Ok(vec![default; count]),
        [value] => Ok(vec![*value; count]),
        values if values.len() == count => Ok(values.to_vec()),
        values => Err(usage(format!(
            "{} times {option} for {count} times --filter: give it once for all, or once for each",
            values.len()
        ))),
    }
}

fn packet_id(given: &Circumstances<'_>) -> Result<PacketId, Failure> {
    given
        .packet_id
        .ok_or_else(|| usage(format!("{} needs --packet-id here", given.packet)))
}

fn no_packet_id(given: &Circumstances<'_>) -> Result<(), Failure> {
    match (given.packet_id, given.packet) {
        (Some(_), PacketType::Publish) => Err(usage(
            "PUBLISH has no packet identifier with QoS 0: give --qos",
        )),
        (Some(_), packet) => Err(usage(format!("{packet} has no packet identifier"))),
        (None, _) => Ok(()),
    }
}

fn no_filters(packet: PacketType) -> Failure {
    usage(format!(
        "{packet} needs --filter, once for each topic filter"
    ))
}

/// The content of a file, or standard input.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
        false => fs::read(path),
    };
    read.map_err(|error| usage(format!("cannot read {}: {error}", path.display())))
}

fn without_line_end(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&b'\n') {
        text.pop();
        if text.last() == Some(&b'\r') {
            text.pop();
        }
    }
    text
}

fn qos(text: &str) -> Result<QoS, &'static str> {
    let value: Option<u8> = text.parse().ok();
    value.and_then(QoS::from_u8).ok_or("not one of 0, 1 and 2")
}

fn retain_handling(text: &str) -> Result<RetainHandling, &'static str> {
    let value: Option<u8> = text.parse().ok();
    value
        .and_then(RetainHandling::from_u8)
        .ok_or("not one of 0, 1 and 2")
}
