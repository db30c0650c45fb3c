//! Properties of 5.0.

use super::reader::Reader;
use super::{Context, Fault, Properties, Sender, Value, answered_with, malformed, protocol_error};

/// Whose properties they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Section {
    Connect,
    Will,
    Publish,
    Subscribe,
    Unsubscribe,
}

/// V18, V23, V32, V51.
fn allowed(section: Section) -> &'static [u8] {
    match section {
        Section::Connect => &[0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27],
        Section::Will => &[0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26],
        Section::Publish => &[0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26],
        Section::Subscribe => &[0x0B, 0x26],
        Section::Unsubscribe => &[0x26],
    }
}

/// Where a property's value stands.
pub(super) type Places = Vec<(u8, usize)>;

/// Property Length and properties; also where each value stands.
pub(super) fn read(
    section: Section,
    body: &mut Reader<'_>,
    context: &Context,
) -> Result<(Properties, Places), Fault> {
    let at = body.at;
    let length = body.variable()?;
    let mut part = body.part(length).ok_or(malformed(at))?;
    let mut properties = Properties::new();
    let mut places = Places::new();
    while part.left() > 0 {
        let id_at = part.at;
        let id = part.byte()?;
        // R63
        if !allowed(section).contains(&id) {
            return Err(malformed(id_at));
        }
        // R66, V36, V52
        let may_repeat = id == 0x26 || (id == 0x0B && section == Section::Publish);
        if !may_repeat && properties.iter().any(|(earlier, _)| *earlier == id) {
            return Err(protocol_error(id_at));
        }
        // V37
        let is_publish = section == Section::Publish;
        if id == 0x0B && is_publish && context.sender == Some(Sender::Client) {
            return Err(protocol_error(id_at));
        }
        let value_at = part.at;
        let value = value(id, &mut part)?;
        check(id, &value, value_at)?;
        places.push((id, value_at));
        properties.push((id, value));
    }
    Ok((properties, places))
}

/// Table 2-4.
fn value(id: u8, part: &mut Reader<'_>) -> Result<Value, Fault> {
    Ok(match id {
        0x01 | 0x17 | 0x19 => Value::Number(part.number(1)?),
        0x21..=0x23 => Value::Number(part.number(2)?),
        0x02 | 0x11 | 0x18 | 0x27 => Value::Number(part.number(4)?),
        0x0B => Value::Number(part.variable()?),
        0x09 | 0x16 => Value::Binary(part.binary()?.to_vec()),
        0x26 => Value::Pair(part.text()?, part.text()?),
        _ => Value::Text(part.text()?),
    })
}

/// V19, V20, V33, V34, V36, V52.
fn check(id: u8, value: &Value, at: usize) -> Result<(), Fault> {
    match (id, value) {
        (0x23, Value::Number(0)) => Err(answered_with(0x94, at)),
        (0x21 | 0x27 | 0x0B, Value::Number(0)) => Err(protocol_error(at)),
        (0x01 | 0x17 | 0x19, Value::Number(2..)) => Err(protocol_error(at)),
        _ => Ok(()),
    }
}

/// V35
pub(super) fn check_response_topic(properties: &Properties, places: &Places) -> Result<(), Fault> {
    for ((_, value), (id, at)) in properties.iter().zip(places) {
        if let (0x08, Value::Text(topic)) = (id, value)
            && let Some(place) = topic.find(['+', '#'])
        {
            return Err(protocol_error(at + 2 + place));
        }
    }
    Ok(())
}
