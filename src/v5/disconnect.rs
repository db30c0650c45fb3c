//! DISCONNECT: disconnect notification.

use core::fmt;

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::{Encode, EncodeError, Layout, Short, check_code};
use crate::error::{Parsed, read};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Side};
use crate::reason::sealed::Sealed;
use crate::spec::property::Carrier;
use crate::v5::properties::DisconnectProperties;
use crate::v5::reason::DisconnectReason;

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
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the fields are the specification's"
)]
pub struct Disconnect<'a> {
    /// The Disconnect Reason Code.
    pub reason: DisconnectReason,
    /// The properties.
    pub properties: DisconnectProperties<'a>,
}

impl Disconnect<'_> {
    /// The packet without properties.
    #[inline]
    #[must_use]
    pub const fn new(reason: DisconnectReason) -> Self {
        Self {
            reason,
            properties: DisconnectProperties::empty(),
        }
    }
}

impl<'a> Disconnect<'a> {
    /// The packet with these properties instead of its own.
    #[inline]
    #[must_use]
    pub const fn with_properties(mut self, properties: DisconnectProperties<'a>) -> Self {
        self.properties = properties;
        self
    }

    /// The body, in one of its three forms: §3.14.2.1 and §3.14.2.2.1.
    #[inline(always)]
    pub(crate) fn parse(i: &'a [u8], options: &DecodeOptions) -> Parsed<'a, Self> {
        if i.is_empty() {
            return Ok((i, Self::new(DisconnectReason::NormalDisconnection)));
        }
        let (i, reason) = read!(|i| reason_code::<DisconnectReason>(i, options), i);
        if i.is_empty() {
            return Ok((i, Self::new(reason)));
        }
        let (i, properties) = DisconnectProperties::parse(i, Carrier::Disconnect, options)?;
        Ok((i, Self::new(reason).with_properties(properties)))
    }

    #[inline]
    fn layout(&self) -> Layout<'_, 'a, impl Fn(u8, u8, u8) -> [u8; 4]> {
        let short = match self.reason {
            DisconnectReason::NormalDisconnection => Short::WithoutCode,
            _ => Short::WithCode,
        };
        let code = self.reason.as_u8();
        Layout {
            packet: PacketType::Disconnect,
            carrier: Carrier::Disconnect,
            head: move |first, remaining, properties| [first, remaining, code, properties],
            short,
            properties: self.properties.section(),
            payload_len: 0,
        }
    }

    /// Refuses a property that `sender` must not send: [MQTT-3.14.2-2], §3.14.2.2.5.
    fn check_properties(&self, sender: Side) -> Result<(), EncodeError> {
        let forbidden = Carrier::Disconnect.not_sent_by(sender);
        let mut properties = self.properties.iter();
        match properties.find(|property| forbidden.contains(property.id())) {
            Some(property) => Err(EncodeError::PropertySender {
                id: property.id(),
                sender,
            }),
            None => Ok(()),
        }
    }
}

impl Sealed for Disconnect<'_> {}

impl Encode for Disconnect<'_> {
    #[inline]
    fn encoded_len(&self) -> usize {
        self.layout().encoded_len()
    }

    #[inline]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        check_code(self.reason, options)?;
        if let Some(sender) = options.sender {
            self.check_properties(sender)?;
        }
        self.layout().write(options, dst, |_| ())
    }
}

impl fmt::Debug for Disconnect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(PacketType::Disconnect.name())
            .field("reason", &self.reason)
            .field("properties", &self.properties)
            .finish()
    }
}
