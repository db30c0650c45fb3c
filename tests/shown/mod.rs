//! Errors as they are shown with `{:?}`: their struct variants may get more fields, so they cannot be made here.
//!
//! `shown!(ErrorKind::ReasonCode { packet, code: 0x8B })` is what such an error must look like, and equal to it.

use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::sync::Mutex;

use mqtt_reason::v5::PropertyErrorKind;
use mqtt_reason::{EncodeError, ErrorKind};

/// What `{:?}` writes of an error.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown(&'static str);

/// The texts that are held, each once: so an error that is shown is as easy to pass as the error.
static TEXTS: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

impl Shown {
    fn new(text: String) -> Self {
        let mut texts = TEXTS.lock().expect("nothing panics while it is locked");
        if let Some(text) = texts.get(&*text) {
            return Self(text);
        }
        let text = text.leak();
        texts.insert(text);
        Self(text)
    }

    /// A variant with these fields.
    pub(crate) fn variant(name: &str, fields: &[(&str, &dyn Debug)]) -> Self {
        let fields: Vec<_> = fields
            .iter()
            .map(|(field, value)| format!("{field}: {value:?}"))
            .collect();
        Self::new(format!("{name} {{ {} }}", fields.join(", ")))
    }
}

impl Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! shown {
    ($Enum:ident::$Variant:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {{
        // The names are those of a variant that there is.
        let _ = |error: &$Enum| matches!(error, $Enum::$Variant { $($field: _,)* .. });
        $crate::shown::Shown::variant(
            stringify!($Variant),
            &[$((stringify!($field), &shown!(@value $field $($value)?))),*],
        )
    }};
    (@value $field:ident) => { $field };
    (@value $field:ident $value:expr) => { $value };
}

/// Errors of the crate, which may be compared with what is shown.
macro_rules! errors {
    ($($Error:ident)+) => {
        $(
            impl From<$Error> for Shown {
                fn from(error: $Error) -> Self {
                    Self::new(format!("{error:?}"))
                }
            }

            impl PartialEq<Shown> for $Error {
                fn eq(&self, shown: &Shown) -> bool {
                    format!("{self:?}") == shown.0
                }
            }
        )+
    };
}

errors! { ErrorKind EncodeError PropertyErrorKind }
