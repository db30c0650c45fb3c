//! Errors as they are shown with `{:?}`: their struct variants may get more fields, so they cannot be made here.
//!
//! `shown!(ErrorKind::ReasonCode { packet, code: 0x8B })` is what such an error must look like, and equal to it.

use std::fmt::{self, Debug};

use mqtt_reason::v5::PropertyErrorKind;
use mqtt_reason::{EncodeError, ErrorKind};

/// What `{:?}` writes of an error.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown(String);

impl Shown {
    /// A variant with these fields.
    pub(crate) fn variant(name: &str, fields: &[(&str, &dyn Debug)]) -> Self {
        let fields: Vec<_> = fields
            .iter()
            .map(|(field, value)| format!("{field}: {value:?}"))
            .collect();
        Self(format!("{name} {{ {} }}", fields.join(", ")))
    }
}

impl Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! shown {
    ($Enum:ident::$Variant:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {
        $crate::shown::Shown::variant(
            stringify!($Variant),
            &[$((stringify!($field), &shown!(@value $field $($value)?))),*],
        )
    };
    (@value $field:ident) => { $field };
    (@value $field:ident $value:expr) => { $value };
}

/// Errors of the crate, which may be compared with what is shown.
macro_rules! errors {
    ($($Error:ident)+) => {
        $(
            impl From<$Error> for Shown {
                fn from(error: $Error) -> Self {
                    Self(format!("{error:?}"))
                }
            }

            impl PartialEq<Shown> for $Error {
                fn eq(&self, shown: &Shown) -> bool {
                    Shown::from(*self) == *shown
                }
            }
        )+
    };
}

errors! { ErrorKind EncodeError PropertyErrorKind }
