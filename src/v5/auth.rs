//! AUTH: authentication exchange.

use core::fmt;

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::{Encode, EncodeError, Layout, Short, check_code};
use crate::error::{ErrorKind, ParseError, Parsed, refuse};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Side};
use crate::reason::sealed::Sealed;
use crate::spec::property::{Carrier, PropertyId};
use crate::v5::properties::AuthProperties;
use crate::v5::reason::AuthReason;

/// Authentication exchange, MQTT 5.0 §3.15.
///
/// # Conformance
///
/// The specification contradicts itself: §3.15.2.1 allows Remaining Length 0, while §3.15.2.2.2 and [MQTT-4.12.0-5]
/// want an Authentication Method in every AUTH. Remaining Length 0 is read as Success without properties, unless the
/// sender is known to be the Client, who must not send that code; it is never written. Remaining Length 1, which
/// nothing describes, is malformed whatever the code.
///
/// ```
/// use mqtt_reason::{Encode, v5::{Auth, AuthProperties, AuthReason, Property}};
///
/// let properties = [Property::AuthenticationMethod("SCRAM-SHA-256")];
/// let auth = Auth::new(AuthReason::ContinueAuthentication, AuthProperties::try_from(&properties)?);
/// let mut buffer = Vec::new();
/// auth.encode(&mut buffer)?;
/// assert_eq!(buffer[..5], [0xF0, 0x12, 0x18, 0x10, 0x15]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the fields are the specification's"
)]
pub struct Auth<'a> {
    /// The Authenticate Reason Code.
    pub reason: AuthReason,
    /// The properties; the encoder refuses them without Authentication Method.
    pub properties: AuthProperties<'a>,
}

impl<'a> Auth<'a> {
    /// The packet; its properties include the Authentication Method.
    #[inline]
    #[must_use]
    pub const fn new(reason: AuthReason, properties: AuthProperties<'a>) -> Self {
        Self { reason, properties }
    }

    /// The body, §3.15.2.
    #[inline(always)]
    pub(crate) fn parse(i: &'a [u8], options: &DecodeOptions) -> Parsed<'a, Self> {
        let (reason, properties_at) = match i {
            [] => return Ok((i, Self::without_body(i, options)?)),
            [_, end @ ..] if end.is_empty() => return refuse(end, ErrorKind::NoPropertyLength),
            _ => {
                let (rest, reason) = reason_code(i, options)?;
                (reason, rest)
            }
        };
        let (rest, properties) = AuthProperties::parse(properties_at, Carrier::Auth, options)?;
        if properties.authentication_method().is_none() {
            return refuse(properties_at, ErrorKind::NoAuthenticationMethod);
        }
        Ok((rest, Self::new(reason, properties)))
    }

    /// Remaining Length 0: the Server's Success, §3.15.2.1.
    fn without_body(
        i: &'a [u8],
        options: &DecodeOptions,
    ) -> Result<Self, nom::Err<ParseError<'a>>> {
        let reason = AuthReason::Success;
        match options.sender {
            Some(sender @ Side::Client) => {
                let (packet, code) = (PacketType::Auth, reason.as_u8());
                refuse(
                    i,
                    ErrorKind::ReasonCodeSender {
                        packet,
                        code,
                        sender,
                    },
                )
            }
            _ => Ok(Self::new(reason, AuthProperties::empty())),
        }
    }

    #[inline]
    fn layout(&self) -> Layout<'_, 'a, impl Fn(u8, u8, u8) -> [u8; 4]> {
        let code = self.reason.as_u8();
        Layout {
            packet: PacketType::Auth,
            carrier: Carrier::Auth,
            head: move |first, remaining, properties| [first, remaining, code, properties],
            short: Short::None,
            properties: self.properties.section(),
            payload_len: 0,
        }
    }
}

impl Sealed for Auth<'_> {}

impl Encode for Auth<'_> {
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
        if self
            .properties
            .section()
            .find(PropertyId::AuthenticationMethod)
            .is_none()
        {
            return Err(EncodeError::NoAuthenticationMethod {
                packet: PacketType::Auth,
            });
        }
        self.layout().write(options, dst, |_| ())
    }
}

impl fmt::Debug for Auth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(PacketType::Auth.name())
            .field("reason", &self.reason)
            .field("properties", &self.properties)
            .finish()
    }
}
