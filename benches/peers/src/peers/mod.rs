//! The subjects, one file each.

mod by_hand;
mod frames;
mod mqtt5_protocol;
mod mqtt_codec_kit;
mod mqtt_format;
mod mqtt_proto;
mod mqtt_protocol_core;
mod mqtt_v5;
mod mqttbytes;
mod mqttrs;
mod mqute_codec;
mod ntex_mqtt;
mod ours;
mod rmqtt_codec;
mod rumqttc;
mod symqtt_codec;

use crate::codec::Subject;
use crate::visit::Visit;

/// Everyone: the yardsticks first, then mqtt-reason, then the published crates.
pub fn all() -> Vec<Subject> {
    let [ours, to_bytes_mut, built] = ours::subjects();
    vec![
        by_hand::subject(),
        ours,
        to_bytes_mut,
        built,
        mqtt_codec_kit::subject(),
        mqtt_format::subject(),
        mqtt_proto::subject(),
        mqtt_protocol_core::subject(),
        mqtt_v5::subject(),
        mqtt5_protocol::subject(),
        mqttbytes::subject(),
        mqttrs::subject(),
        mqute_codec::subject(),
        ntex_mqtt::subject(),
        rmqtt_codec::subject(),
        rumqttc::subject(),
        symqtt_codec::subject(),
    ]
}

#[inline(always)]
fn number(visit: &mut impl Visit, id: u8, value: Option<impl Into<u32>>) {
    if let Some(value) = value {
        visit.number(id, value.into());
    }
}

#[inline(always)]
fn text<S: AsRef<str>>(visit: &mut impl Visit, id: u8, value: Option<&S>) {
    if let Some(value) = value {
        visit.text(id, value.as_ref());
    }
}

#[inline(always)]
fn pairs<S: AsRef<str>>(visit: &mut impl Visit, pairs: &[(S, S)]) {
    for (name, value) in pairs {
        visit.pair(name.as_ref(), value.as_ref());
    }
}

/// Writes the encoding half of a [`Codec`](crate::codec::Codec) that appends to a `BytesMut` from a borrowed packet.
macro_rules! encode_to_bytes_mut {
    (|$packet:ident, $output:ident| $call:expr) => {
        type Output = ::bytes::BytesMut;

        fn output() -> ::bytes::BytesMut {
            ::bytes::BytesMut::with_capacity(1_024)
        }

        fn encode_all(
            packets: &[Self::Packet<'_>],
            $output: &mut ::bytes::BytesMut,
            meter: &mut $crate::codec::Meter,
        ) {
            meter.run(|| {
                for $packet in packets {
                    $output.clear();
                    let _ = ::std::hint::black_box($call);
                    ::std::hint::black_box(&$output[..]);
                }
            });
        }

        fn encode_one($packet: &Self::Packet<'_>) -> Result<Vec<u8>, String> {
            let output = &mut Self::output();
            let $output = output;
            $crate::peers::outcome($call)?;
            Ok($output.to_vec())
        }
    };
}
use encode_to_bytes_mut;

/// Makes one type of error of what encoders return, which may be nothing.
trait Outcome {
    fn outcome(self) -> Result<(), String>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<T, E: std::fmt::Debug> Outcome for Result<T, E> {
    fn outcome(self) -> Result<(), String> {
        self.map(drop)
            .map_err(|error| crate::codec::refusal(&error))
    }
}

fn outcome(result: impl Outcome) -> Result<(), String> {
    result.outcome()
}
