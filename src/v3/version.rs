//! The versions whose packets these are.

/// MQTT 3.1.1 or 3.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there will be no other 3.x")]
pub enum Version {
    /// MQTT V3.1, protocol level 3.
    V3_1,
    /// MQTT 3.1.1, protocol level 4.
    V3_1_1,
}

impl core::fmt::Display for Version {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        crate::Version::from(*self).fmt(f)
    }
}

impl From<Version> for crate::Version {
    #[inline]
    fn from(version: Version) -> Self {
        match version {
            Version::V3_1 => Self::V3_1,
            Version::V3_1_1 => Self::V3_1_1,
        }
    }
}

/// ```
/// use mqtt_reason::{Version, v3};
///
/// assert_eq!(v3::Version::try_from(Version::V3_1_1), Ok(v3::Version::V3_1_1));
/// assert!(v3::Version::try_from(Version::V5_0).is_err());
/// ```
impl TryFrom<crate::Version> for Version {
    type Error = TryFromVersionError;

    #[inline]
    fn try_from(version: crate::Version) -> Result<Self, Self::Error> {
        match version {
            crate::Version::V3_1 => Ok(Self::V3_1),
            crate::Version::V3_1_1 => Ok(Self::V3_1_1),
            crate::Version::V5_0 => Err(TryFromVersionError),
        }
    }
}

/// MQTT 5.0 is neither 3.1.1 nor 3.1: the packets of this module are not those of that version.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("MQTT 5.0 is neither 3.1.1 nor 3.1")]
#[non_exhaustive]
pub struct TryFromVersionError;
