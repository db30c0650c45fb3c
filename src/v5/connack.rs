//! CONNACK: connect acknowledgment.

use core::fmt;

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::{Encode, EncodeError, Layout, Short};
use crate::error::{ErrorKind, Parsed, read, refuse};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::PacketType;
use crate::reason::sealed::Sealed;
use crate::spec::property::{Carrier, PropertyId};
use crate::v5::properties::ConnackProperties;
use crate::v5::reason::ConnackReason;
use crate::wire;

/// Connect acknowledgment, MQTT 5.0 §3.2.
///
/// Session Present cannot be set together with a refusal, [MQTT-3.2.2-6]: hence the constructors.
///
/// ```
/// use mqtt_reason::{Encode, v5::{Connack, ConnackReason}};
///
/// let mut buffer = Vec::new();
/// Connack::refused(ConnackReason::BadUserNameOrPassword).encode(&mut buffer)?;
/// assert_eq!(buffer, [0x20, 0x03, 0x00, 0x86, 0x00]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Connack<'a> {
    session_present: bool,
    reason: ConnackReason,
    /// The properties.
    pub properties: ConnackProperties<'a>,
}

impl Connack<'_> {
    /// An accepted connection, without properties; `session_present` tells whether the Server has Session State from
    /// before, [MQTT-3.2.2-2], [MQTT-3.2.2-3].
    #[inline]
    #[must_use]
    pub const fn accepted(session_present: bool) -> Self {
        Self {
            session_present,
            reason: ConnackReason::Success,
            properties: ConnackProperties::empty(),
        }
    }

    /// A connection refused for this reason, without properties; with [`ConnackReason::Success`] an accepted one
    /// without Session State.
    #[inline]
    #[must_use]
    pub const fn refused(reason: ConnackReason) -> Self {
        Self {
            session_present: false,
            reason,
            properties: ConnackProperties::empty(),
        }
    }
}

impl<'a> Connack<'a> {
    /// The packet with these properties instead of its own.
    #[inline]
    #[must_use]
    pub const fn with_properties(mut self, properties: ConnackProperties<'a>) -> Self {
        self.properties = properties;
        self
    }

    /// Whether the Server has Session State from before, §3.2.2.1.1; never together with a refusal.
    #[inline]
    #[must_use]
    pub const fn session_present(&self) -> bool {
        self.session_present
    }

    /// The Connect Reason Code.
    #[inline]
    #[must_use]
    pub const fn reason(&self) -> ConnackReason {
        self.reason
    }

    /// The body, §3.2.2; it has no short form.
    ///
    /// # Conformance
    ///
    /// Reserved flags are malformed like those of the fixed header; Session Present with a refusal, which parses, is a
    /// protocol error. The specification names no class for either. Whether Session Present is right shows at the
    /// code: a code outside the table is reported first.
    #[inline(always)]
    pub(crate) fn parse(i: &'a [u8], options: &DecodeOptions) -> Parsed<'a, Self> {
        let (after_flags, flags) = read!(wire::byte, i);
        // [MQTT-3.2.2-1]
        if flags & 0b1111_1110 != 0 {
            return refuse(i, ErrorKind::ConnackFlags { flags });
        }
        let session_present = flags == 1;
        let (after_reason, reason) =
            read!(|i| reason_code::<ConnackReason>(i, options), after_flags);
        // [MQTT-3.2.2-6]
        if session_present && reason != ConnackReason::Success {
            let code = reason.as_u8();
            return refuse(i, ErrorKind::SessionPresent { code });
        }
        let (rest, properties) = ConnackProperties::parse(after_reason, Carrier::Connack, options)?;
        let connack = Self {
            session_present,
            reason,
            properties,
        };
        Ok((rest, connack))
    }

    /// Whether there is Authentication Data, but no Authentication Method: [MQTT-4.12.0-5], [MQTT-4.12.0-6].
    #[inline]
    fn has_data_without_method(&self) -> bool {
        let section = self.properties.section();
        !section.is_empty()
            && section.find(PropertyId::AuthenticationData).is_some()
            && section.find(PropertyId::AuthenticationMethod).is_none()
    }

    #[inline]
    fn layout(&self) -> Layout<'_, 'a, impl Fn(u8, u8, u8) -> [u8; 5]> {
        let flags = u8::from(self.session_present);
        let code = self.reason.as_u8();
        Layout {
            packet: PacketType::Connack,
            carrier: Carrier::Connack,
            head: move |first, remaining, properties| [first, remaining, flags, code, properties],
            short: Short::None,
            properties: self.properties.section(),
            payload_len: 0,
        }
    }
}

impl Sealed for Connack<'_> {}

impl Encode for Connack<'_> {
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
        if self.reason == ConnackReason::Success && self.has_data_without_method() {
            return Err(EncodeError::NoAuthenticationMethod {
                packet: PacketType::Connack,
            });
        }
        self.layout().write(options, dst, |_| ())
    }
}

impl fmt::Debug for Connack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(PacketType::Connack.name())
            .field("session_present", &self.session_present)
            .field("reason", &self.reason)
            .field("properties", &self.properties)
            .finish()
    }
}
