//! What people paste that is not MQTT, told by its first bytes.

use std::fmt;

/// Something that is not MQTT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum NotMqtt {
    /// A TLS record of this content type.
    Tls(u8),
    /// A request or an answer of HTTP.
    Http,
    /// The header of the PROXY protocol, in text or in binary.
    Proxy,
    /// The greeting of SSH.
    Ssh,
    /// A capture file.
    Pcap,
    /// A capture file of the newer format.
    Pcapng,
    /// Text; its beginning.
    Text(String),
}

/// The methods of HTTP, each with the space behind it.
const METHODS: [&[u8]; 9] = [
    b"GET ",
    b"POST ",
    b"PUT ",
    b"HEAD ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"TRACE ",
    b"CONNECT ",
];
/// The first bytes of the binary PROXY header.
const PROXY_V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// How many characters make a text, at least.
const TEXT: usize = 4;
/// How many characters of it are looked at and shown.
const SHOWN: usize = 40;

/// What `bytes` are if their beginning is that of something else, which no MQTT packet has.
pub(crate) fn not_mqtt(bytes: &[u8]) -> Option<NotMqtt> {
    match *bytes {
        [kind @ 0x14..=0x17, 0x03, 0x00..=0x04, ..] | [kind @ 0x14..=0x17, 0x03] => {
            Some(NotMqtt::Tls(kind))
        }
        // Both orders of bytes, times in microseconds or in nanoseconds.
        [0xD4, 0xC3, 0xB2, 0xA1, ..]
        | [0xA1, 0xB2, 0xC3, 0xD4, ..]
        | [0x4D, 0x3C, 0xB2, 0xA1, ..]
        | [0xA1, 0xB2, 0x3C, 0x4D, ..] => Some(NotMqtt::Pcap),
        [0x0A, 0x0D, 0x0D, 0x0A, ..] => Some(NotMqtt::Pcapng),
        [b'S', b'S', b'H', b'-', ..] => Some(NotMqtt::Ssh),
        [b'H', b'T', b'T', b'P', b'/', ..] => Some(NotMqtt::Http),
        [b'P', b'R', b'O', b'X', b'Y', b' ', ..] => Some(NotMqtt::Proxy),
        _ if bytes.starts_with(PROXY_V2) => Some(NotMqtt::Proxy),
        _ if METHODS.iter().any(|method| bytes.starts_with(method)) => Some(NotMqtt::Http),
        _ => None,
    }
}

/// The text that `bytes` are, if they cannot be anything else: for bytes that are no packet.
pub(crate) fn text(bytes: &[u8]) -> Option<NotMqtt> {
    let shown = bytes.get(..SHOWN).unwrap_or(bytes);
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let letters = shown
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    if shown.len() < TEXT || !shown.iter().all(is_text) || 2 * letters < shown.len() {
        return None;
    }
    let text = String::from_utf8_lossy(shown).trim().to_owned();
    Some(NotMqtt::Text(text))
}

impl fmt::Display for NotMqtt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls(kind) => {
                let record = match kind {
                    0x14 => "a change of cipher",
                    0x15 => "an alert: the other side gave up the TLS handshake",
                    0x16 => "a handshake",
                    _ => "application data",
                };
                write!(
                    f,
                    "this is a TLS record ({record}), not MQTT: one side speaks TLS on this connection"
                )
            }
            Self::Http => f.write_str(
                "this is HTTP, not MQTT: a web server, a proxy or MQTT over WebSocket answers on this port",
            ),
            Self::Proxy => f.write_str(
                "this is a PROXY protocol header, not MQTT: the packets begin after it",
            ),
            Self::Ssh => f.write_str("this is SSH, not MQTT"),
            Self::Pcap => f.write_str("this is a pcap capture file: use `check`"),
            Self::Pcapng => f.write_str("this is a pcapng capture file: use `check`"),
            Self::Text(text) => write!(f, "this is text, not MQTT: {text:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_protocols_are_named_by_their_first_bytes() {
        for (bytes, word) in [
            (&b"\x16\x03\x01\x02\x00"[..], "TLS record (a handshake)"),
            (b"\x15\x03\x03\x00\x02\x02\x28", "alert"),
            (b"GET / HTTP/1.1\r\n", "HTTP"),
            (b"POST /x", "HTTP"),
            (b"HTTP/1.1 400 Bad Request\r\n", "HTTP"),
            (b"PROXY TCP4 1.2.3.4", "PROXY"),
            (b"\r\n\r\n\0\r\nQUIT\n\x21", "PROXY"),
            (b"SSH-2.0-OpenSSH", "SSH"),
            (b"\xD4\xC3\xB2\xA1\x02\0", "pcap capture file: use `check`"),
            (
                b"\x0A\x0D\x0D\x0A\x1C\0",
                "pcapng capture file: use `check`",
            ),
        ] {
            let found = not_mqtt(bytes).map(|found| found.to_string());
            assert!(found.is_some_and(|found| found.contains(word)), "{word}");
        }
        assert_eq!(not_mqtt(b"\x20\x02\x00\x00"), None);
        assert_eq!(not_mqtt(b"\x10\x0d\x00\x04MQTT"), None);
        let modem = text(b"\r\nCLOSED\r\n").map(|found| found.to_string());
        assert_eq!(modem.as_deref(), Some("this is text, not MQTT: \"CLOSED\""));
        assert_eq!(text(b"\x30\x0a\x00"), None);
        assert_eq!(text(b"0 1 2 3 4 5"), None);
    }
}
