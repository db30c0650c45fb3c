//! CONNACK of 3.1.1 and 3.1.

use crate::error::{ErrorKind, Parsed, refuse};
use crate::packet_type::PacketType;
use crate::v3::reason::ConnackReturnCode;
use crate::v3::version::Version;
use crate::wire;

/// Connect acknowledgment, 3.1.1 §3.2, 3.1 §3.2.
///
/// Session Present cannot be set together with a refusal, 3.1.1 [MQTT-3.2.2-4]: hence the constructors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Connack {
    session_present: bool,
    return_code: ConnackReturnCode,
}

impl Connack {
    /// A connection accepted or refused; `None` for Session Present together with a refusal, 3.1.1 [MQTT-3.2.2-4].
    #[inline]
    #[must_use]
    pub const fn new(session_present: bool, return_code: ConnackReturnCode) -> Option<Self> {
        if session_present && return_code.is_error() {
            return None;
        }
        Some(Self {
            session_present,
            return_code,
        })
    }

    /// An accepted connection; `session_present` tells whether the Server has Session State from before. It is
    /// `false` in 3.1, which does not have it.
    #[inline]
    #[must_use]
    pub const fn accepted(session_present: bool) -> Self {
        Self {
            session_present,
            return_code: ConnackReturnCode::Accepted,
        }
    }

    /// A refused connection; with [`ConnackReturnCode::Accepted`] an accepted one without Session State.
    #[inline]
    #[must_use]
    pub const fn refused(return_code: ConnackReturnCode) -> Self {
        Self {
            session_present: false,
            return_code,
        }
    }

    /// Whether the Server has Session State from before, 3.1.1 §3.2.2.2; always `false` in 3.1.
    #[inline]
    #[must_use]
    pub const fn session_present(&self) -> bool {
        self.session_present
    }

    /// The Connect Return Code.
    #[inline]
    #[must_use]
    pub const fn return_code(&self) -> ConnackReturnCode {
        self.return_code
    }

    /// The body, whose length was checked.
    ///
    /// # Conformance
    ///
    /// The first byte is not used in 3.1: it is ignored there.
    #[inline(always)]
    pub(crate) fn parse(i: &[u8], version: Version) -> Parsed<'_, Self> {
        let (after_flags, flags) = wire::byte(i)?;
        let session_present = match (version, flags) {
            (Version::V3_1, _) | (Version::V3_1_1, 0) => false,
            (Version::V3_1_1, 1) => true,
            (Version::V3_1_1, _) => return refuse(i, ErrorKind::ConnackFlags { flags }),
        };
        let (rest, code) = wire::byte(after_flags)?;
        let Some(return_code) = ConnackReturnCode::from_u8(code) else {
            let packet = PacketType::Connack;
            return refuse(after_flags, ErrorKind::ReturnCode { packet, code });
        };
        // 3.1.1 [MQTT-3.2.2-4]
        if session_present && return_code.is_error() {
            return refuse(i, ErrorKind::SessionPresent { code });
        }
        let connack = Self {
            session_present,
            return_code,
        };
        Ok((rest, connack))
    }

    /// The two bytes of the body.
    #[inline]
    pub(crate) const fn body(&self) -> [u8; 2] {
        [self.session_present as u8, self.return_code.as_u8()]
    }
}
