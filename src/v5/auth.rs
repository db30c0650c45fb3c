//! AUTH: authentication exchange.

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::check_code;
use crate::encode_error::EncodeError;
use crate::error::{ErrorKind, ParseError, Parsed, refuse};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Side};
use crate::reason::sealed::Sealed;
use crate::spec::property::{Carrier, PropertyId};
use crate::v5::layout::{Parts, Short, WithProperties, with_properties};
use crate::v5::properties::Properties;
use crate::v5::property::Property;
use crate::v5::reason::AuthReason;
use crate::wire::put_few;

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
/// use mqtt_reason::{Encode, v5::{Auth, AuthReason, Property}};
///
/// let auth = Auth::new(AuthReason::ContinueAuthentication, "SCRAM-SHA-256")
///     .and([Property::AuthenticationData(b"c=biws")]);
/// let mut buffer = Vec::new();
/// auth.encode(&mut buffer)?;
/// assert_eq!(buffer[..5], [0xF0, 0x1B, 0x18, 0x19, 0x15]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Auth<'a> {
    reason: AuthReason,
    properties: Properties<'a>,
}

impl Auth<'_> {
    /// The packet with this Authentication Method; [`and`](WithProperties::and) adds the data and what else there is.
    #[inline]
    #[must_use]
    pub fn new(reason: AuthReason, method: &str) -> WithProperties<Self, [Property<'_>; 1]> {
        Self::without_properties(reason).with_properties([Property::AuthenticationMethod(method)])
    }

    /// The packet that [`with_properties`](Self::with_properties) makes one of, if they have an Authentication Method:
    /// the encoder refuses it without.
    #[inline]
    #[must_use]
    pub const fn without_properties(reason: AuthReason) -> Self {
        Self {
            reason,
            properties: Properties::EMPTY,
        }
    }
}

impl<'a> Auth<'a> {
    /// The Authenticate Reason Code.
    #[inline]
    #[must_use]
    pub const fn reason(&self) -> AuthReason {
        self.reason
    }

    /// The properties.
    #[inline]
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The body, §3.15.2. `found` gets the packet before its properties are checked.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        options: &DecodeOptions,
        found: impl FnOnce(Self),
    ) -> Parsed<'a, ()> {
        let (reason, properties_at) = match i {
            [] => {
                found(Self::without_body(i, options)?);
                return Ok((i, ()));
            }
            [_, end @ ..] if end.is_empty() => return refuse(end, ErrorKind::NoPropertyLength),
            _ => {
                let (rest, reason) = reason_code(i, options)?;
                (reason, rest)
            }
        };
        let (i, section) = Properties::section(properties_at)?;
        let properties = Properties::of_checked(section);
        found(Self { reason, properties });
        let single = Properties::check(section, Carrier::Auth, options)?;
        if !single.contains(PropertyId::AuthenticationMethod) {
            return refuse(properties_at, ErrorKind::NoAuthenticationMethod);
        }
        Ok((i.get(section.len()..).unwrap_or_default(), ()))
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
            _ => Ok(Self::without_properties(reason)),
        }
    }
}

impl Sealed for Auth<'_> {}

impl Parts for Auth<'_> {
    const CARRIER: Carrier = Carrier::Auth;
    type Fields = [u8; 1];
    const FIELDS: usize = 1;

    #[inline]
    fn fields(&self) -> [u8; 1] {
        [self.reason.as_u8()]
    }

    #[inline]
    fn put_head<B: BufMut>(&self, _: Short, remaining: u8, properties: u8, dst: &mut B) {
        let (first, [code]) = (PacketType::Auth.first_byte(), self.fields());
        put_few([first, remaining, code, properties], dst);
    }

    #[inline]
    fn short(&self) -> Short {
        Short::None
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
    fn check_properties(&self, has: impl Fn(PropertyId) -> bool) -> Result<(), EncodeError> {
        if has(PropertyId::AuthenticationMethod) {
            return Ok(());
        }
        let packet = PacketType::Auth;
        Err(EncodeError::NoAuthenticationMethod { packet })
    }

    /// Properties that were received have a method, or there are none.
    #[inline]
    fn check_own_properties(&self) -> Result<(), EncodeError> {
        self.check_properties(|_| !self.properties.is_empty())
    }

    #[inline]
    fn has_error(&self) -> bool {
        self.reason.is_error()
    }
}

with_properties! { ['a] Auth<'a> }
