//! The macro that makes every enum of codes from one table, and [`ReasonCode`], which holds a code of any of them.

use core::fmt;

use crate::packet_type::{PacketType, SentBy, Side};
use crate::spec::property::Carrier;

/// A byte from one of the closed lists of codes: implemented by every enum of reason codes and return codes.
///
/// Sealed: the specification's lists are closed.
///
/// ```
/// use mqtt_reason::{Code, CodeList, v3::SubackReturnCode, v5::SubackReason};
///
/// /// The codes that refuse something, whichever packet and version they are of.
/// fn refusals<C: Code>(codes: CodeList<'_, C>) -> Vec<&'static str> {
///     codes.iter().filter(|code| code.is_error()).map(C::name).collect()
/// }
///
/// let codes = CodeList::<SubackReason>::from_bytes(&[0x01, 0x87])?;
/// assert_eq!(refusals(codes), ["Not authorized"]);
/// let codes = CodeList::<SubackReturnCode>::from_bytes(&[0x01, 0x80])?;
/// assert_eq!(refusals(codes), ["Failure"]);
/// # Ok::<(), mqtt_reason::CodeListError>(())
/// ```
pub trait Code:
    sealed::Sealed
    + sealed::Undefined
    + Copy
    + Eq
    + Ord
    + fmt::Debug
    + fmt::Display
    + Send
    + Sync
    + 'static
{
    /// Every code of the list, ascending.
    const ALL: &'static [Self];

    /// The code with this value, `None` if the list has no such code.
    fn from_u8(byte: u8) -> Option<Self>;

    /// The value on the wire.
    fn as_u8(self) -> u8;

    /// The specification's name of the code.
    fn name(self) -> &'static str;

    /// Whether the code reports a failure.
    fn is_error(self) -> bool;
}

/// A reason code of one packet of MQTT 5.0: implemented by the nine enums of [`v5`](crate::v5).
pub trait PacketReason: Code + Into<ReasonCode> + TryFrom<ReasonCode> {
    /// The packet that carries this enum's codes.
    const PACKET: PacketType;

    /// The section of properties of that packet.
    const CARRIER: Carrier;

    /// What the code tells, in a sentence.
    fn help(self) -> &'static str;

    /// Who may send the code in this packet: the "Sent by" column.
    fn sent_by(self) -> SentBy;

    /// Whether the "Sent by" column lets `side` send this code.
    fn can_be_sent_by(self, side: Side) -> bool;
}

pub(crate) mod sealed {
    /// Keeps the public traits of this crate from being implemented elsewhere.
    #[expect(unnameable_types, reason = "that is what seals a trait")]
    pub trait Sealed {}

    /// What only this crate can name, and so pass: a method that takes it cannot be called elsewhere.
    #[derive(Clone, Copy)]
    #[expect(unnameable_types, reason = "that is what it is for")]
    pub struct Internal;

    /// A look-up for many codes at once.
    #[expect(unnameable_types, reason = "part of a sealed trait")]
    pub trait Undefined {
        /// 1 if the list has no code with this value, 0 if it has.
        fn undefined(byte: u8, internal: Internal) -> u8;
    }
}

/// One row of the specification's tables of reason codes: what a code means in one packet.
///
/// MQTT 5.0 §2.4, Table 2-6, and the table of the packet's own section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Meaning {
    /// The code.
    pub code: ReasonCode,
    /// The packet that carries it.
    pub packet: PacketType,
    /// The specification's name of the code in this packet.
    pub name: &'static str,
    /// Who may send it in this packet.
    pub sent_by: SentBy,
    /// What it tells, in a sentence.
    pub help: &'static str,
}

/// Text or number that names no code of the list asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("no such code; give its number (135, 0x87) or its name (Not authorized)")]
#[non_exhaustive]
pub struct ParseCodeError;

/// A byte, or a code of another packet, that is not in the list of codes it was converted to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("code {value:#04x} is not defined here")]
#[non_exhaustive]
pub struct UndefinedCode {
    /// The value that is not in the list.
    pub value: u8,
}

/// One enum of codes from one table: rows of value, variant, name and, if an earlier version has another one, that.
///
/// It saves eleven copies of the same conversions and keeps value, names and variant of a code in one place.
macro_rules! code_enum {
    // The last name of a row.
    (@earlier $name:literal) => { $name };
    (@earlier $name:literal $earlier:literal) => { $earlier };
    (
        $(#[$doc:meta])*
        pub enum $Name:ident {
            $($(#[$row_doc:meta])* $value:literal $Variant:ident $name:literal $(or $earlier:literal)?,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[expect(clippy::exhaustive_enums, reason = "the specification's list is closed")]
        pub enum $Name {
            $($(#[$row_doc])* $Variant = $value,)+
        }

        impl $Name {
            /// Every code of the table, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The code with this value, `None` if the table has no such code.
            #[inline]
            #[must_use]
            #[expect(clippy::indexing_slicing, reason = "a byte never exceeds a table of 256")]
            pub const fn from_u8(byte: u8) -> Option<Self> {
                // A constant, not a static: a compiler that knows the byte then knows the result.
                const TABLE: &[Option<$Name>; 256] = &{
                    let mut table = [None; 256];
                    $(table[$value] = Some($Name::$Variant);)+
                    table
                };
                TABLE[byte as usize]
            }

            /// The value on the wire.
            #[inline]
            #[must_use]
            pub const fn as_u8(self) -> u8 {
                self as u8
            }

            /// The specification's name of the code in this packet.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }

            /// The name of the code in the earliest version that has it.
            const fn earlier_name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $crate::reason::code_enum!(@earlier $name $($earlier)?),)+
                }
            }
        }

        impl $crate::reason::sealed::Sealed for $Name {}

        impl $crate::reason::sealed::Undefined for $Name {
            #[inline]
            #[expect(clippy::indexing_slicing, reason = "a byte never exceeds a table of 256")]
            fn undefined(byte: u8, _: $crate::reason::sealed::Internal) -> u8 {
                const TABLE: &[u8; 256] = &{
                    let mut table = [1; 256];
                    $(table[$value] = 0;)+
                    table
                };
                TABLE[usize::from(byte)]
            }
        }

        impl $crate::reason::Code for $Name {
            const ALL: &'static [Self] = Self::ALL;

            #[inline]
            fn from_u8(byte: u8) -> Option<Self> {
                Self::from_u8(byte)
            }

            #[inline]
            fn as_u8(self) -> u8 {
                self as u8
            }

            fn name(self) -> &'static str {
                Self::name(self)
            }

            #[inline]
            fn is_error(self) -> bool {
                Self::is_error(self)
            }
        }

        impl ::core::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.name())
            }
        }

        impl ::core::str::FromStr for $Name {
            type Err = $crate::reason::ParseCodeError;

            /// Reads a number (`135`, `0x87`) or a name, in 3.x that of either version; case, spaces and punctuation of
            /// names do not matter.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let is_named = |code: &Self| {
                    $crate::spec::names::same_name(code.name(), text)
                        || $crate::spec::names::same_name(code.earlier_name(), text)
                };
                match $crate::spec::names::parse_number(text) {
                    Some(byte) => Self::from_u8(byte),
                    None => Self::ALL.iter().copied().find(is_named),
                }
                .ok_or($crate::reason::ParseCodeError)
            }
        }

        impl TryFrom<u8> for $Name {
            type Error = $crate::reason::UndefinedCode;

            fn try_from(value: u8) -> Result<Self, Self::Error> {
                Self::from_u8(value).ok_or($crate::reason::UndefinedCode { value })
            }
        }

        impl From<$Name> for u8 {
            fn from(code: $Name) -> Self {
                code.as_u8()
            }
        }
    };
}
pub(crate) use code_enum;

/// The reason codes of one packet of MQTT 5.0 from one table: rows of value, variant, name, sender and help.
macro_rules! reason_codes {
    (
        $(#[$doc:meta])*
        pub enum $Name:ident in $Packet:ident {
            $($value:literal $Variant:ident $name:literal $sent_by:ident $help:literal,)+
        }
    ) => {
        $crate::reason::code_enum! {
            $(#[$doc])*
            pub enum $Name {
                $(
                    #[doc = concat!("`", stringify!($value), "` ", $name, ". ", $help)]
                    #[doc = ""]
                    #[doc = concat!("Sent by: ", stringify!($sent_by), ".")]
                    $value $Variant $name,
                )+
            }
        }

        impl $Name {
            /// The packet's rows of the specification's table, in the order of [`ALL`](Self::ALL).
            pub(crate) const MEANINGS: &'static [$crate::reason::Meaning] = &[$(
                $crate::reason::Meaning {
                    code: $crate::reason::ReasonCode::of($value),
                    packet: $crate::PacketType::$Packet,
                    name: $name,
                    sent_by: $crate::SentBy::$sent_by,
                    help: $help,
                },
            )+];

            /// Whether the code reports a failure: 0x80 and above, MQTT 5.0 §2.4.
            #[inline]
            #[must_use]
            pub const fn is_error(self) -> bool {
                self as u8 >= 0x80
            }

            /// What the code tells, in a sentence.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$Variant => $help,)+
                }
            }

            /// Who may send the code in this packet: the "Sent by" column.
            #[inline]
            #[must_use]
            pub const fn sent_by(self) -> $crate::SentBy {
                match self {
                    $(Self::$Variant => $crate::SentBy::$sent_by,)+
                }
            }

            /// Whether the "Sent by" column lets `side` send this code.
            #[inline]
            #[must_use]
            pub const fn can_be_sent_by(self, side: $crate::Side) -> bool {
                self.sent_by().includes(side)
            }
        }

        impl $crate::reason::PacketReason for $Name {
            const PACKET: $crate::PacketType = $crate::PacketType::$Packet;
            const CARRIER: $crate::Carrier = $crate::Carrier::$Packet;

            fn help(self) -> &'static str {
                Self::help(self)
            }

            #[inline]
            fn sent_by(self) -> $crate::SentBy {
                Self::sent_by(self)
            }

            #[inline]
            fn can_be_sent_by(self, side: $crate::Side) -> bool {
                Self::can_be_sent_by(self, side)
            }
        }

        impl PartialEq<$Name> for $crate::reason::ReasonCode {
            fn eq(&self, code: &$Name) -> bool {
                self.as_u8() == code.as_u8()
            }
        }

        impl From<$Name> for $crate::reason::ReasonCode {
            fn from(code: $Name) -> Self {
                Self::of(code as u8)
            }
        }

        impl TryFrom<$crate::reason::ReasonCode> for $Name {
            type Error = $crate::reason::UndefinedCode;

            fn try_from(code: $crate::reason::ReasonCode) -> Result<Self, Self::Error> {
                Self::try_from(code.as_u8())
            }
        }
    };
}
pub(crate) use reason_codes;

/// Any reason code of MQTT 5.0, whatever the packet: one type for logs, metrics and tables.
///
/// MQTT 5.0 §2.4, Table 2-6. Only the 43 values of the table can be held. What a code is called and what it means
/// depends on the packet: 0x00 has three names.
///
/// ```
/// use mqtt_reason::{PacketType, ReasonCode, v5::PubackReason};
///
/// let code = ReasonCode::from(PubackReason::NotAuthorized);
/// assert_eq!(code, ReasonCode::NOT_AUTHORIZED);
/// assert_eq!(code.to_string(), "Not authorized");
/// assert_eq!("0x87".parse(), Ok(code));
/// assert!(code.meaning_in(PacketType::Pubrel).is_none());
/// assert_eq!(ReasonCode::from_u8(0x03), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(u8);

impl ReasonCode {
    /// A value out of one of the nine tables.
    pub(crate) const fn of(value: u8) -> Self {
        Self(value)
    }

    /// The value on the wire.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self.0
    }

    /// Whether the code reports a failure: 0x80 and above, MQTT 5.0 §2.4.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 >= 0x80
    }
}

impl From<ReasonCode> for u8 {
    fn from(code: ReasonCode) -> Self {
        code.0
    }
}

/// A code is compared with a number as on the wire.
///
/// ```
/// assert!(mqtt_reason::ReasonCode::NOT_AUTHORIZED == 0x87);
/// ```
impl PartialEq<u8> for ReasonCode {
    fn eq(&self, value: &u8) -> bool {
        self.0 == *value
    }
}
