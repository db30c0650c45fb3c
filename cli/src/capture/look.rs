//! What a stream is, by its first bytes.

/// What it is.
pub(super) enum Look {
    /// CONNECT, or a request for WebSocket that names MQTT.
    Mqtt,
    Tls,
    Other,
    /// More bytes are needed.
    Unknown,
}

pub(super) fn look(start: &[u8]) -> Look {
    match start {
        [] => Look::Unknown,
        [0x10, rest @ ..] => {
            // At most four bytes of Remaining Length, then the Protocol Name.
            let Some(end) = rest.iter().take(4).position(|byte| *byte < 0x80) else {
                return if rest.len() < 4 {
                    Look::Unknown
                } else {
                    Look::Other
                };
            };
            let name = rest.get(end + 1..).unwrap_or_default();
            let names: [&[u8]; 2] = [b"\x00\x04MQTT", b"\x00\x06MQIsdp"];
            let fits = |whole: &&[u8]| name.starts_with(whole);
            let could = |whole: &&[u8]| whole.starts_with(name);
            match (names.iter().any(fits), names.iter().any(could)) {
                (true, _) => Look::Mqtt,
                (false, true) => Look::Unknown,
                (false, false) => Look::Other,
            }
        }
        [0x14..=0x17, 0x03, ..] => Look::Tls,
        [0x14..=0x17] => Look::Unknown,
        _ if b"GET ".starts_with(start) => Look::Unknown,
        _ if start.starts_with(b"GET ") => {
            let names_mqtt = start
                .to_ascii_lowercase()
                .windows(23)
                .position(|window| window == b"sec-websocket-protocol:");
            let ended = start.windows(4).any(|window| window == b"\r\n\r\n");
            match (names_mqtt, ended) {
                (Some(at), true) => {
                    let value = start.get(at + 23..).unwrap_or_default();
                    let line = value
                        .split(|byte| *byte == b'\r')
                        .next()
                        .unwrap_or_default();
                    match line
                        .windows(4)
                        .any(|window| window.eq_ignore_ascii_case(b"mqtt"))
                    {
                        true => Look::Mqtt,
                        false => Look::Other,
                    }
                }
                (None, true) => Look::Other,
                (_, false) => Look::Unknown,
            }
        }
        _ => Look::Other,
    }
}
