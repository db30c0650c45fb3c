//! Text that somebody pasted: whatever it is, nothing panics and an error points into it; bytes that are written in
//! hexadecimal are read as those bytes, or as none.

use mqtt_reason::Version;

use crate::input::{Form, Text, hex, not_mqtt, plain_text};

const FORMS: [Option<Form>; 6] = [
    None,
    Some(Form::Hex),
    Some(Form::Decimal),
    Some(Form::Base64),
    Some(Form::Escaped),
    Some(Form::Raw),
];

/// The bytes of a text, line by line as `decode` reads it; after a bad line it goes on with the next one.
fn read(form: Option<Form>, version: Option<Version>, text: &[u8]) -> Vec<u8> {
    let mut reader = Text::new(form, version);
    let mut bytes = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        if let Err(error) = reader.line(line, &mut bytes) {
            assert!(!error.to_string().is_empty());
            if let Some((number, text)) = reader.failed() {
                assert!(number > 0);
                assert!(
                    error.offset.is_none_or(|offset| offset <= text.len()),
                    "{error} in {text:?}, {form:?}"
                );
            }
            reader.restart();
        }
        assert!(reader.remarks().iter().all(|remark| !remark.is_empty()));
    }
    let _ = reader.end(&mut bytes);
    bytes
}

/// Bytes in forms that say what they are.
fn written(bytes: &[u8]) -> [String; 4] {
    let each = |write: fn(&u8) -> String, between: &str| {
        let bytes: Vec<String> = bytes.iter().map(write).collect();
        bytes.join(between)
    };
    [
        each(|byte| format!("{byte:02x}"), ""),
        each(|byte| format!("0x{byte:X}"), ", "),
        each(|byte| format!("{byte:02X}"), ":"),
        format!("b\"{}\"", each(|byte| format!("\\x{byte:02x}"), "")),
    ]
}

pub(crate) fn check(data: &[u8]) {
    let [choice, data @ ..] = data else {
        return;
    };
    let version = match choice >> 4 & 0b11 {
        0 => None,
        1 => Some(Version::V3_1),
        2 => Some(Version::V3_1_1),
        _ => Some(Version::V5_0),
    };
    let form = FORMS[usize::from(choice & 0b1111) % FORMS.len()];
    read(form, version, data);
    let _ = (not_mqtt(data), plain_text(data));
    if data.is_empty() {
        return;
    }
    for text in written(data) {
        if let Ok(bytes) = hex(&text) {
            assert_eq!(bytes, data, "{text}");
        }
    }
    let [plain, prefixed, colons, _] = written(data);
    for text in [plain, prefixed, colons] {
        assert_eq!(
            read(Some(Form::Hex), version, text.as_bytes()),
            data,
            "{text}"
        );
    }
}
