//! Packets that are made to be expensive, with what is wrong as late in them as it can be.

/// A packet of 5.0.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// Whether a decoder accepts it.
    pub(crate) accepted: bool,
}

/// Packets of about `size` bytes; each that is refused stands after an accepted one of the same bytes but the last.
pub(crate) fn inputs(size: usize) -> Vec<Input> {
    let long = |character: &str| {
        // As much as fits into one string, as often as it takes.
        let text = character.repeat((size - 20).min(60_000) / character.len());
        repeated(size, &user_property("", text.as_bytes()))
    };
    let typical = repeated(size, &user_property("trace-id", b"4bf92f3577b34da6"));
    let empty = repeated(size, &user_property("", b""));
    let short = repeated(size, &user_property("", "ä".as_bytes()));
    let codes = vec![0x01; size - 5];
    let good = |name, bytes| Input {
        name,
        bytes,
        accepted: true,
    };
    let bad = |name, bytes| Input {
        name,
        bytes,
        accepted: false,
    };
    vec![
        good("long strings of ASCII", disconnect(&long("a"))),
        bad(
            "long strings of ASCII, U+0000 last",
            disconnect(&ending(long("a"), &[0x00])),
        ),
        bad(
            "long strings of ASCII, ill-formed last",
            disconnect(&ending(long("a"), &[0xFF])),
        ),
        good(
            "long strings of two-byte characters",
            disconnect(&long("ä")),
        ),
        bad(
            "long strings of two-byte characters, U+0000 last",
            disconnect(&ending(long("ä"), &[b'a', 0x00])),
        ),
        bad(
            "long strings of two-byte characters, ill-formed last",
            disconnect(&ending(long("ä"), &[0xC3])),
        ),
        good("User Properties of 8 and 16 bytes", disconnect(&typical)),
        bad(
            "User Properties of 8 and 16 bytes, duplicate last",
            disconnect(&with_duplicate(&typical)),
        ),
        good("empty User Properties", disconnect(&empty)),
        bad(
            "empty User Properties, duplicate last",
            disconnect(&with_duplicate(&empty)),
        ),
        good("User Properties of one character", disconnect(&short)),
        bad(
            "User Properties of one character, ill-formed last",
            disconnect(&ending(short, &[0xFF])),
        ),
        good("codes", suback(&codes)),
        bad("codes, undefined last", suback(&ending(codes, &[0xFF]))),
    ]
}

/// The packet with another body and the Remaining Length for it.
pub(crate) fn with_body(packet: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let Some((first, rest)) = packet.split_first() else {
        return Vec::new();
    };
    let length = rest.iter().take_while(|&&byte| byte > 0x7F).count() + 1;
    let mut body = rest.get(length..).unwrap_or_default().to_vec();
    change(&mut body);
    let mut changed = vec![*first];
    prefixed(&body, &mut changed);
    changed
}

/// DISCONNECT 0x8E with these properties.
fn disconnect(properties: &[u8]) -> Vec<u8> {
    with_body(&[0xE0, 0x01, 0x8E], |body| prefixed(properties, body))
}

fn suback(codes: &[u8]) -> Vec<u8> {
    with_body(&[0x90, 0x03, 0x00, 0x0A, 0x00], |body| body.extend(codes))
}

fn user_property(name: &str, value: &[u8]) -> Vec<u8> {
    let mut property = vec![0x26];
    for text in [name.as_bytes(), value] {
        let length = u16::try_from(text.len()).expect("it was chosen to fit");
        property.extend(length.to_be_bytes());
        property.extend(text);
    }
    property
}

/// As many as fit into a packet of `size` bytes.
fn repeated(size: usize, property: &[u8]) -> Vec<u8> {
    property.repeat(((size - 10) / property.len()).max(1))
}

/// The same bytes but for the last ones.
fn ending(mut bytes: Vec<u8>, end: &[u8]) -> Vec<u8> {
    bytes.truncate(bytes.len() - end.len());
    bytes.extend(end);
    bytes
}

/// Reason String before and after the properties, which have a few bytes more then.
fn with_duplicate(properties: &[u8]) -> Vec<u8> {
    let reason = [0x1F, 0x00, 0x01, b'a'];
    [&reason[..], properties, &reason].concat()
}

/// Variable Byte Integer and that many bytes.
fn prefixed(bytes: &[u8], out: &mut Vec<u8>) {
    let mut length = bytes.len();
    loop {
        let [low, ..] = length.to_le_bytes();
        length >>= 7;
        if length == 0 {
            out.push(low);
            break;
        }
        out.push(low | 0x80);
    }
    out.extend(bytes);
}
