//! CONNACK: connect acknowledgment.

use core::fmt;

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode_error::EncodeError;
use crate::error::{ErrorKind, Parsed, read, refuse};
use crate::options::DecodeOptions;
use crate::packet_type::PacketType;
use crate::reason::sealed::Sealed;
use crate::spec::property::{Carrier, PropertyId};
use crate::v5::layout::{Parts, Short, with_properties};
use crate::v5::properties::Properties;
use crate::v5::reason::ConnackReason;
use crate::wire;
use crate::wire::put_few;

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
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Connack<'a> {
    session_present: bool,
    reason: ConnackReason,
    /// Whether there is Authentication Data without Authentication Method among the properties.
    lacks_method: bool,
    properties: Properties<'a>,
}

impl Connack<'_> {
    /// A connection accepted or refused, without properties; `None` for Session Present together with a refusal,
    /// [MQTT-3.2.2-6].
    ///
    /// ```
    /// use mqtt_reason::v5::{Connack, ConnackReason};
    ///
    /// assert!(Connack::new(true, ConnackReason::Success).is_some());
    /// assert!(Connack::new(true, ConnackReason::Banned).is_none());
    /// ```
    #[inline]
    #[must_use]
    pub const fn new(session_present: bool, reason: ConnackReason) -> Option<Self> {
        if session_present && reason.is_error() {
            return None;
        }
        Some(Self {
            session_present,
            reason,
            lacks_method: false,
            properties: Properties::EMPTY,
        })
    }

    /// An accepted connection, without properties; `session_present` tells whether the Server has Session State from
    /// before, [MQTT-3.2.2-2], [MQTT-3.2.2-3].
    #[inline]
    #[must_use]
    pub const fn accepted(session_present: bool) -> Self {
        Self {
            session_present,
            reason: ConnackReason::Success,
            lacks_method: false,
            properties: Properties::EMPTY,
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
            lacks_method: false,
            properties: Properties::EMPTY,
        }
    }
}

impl<'a> Connack<'a> {
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

    /// The properties.
    ///
    /// # Conformance
    ///
    /// Authentication Data is accepted without Authentication Method: no sentence forbids that in a CONNACK.
    #[inline]
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The body, §3.2.2; it has no short form. `found` gets the packet before its properties are checked.
    ///
    /// # Conformance
    ///
    /// Reserved flags are malformed like those of the fixed header; Session Present with a refusal, which parses, is a
    /// protocol error. The specification names no class for either. Whether Session Present is right depends
    /// on the code: a code outside the table is reported first.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        options: &DecodeOptions,
        mut found: impl FnMut(Self),
    ) -> Parsed<'a, ()> {
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
        let (i, section) = Properties::section(after_reason)?;
        let mut connack = Self {
            session_present,
            reason,
            lacks_method: false,
            properties: Properties::of_checked(section),
        };
        found(connack);
        let single = Properties::check(section, Carrier::Connack, options)?;
        if single.contains(PropertyId::AuthenticationData)
            && !single.contains(PropertyId::AuthenticationMethod)
        {
            connack.lacks_method = true;
            found(connack);
        }
        Ok((i.get(section.len()..).unwrap_or_default(), ()))
    }

    /// Refuses an accepting CONNACK that lacks an Authentication Method.
    #[inline]
    fn check_method(&self, lacks_method: bool) -> Result<(), EncodeError> {
        if lacks_method && self.reason == ConnackReason::Success {
            let packet = PacketType::Connack;
            return Err(EncodeError::NoAuthenticationMethod { packet });
        }
        Ok(())
    }
}

impl Sealed for Connack<'_> {}

impl Parts for Connack<'_> {
    const CARRIER: Carrier = Carrier::Connack;
    type Fields = [u8; 2];
    const FIELDS: usize = 2;

    #[inline]
    fn fields(&self) -> [u8; 2] {
        [self.session_present.into(), self.reason.as_u8()]
    }

    #[inline]
    fn put_head<B: BufMut>(&self, _: Short, remaining: u8, properties: u8, dst: &mut B) {
        let [flags, code] = self.fields();
        let first = PacketType::Connack.first_byte();
        put_few([first, remaining, flags, code, properties], dst);
    }

    #[inline]
    fn short(&self) -> Short {
        Short::None
    }

    #[inline]
    fn own_properties(&self) -> Properties<'_> {
        self.properties
    }

    /// An accepting CONNACK has no Authentication Data without an Authentication Method: [MQTT-4.12.0-5],
    /// [MQTT-4.12.0-6].
    #[inline]
    fn check_properties(&self, has: impl Fn(PropertyId) -> bool) -> Result<(), EncodeError> {
        self.check_method(
            has(PropertyId::AuthenticationData) && !has(PropertyId::AuthenticationMethod),
        )
    }

    #[inline]
    fn check_own_properties(&self) -> Result<(), EncodeError> {
        self.check_method(self.lacks_method)
    }

    #[inline]
    fn has_error(&self) -> bool {
        self.reason.is_error()
    }
}

with_properties! { ['a] Connack<'a> }

impl fmt::Debug for Connack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connack")
            .field("session_present", &self.session_present)
            .field("reason", &self.reason)
            .field("properties", &self.properties)
            .finish()
    }
}
