//! The bodies of MQTT 3.1.1 and 3.1.

use super::reader::Reader;
use super::tables::{
    CONNACK, DISCONNECT, PUBACK, PUBCOMP, PUBREC, PUBREL, SUBACK, UNSUBACK, V3_CONNACK_CODES,
    V3_SUBACK_CODES,
};
use super::{Context, Fault, Packet, Version, malformed, protocol_error};

/// Reads the body of one of the eight packets.
pub(super) fn read(
    packet_type: u8,
    mut body: Reader<'_>,
    context: &Context,
) -> Result<Packet, Fault> {
    // R94, R96, R98, R99, R106: most packets have one Remaining Length.
    if fixed_remaining_length(packet_type).is_some_and(|length| body.left() != length) {
        return Err(malformed(1));
    }
    let mut packet = Packet {
        packet_type,
        session_present: None,
        packet_id: None,
        codes: Vec::new(),
        properties: Vec::new(),
    };
    match packet_type {
        CONNACK => {
            let (session_present, code) = connack(&mut body, context.version)?;
            packet.session_present = Some(session_present);
            packet.codes.push(code);
        }
        DISCONNECT => {}
        _ => {
            let id_at = body.at();
            let id = body.two()?;
            // R53, R105
            if id == 0 {
                return Err(protocol_error(id_at));
            }
            packet.packet_id = Some(id);
        }
    }
    if packet_type == SUBACK {
        packet.codes = suback_codes(&mut body)?;
    }
    Ok(packet)
}

/// The one Remaining Length of a packet; SUBACK has none.
fn fixed_remaining_length(packet_type: u8) -> Option<usize> {
    match packet_type {
        CONNACK | PUBACK | PUBREC | PUBREL | PUBCOMP | UNSUBACK => Some(2),
        DISCONNECT => Some(0),
        _ => None,
    }
}

/// Session Present and the return code.
fn connack(body: &mut Reader<'_>, version: Version) -> Result<(bool, u8), Fault> {
    let flags_at = body.at();
    let flags = body.byte()?;
    // R101: 3.1 has no such flags, the byte is not looked at. R94: bits 7 to 1 are reserved in 3.1.1.
    if version == Version::V3_1_1 && flags & 0b1111_1110 != 0 {
        return Err(malformed(flags_at));
    }
    let session_present = version == Version::V3_1_1 && flags == 1;
    let code_at = body.at();
    let code = body.byte()?;
    // R95, R105
    if !V3_CONNACK_CODES.contains(&code) {
        return Err(protocol_error(code_at));
    }
    // R94
    if session_present && code != 0x00 {
        return Err(protocol_error(flags_at));
    }
    Ok((session_present, code))
}

/// The return codes of a SUBACK, one or more.
fn suback_codes(body: &mut Reader<'_>) -> Result<Vec<u8>, Fault> {
    // R97: the payload is required.
    if body.left() == 0 {
        return Err(protocol_error(body.at()));
    }
    let mut codes = Vec::with_capacity(body.left());
    while body.left() > 0 {
        let at = body.at();
        let code = body.byte()?;
        // R97, R104, D16
        if !V3_SUBACK_CODES.contains(&code) {
            return Err(protocol_error(at));
        }
        codes.push(code);
    }
    Ok(codes)
}
