//! The property section of MQTT 5.0.

use super::reader::Reader;
use super::tables::{
    CONNACK, DISCONNECT, Occurs, REASON_STRING, Rule, SESSION_EXPIRY_INTERVAL, USER_PROPERTY,
    WireType, property_rows,
};
use super::{Context, Fault, Sender, Value, malformed, protocol_error};

/// Reads Property Length and the properties it counts (R29 to R32).
pub(super) fn read(
    packet_type: u8,
    body: &mut Reader<'_>,
    context: &Context,
) -> Result<Vec<(u8, Value)>, Fault> {
    let mut section = body.property_section()?;
    let mut properties = Vec::new();
    while section.left() > 0 {
        let property = property(packet_type, &mut section, &properties, context)?;
        properties.push(property);
    }
    Ok(properties)
}

/// Reads one property; `before` are those that stand in front of it.
fn property(
    packet_type: u8,
    section: &mut Reader<'_>,
    before: &[(u8, Value)],
    context: &Context,
) -> Result<(u8, Value), Fault> {
    let identifier_at = section.at();
    let identifier = section.byte()?;

    // R63, R69: unknown, or not for this packet. R65, R18: all identifiers are below 0x80, so that one in more
    // than one byte begins with a byte that is in no table either.
    let (_, wire_type, occurs, rule) = property_rows(packet_type)
        .iter()
        .find(|(in_table, ..)| *in_table == identifier)
        .ok_or(malformed(identifier_at))?;

    // R66, R67
    let is_repeated = before.iter().any(|(earlier, _)| *earlier == identifier);
    if *occurs == Occurs::Once && is_repeated {
        return Err(protocol_error(identifier_at));
    }
    // R74, D11
    if packet_type == DISCONNECT
        && identifier == SESSION_EXPIRY_INTERVAL
        && context.sender == Some(Sender::Server)
    {
        return Err(protocol_error(identifier_at));
    }
    // R89 to R91: not asked for, in a packet that needs the asking, and not from the Client.
    if !context.request_problem_information
        && (identifier == REASON_STRING || identifier == USER_PROPERTY)
        && packet_type != CONNACK
        && packet_type != DISCONNECT
        && context.sender != Some(Sender::Client)
    {
        return Err(protocol_error(identifier_at));
    }

    let value_at = section.at();
    let value = value(*wire_type, section)?;
    if !is_allowed(&value, *rule) {
        return Err(protocol_error(value_at));
    }
    Ok((identifier, value))
}

/// Reads a value of the type of the property (R32, R64).
fn value(wire_type: WireType, section: &mut Reader<'_>) -> Result<Value, Fault> {
    match wire_type {
        WireType::Byte => Ok(Value::Byte(section.byte()?)),
        WireType::Two => Ok(Value::Two(section.two()?)),
        WireType::Four => Ok(Value::Four(section.four()?)),
        WireType::Text => Ok(Value::Text(section.text()?)),
        // R60: each string in its turn.
        WireType::Pair => Ok(Value::Pair(section.text()?, section.text()?)),
        WireType::Binary => Ok(Value::Binary(section.binary()?.to_vec())),
    }
}

/// R70 to R73: whether a value of the right type is in range.
fn is_allowed(value: &Value, rule: Rule) -> bool {
    match (rule, value) {
        (Rule::NotZero, Value::Two(0) | Value::Four(0)) => false,
        (Rule::ZeroOrOne, Value::Byte(byte)) => *byte <= 1,
        _ => true,
    }
}
