//! The statements of MQTT 5.0 and 3.1.1 that bind a Server: what they say, and which scenario shows it.

use mqtt_reason::Version;

/// What a statement says, in our words; `None` for a section or a statement that is not in the table.
#[must_use]
pub fn text(version: Version, id: &str) -> Option<&'static str> {
    let _ = (version, id);
    None
}
