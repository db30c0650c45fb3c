//! DISCONNECT: disconnect notification.

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::check_code;
use crate::encode_error::EncodeError;
use crate::error::{Parsed, read};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::PacketType;
use crate::reason::sealed::Sealed;
use crate::spec::property::Carrier;
use crate::v5::layout::{Parts, Short, with_properties};
use crate::v5::properties::Properties;
use crate::v5::reason::DisconnectReason;
use crate::wire::put_few;

/// Disconnect notification, MQTT 5.0 §3.14.
///
/// # Conformance
///
/// Both short forms are read, with any code: Remaining Length 0 (0x00, no properties) and 1 (no properties). The
/// shortest one is written.
///
/// ```
/// use mqtt_reason::{Encode, v5::{Disconnect, DisconnectReason}};
///
/// let mut buffer = Vec::new();
/// Disconnect::new(DisconnectReason::SessionTakenOver).encode(&mut buffer)?;
/// assert_eq!(buffer, [0xE0, 0x01, 0x8E]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Disconnect<'a> {
    reason: DisconnectReason,
    properties: Properties<'a>,
}

impl Disconnect<'_> {
    /// The packet without properties.
    #[inline]
    #[must_use]
    pub const fn new(reason: DisconnectReason) -> Self {
        Self {
            reason,
            properties: Properties::EMPTY,
        }
    }
}

impl<'a> Disconnect<'a> {
    /// The Disconnect Reason Code.
    #[inline]
    #[must_use]
    pub const fn reason(&self) -> DisconnectReason {
        self.reason
    }

    /// The properties.
    ///
    /// # Conformance
    ///
    /// A Server Reference is accepted with any code and from either side: only descriptive sentences speak of the
    /// Server and of 0x9C and 0x9D. An encoder that knows it works for a Client refuses it.
    #[inline]
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The body, in one of its three forms: §3.14.2.1 and §3.14.2.2.1. `found` gets the packet before its properties are
    /// checked.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        options: &DecodeOptions,
        found: impl FnOnce(Self),
    ) -> Parsed<'a, ()> {
        if i.is_empty() {
            found(Self::new(DisconnectReason::NormalDisconnection));
            return Ok((i, ()));
        }
        let (i, reason) = read!(|i| reason_code::<DisconnectReason>(i, options), i);
        if i.is_empty() {
            found(Self::new(reason));
            return Ok((i, ()));
        }
        let (i, section) = Properties::section(i)?;
        found(Self {
            reason,
            properties: Properties::of_checked(section),
        });
        Properties::check(section, Carrier::Disconnect, options)?;
        Ok((i.get(section.len()..).unwrap_or_default(), ()))
    }
}

impl Sealed for Disconnect<'_> {}

impl Parts for Disconnect<'_> {
    const CARRIER: Carrier = Carrier::Disconnect;
    type Fields = [u8; 1];
    const FIELDS: usize = 1;

    #[inline]
    fn fields(&self) -> [u8; 1] {
        [self.reason.as_u8()]
    }

    #[inline]
    fn put_head<B: BufMut>(&self, form: Short, remaining: u8, properties: u8, dst: &mut B) {
        let (first, [code]) = (PacketType::Disconnect.first_byte(), self.fields());
        if form == Short::None {
            return put_few([first, remaining, code, properties], dst);
        }
        put_few([first, remaining], dst);
        if form == Short::WithCode {
            dst.put_u8(code);
        }
    }

    #[inline]
    fn short(&self) -> Short {
        match self.reason {
            DisconnectReason::NormalDisconnection => Short::WithoutCode,
            _ => Short::WithCode,
        }
    }

    #[inline]
    fn own_properties(&self) -> Properties<'_> {
        self.properties
    }

    #[inline]
    fn check_code(&self, options: &EncodeOptions) -> Result<(), EncodeError> {
        check_code(self.reason, options)
    }

    #[inline]
    fn has_error(&self) -> bool {
        self.reason.is_error()
    }
}

with_properties! { ['a] Disconnect<'a> }
