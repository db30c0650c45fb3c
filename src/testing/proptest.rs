//! `proptest` strategies: one per packet and one for any packet, one per defect and one for any defect.
//!
//! Those of this module are for MQTT 5.0; [`v3`] has their counterparts for 3.1.1 and 3.1. What they draw is simplified
//! by `proptest` when a test fails, and stays valid, or keeps its one defect, while it is.

use ::proptest::strategy::Strategy;

use super::defect::Defect;
use super::dialogue::Dialogue;
use super::generate;
use super::malformed::Malformed;
use super::request::{MalformedRequest, PACKETS, Request, RequestDefect};
use super::shrink::strategy;
use super::valid::Valid;
use crate::packet_type::{PacketType, Version};

/// A function for each packet, with these arguments, for this version.
macro_rules! packets {
    (
        $arguments:tt $version:expr;
        $($(#[$doc:meta])* $name:ident $Packet:ident,)+
    ) => {
        $(
            $(#[$doc])*
            pub fn $name $arguments -> impl Strategy<Value = Valid> + Clone {
                let version = $crate::packet_type::Version::from($version);
                strategy(move |c| generate::any_sender(version, $crate::PacketType::$Packet, c))
            }
        )+
    };
}

const V5: Version = Version::V5_0;

/// A connection of any version without a fault.
pub fn dialogue() -> impl Strategy<Value = Dialogue> + Clone {
    strategy(Dialogue::correct)
}

/// A connection of MQTT 5.0 or 3.1.1 with one fault; in rare cases there was no occasion for it.
pub fn faulty_dialogue() -> impl Strategy<Value = Dialogue> + Clone {
    strategy(Dialogue::faulty)
}

/// Any of the nine packets of MQTT 5.0.
///
/// ```
/// use mqtt_reason::testing;
/// use mqtt_reason::{Decoded, Encode, v5};
/// use proptest::prelude::*;
///
/// proptest!(|(packet in testing::proptest::packet())| {
///     let mut written = Vec::new();
///     packet.with_v5(|it| it.encode(&mut written)).unwrap()?;
///     prop_assert_eq!(written, packet.shortest());
/// });
/// ```
pub fn packet() -> impl Strategy<Value = Valid> + Clone {
    strategy(|c| generate::any_packet(V5, c))
}

packets! {
    () V5;
    /// A CONNACK, with up to all of its properties.
    connack Connack,
    /// A PUBACK.
    puback Puback,
    /// A PUBREC.
    pubrec Pubrec,
    /// A PUBREL.
    pubrel Pubrel,
    /// A PUBCOMP.
    pubcomp Pubcomp,
    /// A SUBACK, with 1 to 20,000 codes.
    suback Suback,
    /// An UNSUBACK, with 1 to 20,000 codes.
    unsuback Unsuback,
    /// A DISCONNECT.
    disconnect Disconnect,
    /// An AUTH; it always has a method.
    auth Auth,
}

/// A packet of MQTT 5.0 with any one defect.
pub fn malformed() -> impl Strategy<Value = Malformed> + Clone {
    strategy(|c| Malformed::any(V5, c))
}

/// A packet of MQTT 5.0 with this defect, `None` if it [does not occur](Defect::occurs_in) there.
pub fn malformed_by(defect: Defect) -> Option<impl Strategy<Value = Malformed> + Clone> {
    defect
        .occurs_in(V5)
        .then(|| strategy(move |c| Malformed::with(defect, V5, c)))
}

/// Any of the other six packets: CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ and PINGRESP of `version`.
///
/// ```
/// use mqtt_reason::{EncodeOptions, Version, testing};
/// use proptest::prelude::*;
///
/// proptest!(|(request in testing::proptest::request(Version::V5_0))| {
///     let mut written = Vec::new();
///     request.encode_with(&EncodeOptions::new(), &mut written)?;
///     prop_assert_eq!(written, request.shortest());
/// });
/// ```
pub fn request(version: Version) -> impl Strategy<Value = Request> + Clone {
    strategy(move |c| Request::any(version, c))
}

/// A packet of this type of `version`, `None` if it is not one of the six.
pub fn request_of(
    version: Version,
    packet: PacketType,
) -> Option<impl Strategy<Value = Request> + Clone> {
    PACKETS
        .contains(&packet)
        .then(|| strategy(move |c| Request::of_type(version, packet, c)))
}

/// One of the six packets of `version` with any one defect.
pub fn malformed_request(version: Version) -> impl Strategy<Value = MalformedRequest> + Clone {
    strategy(move |c| MalformedRequest::any(version, c))
}

/// One of the six packets of `version` with this defect, `None` if it [does not occur](RequestDefect::occurs_in) there.
pub fn malformed_request_by(
    version: Version,
    defect: RequestDefect,
) -> Option<impl Strategy<Value = MalformedRequest> + Clone> {
    defect
        .occurs_in(version)
        .then(|| strategy(move |c| MalformedRequest::with(defect, version, c)))
}

/// Strategies for MQTT 3.1.1 and 3.1.
pub mod v3 {
    use ::proptest::strategy::Strategy;

    use crate::testing::defect::Defect;
    use crate::testing::generate;
    use crate::testing::malformed::Malformed;
    use crate::testing::shrink::strategy;
    use crate::testing::valid::Valid;
    use crate::v3::Version;

    /// Any of the eight packets of `version`.
    pub fn packet(version: Version) -> impl Strategy<Value = Valid> + Clone {
        let version = version.into();
        strategy(move |c| generate::any_packet(version, c))
    }

    packets! {
        (version: Version) version;
        /// A CONNACK.
        connack Connack,
        /// A PUBACK.
        puback Puback,
        /// A PUBREC.
        pubrec Pubrec,
        /// A PUBREL.
        pubrel Pubrel,
        /// A PUBCOMP.
        pubcomp Pubcomp,
        /// A SUBACK, with 1 to 20,000 codes.
        suback Suback,
        /// An UNSUBACK.
        unsuback Unsuback,
        /// A DISCONNECT.
        disconnect Disconnect,
    }

    /// A packet of `version` with any one defect.
    pub fn malformed(version: Version) -> impl Strategy<Value = Malformed> + Clone {
        let version = version.into();
        strategy(move |c| Malformed::any(version, c))
    }

    /// A packet of `version` with this defect, `None` if it [does not occur](Defect::occurs_in) there.
    pub fn malformed_by(
        version: Version,
        defect: Defect,
    ) -> Option<impl Strategy<Value = Malformed> + Clone> {
        let version = version.into();
        defect
            .occurs_in(version)
            .then(|| strategy(move |c| Malformed::with(defect, version, c)))
    }
}
