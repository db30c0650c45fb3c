//! The bodies of MQTT 5.0.

use super::reader::Reader;
use super::tables::{
    AUTH, AUTHENTICATION_METHOD, CONNACK, DISCONNECT, SUBACK, UNSUBACK, reason_codes,
};
use super::{Context, Fault, Packet, Sender, Value, malformed, properties, protocol_error};

/// Reads the body of one of the nine packets.
pub(super) fn read(packet_type: u8, body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    match packet_type {
        CONNACK => connack(body, context),
        SUBACK | UNSUBACK => subscription_ack(packet_type, body, context),
        DISCONNECT => disconnect(body, context),
        AUTH => auth(body, context),
        _ => publish_ack(packet_type, body, context),
    }
}

/// R22: flags, code, properties; no short form.
fn connack(mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    let remaining_length = body.left();
    let flags_at = body.at();
    let flags = body.byte()?;
    // R33, D6
    if flags & 0b1111_1110 != 0 {
        return Err(malformed(flags_at));
    }
    let session_present = flags == 1;
    // R92, D15: this is a CONNACK of 3.x; what is wrong is its Remaining Length.
    if remaining_length == 2 {
        return Err(malformed(1));
    }
    let code = code(CONNACK, &mut body, context)?;
    // R34, D7
    if session_present && code != 0x00 {
        return Err(protocol_error(flags_at));
    }
    let properties = properties::read(CONNACK, &mut body, context)?;
    // R31
    body.finish()?;
    Ok(Packet {
        packet_type: CONNACK,
        session_present: Some(session_present),
        packet_id: None,
        codes: vec![code],
        properties,
    })
}

/// R23: PUBACK, PUBREC, PUBREL, PUBCOMP: identifier, then perhaps a code, then perhaps properties.
fn publish_ack(packet_type: u8, mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    let packet_id = packet_id(&mut body)?;
    // Remaining Length 2 means code 0x00, and 3 means no properties, whatever the code (D5).
    let code = code_or_success(packet_type, &mut body, context)?;
    let properties = properties_or_none(packet_type, &mut body, context)?;
    // R31
    body.finish()?;
    Ok(Packet {
        packet_type,
        session_present: None,
        packet_id: Some(packet_id),
        codes: vec![code],
        properties,
    })
}

/// R25: SUBACK, UNSUBACK: identifier, properties, codes; no short form.
fn subscription_ack(
    packet_type: u8,
    mut body: Reader<'_>,
    context: &Context,
) -> Result<Packet, Fault> {
    let packet_id = packet_id(&mut body)?;
    let properties = properties::read(packet_type, &mut body, context)?;
    // R46, D9
    if body.left() == 0 {
        return Err(protocol_error(body.at()));
    }
    let mut codes = Vec::with_capacity(body.left());
    while body.left() > 0 {
        codes.push(code(packet_type, &mut body, context)?);
    }
    Ok(Packet {
        packet_type,
        session_present: None,
        packet_id: Some(packet_id),
        codes,
        properties,
    })
}

/// R26: perhaps a code, then perhaps properties.
fn disconnect(mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    // Remaining Length 0 means code 0x00, and 1 means no properties, whatever the code (D5).
    let code = code_or_success(DISCONNECT, &mut body, context)?;
    let properties = properties_or_none(DISCONNECT, &mut body, context)?;
    // R31
    body.finish()?;
    Ok(Packet {
        packet_type: DISCONNECT,
        session_present: None,
        packet_id: None,
        codes: vec![code],
        properties,
    })
}

/// R28: nothing at all, or code and properties.
fn auth(mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    // R28, D3: Remaining Length 0 means code 0x00, which is not the Client's to send (R43).
    if body.left() == 0 {
        if context.sender == Some(Sender::Client) {
            return Err(protocol_error(body.at()));
        }
        return Ok(Packet {
            packet_type: AUTH,
            session_present: None,
            packet_id: None,
            codes: vec![0x00],
            properties: Vec::new(),
        });
    }
    // D4: a code needs a Property Length after it; the missing one is the fault, whatever the code.
    if body.left() == 1 {
        return Err(malformed(body.at() + 1));
    }
    let code = code(AUTH, &mut body, context)?;
    let property_length_at = body.at();
    let properties = properties::read(AUTH, &mut body, context)?;
    // R77
    let has_method = properties
        .iter()
        .any(|(identifier, _)| *identifier == AUTHENTICATION_METHOD);
    if !has_method {
        return Err(protocol_error(property_length_at));
    }
    // R31
    body.finish()?;
    Ok(Packet {
        packet_type: AUTH,
        session_present: None,
        packet_id: None,
        codes: vec![code],
        properties,
    })
}

/// R23, R26: where the packet ends before the code, the code is 0x00.
fn code_or_success(packet_type: u8, body: &mut Reader<'_>, context: &Context) -> Result<u8, Fault> {
    if body.left() == 0 {
        Ok(0x00)
    } else {
        code(packet_type, body, context)
    }
}

/// R23, R26: where the packet ends before the Property Length, there are no properties.
fn properties_or_none(
    packet_type: u8,
    body: &mut Reader<'_>,
    context: &Context,
) -> Result<Vec<(u8, Value)>, Fault> {
    if body.left() == 0 {
        Ok(Vec::new())
    } else {
        properties::read(packet_type, body, context)
    }
}

/// R53, D10: a Packet Identifier, which is never 0.
fn packet_id(body: &mut Reader<'_>) -> Result<u16, Fault> {
    let at = body.at();
    match body.two()? {
        0 => Err(protocol_error(at)),
        id => Ok(id),
    }
}

/// R40 to R43, R45: a code from the table of its packet; in AUTH one that the sender may send if we know the sender.
fn code(packet_type: u8, body: &mut Reader<'_>, context: &Context) -> Result<u8, Fault> {
    let at = body.at();
    let code = body.byte()?;
    let row = reason_codes(packet_type)
        .iter()
        .find(|(value, _)| *value == code);
    match row {
        // R40, D8
        None => Err(protocol_error(at)),
        // R43
        Some((_, sent_by)) if !sent_by.allows(context.sender) => Err(protocol_error(at)),
        Some(_) => Ok(code),
    }
}
