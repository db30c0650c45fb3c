//! `encode`: a packet from flags.

mod request;

use std::io::Write;
use std::str::FromStr;

use clap::Args;
use mqtt_reason::spelling::{self, Means};
use mqtt_reason::v5::{
    Ack, AckReason, Auth, AuthReason, Connack, ConnackReason, Disconnect, DisconnectReason,
    Property, PropertyError, PropertyErrorKind, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, SubscriptionAck, SubscriptionReason, UnsubackReason,
};
use mqtt_reason::{
    Code, CodeList, Decoded, EncodeError, Packet, PacketId, PacketType, PropertyId, Version, v3,
};

use crate::Verdict;
use crate::failure::{Failure, usage};
use crate::finding::{Finding, Place, Report, Show, Told};
use crate::json::Json;
use crate::names::same;
use crate::options::{Circumstances, any_packet_parser};
use crate::properties::{Properties, WillProperties};
use crate::style::plain_output;

use self::request::{NotWritten, Request};

const EXAMPLES: &str = "\
Examples:
  mqtt-reason encode puback --packet-id 10 --reason 0x87 --reason-string 'read only'
  mqtt-reason encode suback --packet-id 10 --reason 'Granted QoS 1' --reason 'Not authorized'
  mqtt-reason encode connack --reason 'Use another server' --server-reference other.example
  mqtt-reason encode auth --reason 0x18 --authentication-method PLAIN --authentication-data 00ff
  mqtt-reason encode connack --mqtt 3.1.1 --reason 5 --raw | nc -l 1883
  mqtt-reason encode connect --client-id c1 --user-name u --password-file secret.txt --will-topic gone --keep-alive 60
  mqtt-reason encode publish --topic a/b --payload hello --qos 1 --packet-id 7
  mqtt-reason encode subscribe --packet-id 1 --filter 'a/#' --qos 1 --filter b --qos 0 --mqtt 3.1.1";

/// Encode a packet and print it in hex
///
/// All fifteen packets. What the specification forbids is not written. Properties stand in the order in which they are listed below; what
/// does not fit into the receiver's maximum is left out, all User Properties first, then the Reason String, and said so.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Encode {
    /// The packet type
    #[arg(value_parser = any_packet_parser(), ignore_case = true)]
    packet: PacketType,

    /// The Packet Identifier, 1 to 65535, or 0x1 to 0xffff
    #[arg(long, value_name = "N", value_parser = packet_id)]
    packet_id: Option<PacketId>,

    /// The reason code, by number or by name; 0x00 if left out. One for each Topic Filter in SUBACK and UNSUBACK
    #[arg(long = "reason", value_name = "CODE|NAME")]
    reasons: Vec<String>,

    /// CONNACK: the Server has a Session from before
    #[arg(long)]
    session_present: bool,

    /// Print the bytes themselves, not hex
    #[arg(long, conflicts_with = "json")]
    raw: bool,

    /// Print the object that `decode --json` prints for the packet
    #[arg(long)]
    json: bool,

    /// Always write reason code and Property Length, also where they may be left out: some receivers cannot read the
    /// short form
    #[arg(long)]
    long_form: bool,

    #[command(flatten)]
    circumstances: Circumstances,

    #[command(flatten)]
    request: Request,

    #[command(flatten)]
    properties: Properties,

    #[command(flatten)]
    will_properties: WillProperties,
}

impl Encode {
    /// Encodes the packet.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let bytes = if PacketType::REASON_CODED.contains(&self.packet) {
            self.request.only(self.packet)?;
            if !self.will_properties.given().is_empty() {
                return Err(usage(format!("{} has no Will: CONNECT has", self.packet)));
            }
            match v3::Version::try_from(self.version()) {
                Ok(version) => self.encode_v3(version)?,
                Err(_) => self.encode_v5()?,
            }
        } else {
            self.encode_request()?
        };
        let mut out = plain_output();
        if self.json {
            return self.tell(&bytes, out);
        }
        if self.raw {
            out.write_all(&bytes)?;
        } else {
            writeln!(out, "{}", hex::encode(&bytes))?;
        }
        out.flush()?;
        Ok(Verdict::Good)
    }

    /// The packet as `decode` tells it.
    fn tell(&self, bytes: &[u8], out: impl Write) -> Result<Verdict, Failure> {
        let options = self.circumstances.decode_options();
        let (finding, _) = Finding::first(self.version(), &options, bytes);
        let told = Told {
            version: Some(self.version()),
            finding: &finding,
            show: Show::ALL,
            sender: self.circumstances.from,
            hint: None,
            advice: None,
        };
        let mut report = Json::new(out);
        report.report(Place { at: 0, line: None }, &told)?;
        report.flush()?;
        Ok(Verdict::Good)
    }

    /// CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, PINGRESP.
    fn encode_request(&self) -> Result<Vec<u8>, Failure> {
        self.no_codes()?;
        self.no_session_present()?;
        if self.long_form {
            anstream::eprintln!(
                "note: {} has one form only, --long-form changes nothing",
                self.packet
            );
        }
        let given = request::Circumstances {
            packet: self.packet,
            version: self.version(),
            packet_id: self.packet_id,
            options: &self.circumstances.encode_options(),
            properties: &self.properties.given(),
            will_properties: &self.will_properties,
        };
        self.request.encode(&given).map_err(|error| match error {
            NotWritten::Usage(failure) => failure,
            NotWritten::Refused(error) => self.not_written(&error),
        })
    }

    fn version(&self) -> Version {
        self.circumstances.mqtt.unwrap_or(Version::V5_0)
    }

    fn encode_v5(&self) -> Result<Vec<u8>, Failure> {
        let properties = self.properties.given();
        let properties = properties.as_slice();
        match self.packet {
            PacketType::Connack => {
                let reason = self.one_code(ConnackReason::Success, |code| code.to_string())?;
                let connack = match (self.session_present, reason) {
                    (true, ConnackReason::Success) => Connack::accepted(true),
                    (true, _) => return Err(session_present_with_refusal("MQTT-3.2.2-6")),
                    (false, reason) => Connack::refused(reason),
                };
                self.no_packet_id()?;
                self.write(&connack.with_properties(properties))
            }
            PacketType::Puback => self.ack::<PubackReason>(properties),
            PacketType::Pubrec => self.ack::<PubrecReason>(properties),
            PacketType::Pubrel => self.ack::<PubrelReason>(properties),
            PacketType::Pubcomp => self.ack::<PubcompReason>(properties),
            PacketType::Suback => self.subscription_ack::<SubackReason>(properties),
            PacketType::Unsuback => self.subscription_ack::<UnsubackReason>(properties),
            PacketType::Disconnect => {
                let default = DisconnectReason::NormalDisconnection;
                let reason = self.one_code(default, |code| code.to_string())?;
                self.no_packet_id()?;
                self.no_session_present()?;
                self.write(&Disconnect::new(reason).with_properties(properties))
            }
            PacketType::Auth => {
                let reason = self.one_code(AuthReason::Success, |code| code.to_string())?;
                self.no_packet_id()?;
                self.no_session_present()?;
                self.write(&Auth::without_properties(reason).with_properties(properties))
            }
            other => Err(usage(format!("{other} carries no reason code"))),
        }
    }

    /// PUBACK, PUBREC, PUBREL, PUBCOMP.
    fn ack<R>(&self, properties: &[Property<'_>]) -> Result<Vec<u8>, Failure>
    where
        R: AckReason + FromStr,
    {
        self.no_session_present()?;
        let reason = self.one_code(R::SUCCESS, |code| code.to_string())?;
        self.write(&Ack::new(self.packet_id()?, reason).with_properties(properties))
    }

    /// SUBACK, UNSUBACK.
    fn subscription_ack<R>(&self, properties: &[Property<'_>]) -> Result<Vec<u8>, Failure>
    where
        R: SubscriptionReason + FromStr,
    {
        self.no_session_present()?;
        let codes: Vec<R> = self.codes(|code: R| code.to_string())?;
        let ack = SubscriptionAck::<R>::new(self.packet_id()?, &codes)
            .ok_or_else(|| self.without_codes())?;
        self.write(&ack.with_properties(properties))
    }

    fn encode_v3(&self, version: v3::Version) -> Result<Vec<u8>, Failure> {
        if let Some(property) = self.properties.given().first() {
            let version = self.version();
            let id = property.id();
            return Err(usage(format!("MQTT {version} has no properties: {id}")));
        }
        if self.packet != PacketType::Connack {
            self.no_session_present()?;
        }
        let packet = match self.packet {
            PacketType::Connack => {
                use v3::ConnackReturnCode as C;
                self.no_packet_id()?;
                let code = self.one_code(C::Accepted, |code| code.name_in(version).to_owned())?;
                v3::Packet::Connack(match (self.session_present, code) {
                    (true, C::Accepted) => v3::Connack::accepted(true),
                    (true, _) => return Err(session_present_with_refusal("MQTT-3.2.2-4")),
                    (false, code) => v3::Connack::refused(code),
                })
            }
            PacketType::Suback => {
                let codes =
                    self.codes(|code: v3::SubackReturnCode| code.name_in(version).to_owned())?;
                let codes: Vec<_> = codes.into_iter().map(v3::SubackReturnCode::as_u8).collect();
                let list = CodeList::from_bytes(&codes).map_err(|_| self.without_codes())?;
                let suback = v3::Suback::new(self.packet_id()?, list);
                return self.write(&Packet::V3(version, suback.into()));
            }
            PacketType::Puback => v3::Packet::Puback(self.only_packet_id()?),
            PacketType::Pubrec => v3::Packet::Pubrec(self.only_packet_id()?),
            PacketType::Pubrel => v3::Packet::Pubrel(self.only_packet_id()?),
            PacketType::Pubcomp => v3::Packet::Pubcomp(self.only_packet_id()?),
            PacketType::Unsuback => v3::Packet::Unsuback(self.only_packet_id()?),
            PacketType::Disconnect => {
                self.no_packet_id()?;
                self.no_codes()?;
                v3::Packet::Disconnect
            }
            other => {
                let version = self.version();
                return Err(usage(format!("there is no {other} in MQTT {version}")));
            }
        };
        self.write(&Packet::V3(version, packet))
    }

    fn write(&self, packet: &impl mqtt_reason::Encode) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        packet
            .encode_with(
                &self
                    .circumstances
                    .encode_options()
                    .long_form(self.long_form),
                &mut bytes,
            )
            .map_err(|error| self.not_written(&error))?;
        self.say_what_is_left_out(&bytes);
        Ok(bytes)
    }

    /// Why the packet was not written, in the words of the flags.
    fn not_written(&self, error: &EncodeError) -> Failure {
        match error {
            EncodeError::Property(PropertyError {
                kind: PropertyErrorKind::NotAllowed { id, .. },
                ..
            }) => usage(format!("{id} is not a property of {}", self.packet)),
            EncodeError::Property(error) => usage(error.kind.to_string()),
            EncodeError::NoAuthenticationMethod { .. } => {
                usage(format!("{error}: give --authentication-method"))
            }
            _ => usage(error.to_string()),
        }
    }

    /// Names the properties that were given and are not in the packet: they did not fit, or were not asked for.
    fn say_what_is_left_out(&self, bytes: &[u8]) {
        let mut left_out: Vec<(PropertyId, usize)> = Vec::new();
        for property in self.properties.given() {
            let id = property.id();
            match left_out.iter_mut().find(|(known, _)| *known == id) {
                Some((_, count)) => *count += 1,
                None => left_out.push((id, 1)),
            }
        }
        if let Ok(Decoded::Packet { packet, .. }) = mqtt_reason::decode(self.version(), bytes) {
            for property in packet.properties() {
                let written = left_out.iter_mut().find(|(id, _)| *id == property.id());
                if let Some((_, count)) = written {
                    *count = count.saturating_sub(1);
                }
            }
        }
        for (id, count) in left_out.into_iter().filter(|(_, count)| *count > 0) {
            let why = match self.circumstances.no_problem_information {
                true => "the client has set Request Problem Information to 0",
                false => "the packet would be larger than the maximum of the receiver",
            };
            let times = if count > 1 {
                format!(" ({count} of them)")
            } else {
                String::new()
            };
            anstream::eprintln!("note: {id}{times} is left out: {why}");
        }
    }

    fn packet_id(&self) -> Result<PacketId, Failure> {
        let missing = || usage(format!("{} needs --packet-id", self.packet));
        self.packet_id.ok_or_else(missing)
    }

    /// The Packet Identifier of a packet that carries nothing else.
    fn only_packet_id(&self) -> Result<PacketId, Failure> {
        self.no_codes()?;
        self.packet_id()
    }

    fn no_packet_id(&self) -> Result<(), Failure> {
        match self.packet_id {
            Some(_) => Err(usage(format!("{} has no packet identifier", self.packet))),
            None => Ok(()),
        }
    }

    fn no_session_present(&self) -> Result<(), Failure> {
        if self.session_present {
            let packet = self.packet;
            return Err(usage(format!(
                "{packet} has no session present: CONNACK has"
            )));
        }
        Ok(())
    }

    fn no_codes(&self) -> Result<(), Failure> {
        if self.reasons.is_empty() {
            return Ok(());
        }
        let (packet, version) = (self.packet, self.version());
        Err(usage(format!("{packet} of MQTT {version} carries no code")))
    }

    fn without_codes(&self) -> Failure {
        let packet = self.packet;
        usage(format!(
            "{packet} needs --reason, once for each topic filter"
        ))
    }

    /// The only code, `default` if none is given.
    fn one_code<C>(&self, default: C, name: impl Fn(C) -> String) -> Result<C, Failure>
    where
        C: Code + FromStr,
    {
        match self.codes(name)?.as_slice() {
            [] => Ok(default),
            [code] => Ok(*code),
            _ => Err(usage(format!("{} carries one code only", self.packet))),
        }
    }

    /// The codes given, by number or by `name`.
    fn codes<C>(&self, name: impl Fn(C) -> String) -> Result<Vec<C>, Failure>
    where
        C: Code + FromStr,
    {
        let all = || C::ALL.iter().copied();
        let code = |text: &String| {
            let by_name = || all().find(|code| same(&name(*code), text));
            let is_v5 = self.version() == Version::V5_0;
            let by_spelling = || {
                spelling::find(text).find_map(|found| match found.means {
                    Means::Reason(value) if is_v5 => C::from_u8(value),
                    Means::V3Connack(value) if !is_v5 && self.packet == PacketType::Connack => {
                        C::from_u8(value)
                    }
                    Means::V3Suback(value) if !is_v5 && self.packet == PacketType::Suback => {
                        C::from_u8(value)
                    }
                    _ => None,
                })
            };
            text.parse()
                .ok()
                .or_else(by_name)
                .or_else(by_spelling)
                .ok_or_else(|| {
                    let (packet, version) = (self.packet, self.version());
                    let codes = all().map(|code| {
                        let value = code.as_u8();
                        format!("\n  {value:#04x} ({value}) {}", name(code))
                    });
                    let codes: String = codes.collect();
                    usage(format!(
                        "{text:?} is no code of {packet} in MQTT {version}; these are:{codes}"
                    ))
                })
        };
        self.reasons.iter().map(code).collect()
    }
}

/// Session Present together with a refusal.
fn session_present_with_refusal(rule: &str) -> Failure {
    usage(format!("session present goes with 0x00 only [{rule}]"))
}

/// A Packet Identifier in decimal or in hexadecimal.
fn packet_id(text: &str) -> Result<PacketId, String> {
    let value = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u16::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    value
        .and_then(PacketId::new)
        .ok_or_else(|| "not a number from 1 to 65535".to_owned())
}
