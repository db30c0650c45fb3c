//! The flags that `decode` and `encode` share: version, sender and what the receiver announced.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mqtt_reason::{DecodeOptions, EncodeOptions, PacketType, Side, Version};

/// What the bytes alone cannot tell.
#[derive(Args)]
pub(crate) struct Circumstances {
    /// The protocol version, 5.0 if nothing else tells it
    #[arg(long, value_name = "VERSION", value_parser = version_parser(), ignore_case = true)]
    pub(crate) mqtt: Option<Version>,

    /// Who sends the packets: turns on the rules for this side
    #[arg(long, value_name = "SIDE", value_parser = side_parser())]
    pub(crate) from: Option<Side>,

    /// The Maximum Packet Size that the receiver has announced, in bytes
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    max_packet_size: Option<u32>,

    /// The Client has set Request Problem Information to 0
    #[arg(long)]
    pub(crate) no_problem_information: bool,
}

impl Circumstances {
    /// What a decoder needs to know.
    pub(crate) fn decode_options(&self) -> DecodeOptions {
        let mut options =
            DecodeOptions::new().request_problem_information(!self.no_problem_information);
        if let Some(side) = self.from {
            options = options.sender(side);
        }
        if let Some(max) = self.max_packet_size {
            options = options.max_packet_size(max);
        }
        options
    }

    /// What an encoder needs to know.
    pub(crate) fn encode_options(&self) -> EncodeOptions {
        let mut options =
            EncodeOptions::new().request_problem_information(!self.no_problem_information);
        if let Some(side) = self.from {
            options = options.sender(side);
        }
        if let Some(max) = self.max_packet_size {
            options = options.max_packet_size(max);
        }
        options
    }
}

/// Every name of a version: the specification's first, then the numbers and names of libraries and tools.
const VERSION_NAMES: [(&str, Version); 15] = [
    ("5.0", Version::V5_0),
    ("3.1.1", Version::V3_1_1),
    ("3.1", Version::V3_1),
    ("5", Version::V5_0),
    ("v5", Version::V5_0),
    ("mqttv5", Version::V5_0),
    ("311", Version::V3_1_1),
    ("4", Version::V3_1_1),
    ("v311", Version::V3_1_1),
    ("mqttv311", Version::V3_1_1),
    ("31", Version::V3_1),
    ("3", Version::V3_1),
    ("v31", Version::V3_1),
    ("mqttv31", Version::V3_1),
    ("v3.1.1", Version::V3_1_1),
];

/// Reads a version by any of its names; case does not matter.
pub(crate) fn version_parser() -> impl TypedValueParser<Value = Version> {
    let names = VERSION_NAMES.map(|(name, _)| {
        let spelled_out = name.contains('.') && !name.starts_with('v');
        PossibleValue::new(name).hide(!spelled_out)
    });
    PossibleValuesParser::new(names).try_map(|text| {
        let named = VERSION_NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&text));
        named.map(|(_, version)| *version).ok_or("unknown version")
    })
}

pub(crate) fn side_parser() -> impl TypedValueParser<Value = Side> {
    by_name([Side::Client, Side::Server], |side| match side {
        Side::Client => "client",
        Side::Server => "server",
    })
}

/// Reads one of the nine packet types by its name; case does not matter.
pub(crate) fn packet_parser() -> impl TypedValueParser<Value = PacketType> {
    by_name(PacketType::REASON_CODED, |packet| packet.name())
}

/// Reads one of the fifteen packet types by its name; case does not matter.
pub(crate) fn any_packet_parser() -> impl TypedValueParser<Value = PacketType> {
    let all: [PacketType; 15] = [
        PacketType::Connect,
        PacketType::Connack,
        PacketType::Publish,
        PacketType::Puback,
        PacketType::Pubrec,
        PacketType::Pubrel,
        PacketType::Pubcomp,
        PacketType::Subscribe,
        PacketType::Suback,
        PacketType::Unsubscribe,
        PacketType::Unsuback,
        PacketType::Pingreq,
        PacketType::Pingresp,
        PacketType::Disconnect,
        PacketType::Auth,
    ];
    by_name(all, |packet| packet.name())
}

/// Reads one of `values` by its name.
fn by_name<T, const N: usize>(
    values: [T; N],
    name: fn(&T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(values.each_ref().map(name)).try_map(move |text| {
        let mut values = values.into_iter();
        values
            .find(|value| name(value).eq_ignore_ascii_case(&text))
            .ok_or("unknown name")
    })
}
