//! *B* and *R* for CONNECT, PUBLISH and SUBSCRIBE of 5.0: a borrowed decoder over plain slices, and an encoder that writes
//! field by field into a slice.
//!
//! It makes the checks that the views of mqtt-reason make when the sender is not known: fixed header flags, minimal
//! lengths, Connect Flags, identifier 0, properties that may not be there, come twice or have forbidden values, UTF-8,
//! U+0000, wildcards, `$share`, Subscription Options, bytes left over, empty lists; and before writing those that its fields leave open.

use std::num::NonZeroU16;

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    PacketType,
    Flags,
    Length,
    TooShort,
    BytesLeftOver,
    Version,
    ConnectFlags,
    PacketIdentifierZero,
    Property(u8),
    Text,
    Topic,
    Filter,
    Options,
    NoFilters,
}

#[derive(Debug, Clone, Copy)]
pub enum Packet<'a> {
    Connect(Connect<'a>),
    Publish(Publish<'a>),
    Subscribe(Subscribe<'a>),
}

#[derive(Debug, Clone, Copy)]
pub struct Connect<'a> {
    pub clean_start: bool,
    pub keep_alive: u16,
    pub properties: &'a [u8],
    pub client_id: &'a str,
    pub will: Option<Will<'a>>,
    pub user_name: Option<&'a str>,
    pub password: Option<&'a [u8]>,
}

#[derive(Debug, Clone, Copy)]
pub struct Will<'a> {
    pub topic: &'a str,
    pub qos: u8,
    pub retain: bool,
    pub properties: &'a [u8],
    pub payload: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    pub topic: &'a str,
    pub qos: u8,
    pub retain: bool,
    pub dup: bool,
    pub packet_id: Option<NonZeroU16>,
    pub properties: &'a [u8],
    pub payload: &'a [u8],
}

/// The list is checked.
#[derive(Debug, Clone, Copy)]
pub struct Subscribe<'a> {
    pub packet_id: NonZeroU16,
    pub properties: &'a [u8],
    pub list: &'a [u8],
}

/// Decodes the first packet of `input` and tells how long it was; `None` if it has not arrived as a whole.
#[inline]
pub fn decode(input: &[u8]) -> Result<Option<(Packet<'_>, usize)>, Error> {
    let Some((&first, after)) = input.split_first() else {
        return Ok(None);
    };
    let flags_are_right = match first >> 4 {
        3 => first & 0b0110 != 0b0110 && first & 0b1110 != 0b1000,
        1 => first == 0x10,
        8 => first == 0x82,
        _ => return Err(Error::PacketType),
    };
    if !flags_are_right {
        return Err(Error::Flags);
    }
    let Some((length, after)) = variable(after)? else {
        return Ok(None);
    };
    let Some(body) = after.get(..length) else {
        return Ok(None);
    };
    let packet = match first >> 4 {
        3 => Packet::Publish(publish(first, body)?),
        8 => Packet::Subscribe(subscribe(body)?),
        _ => Packet::Connect(connect(body)?),
    };
    Ok(Some((packet, input.len() - after.len() + length)))
}

#[inline(always)]
fn publish(first: u8, body: &[u8]) -> Result<Publish<'_>, Error> {
    let (topic, rest) = topic(body)?;
    let qos = first >> 1 & 0b11;
    let (packet_id, rest) = match qos {
        0 => (None, rest),
        _ => {
            let (id, rest) = packet_id(rest)?;
            (Some(id), rest)
        }
    };
    let (properties, payload, seen) = section(rest, PUBLISH)?;
    if topic.is_empty() && seen & 1 << 0x23 == 0 {
        return Err(Error::Topic);
    }
    Ok(Publish {
        topic,
        qos,
        retain: first & 1 != 0,
        dup: first & 8 != 0,
        packet_id,
        properties,
        payload,
    })
}

#[inline(always)]
fn subscribe(body: &[u8]) -> Result<Subscribe<'_>, Error> {
    let (packet_id, rest) = packet_id(body)?;
    let (properties, list, _) = section(rest, SUBSCRIBE)?;
    if list.is_empty() {
        return Err(Error::NoFilters);
    }
    let mut rest = list;
    while !rest.is_empty() {
        let (filter, after) = prefixed(rest)?;
        check_filter(filter)?;
        let [options, after @ ..] = after else {
            return Err(Error::TooShort);
        };
        let shared_no_local = options & 0b100 != 0 && filter.starts_with(b"$share/");
        if options & 0xC0 != 0 || options & 3 == 3 || options & 0x30 == 0x30 || shared_no_local {
            return Err(Error::Options);
        }
        rest = after;
    }
    Ok(Subscribe {
        packet_id,
        properties,
        list,
    })
}

impl<'a> Subscribe<'a> {
    /// Topic Filters and options.
    #[inline]
    pub fn list(&self) -> impl Iterator<Item = (&'a str, u8)> {
        let mut rest = self.list;
        std::iter::from_fn(move || {
            let (filter, after) = prefixed(rest).ok()?;
            let (options, after) = after.split_first()?;
            rest = after;
            Some((std::str::from_utf8(filter).ok()?, *options))
        })
    }
}

#[inline(always)]
fn connect(body: &[u8]) -> Result<Connect<'_>, Error> {
    let [0, 4, b'M', b'Q', b'T', b'T', 5, flags, high, low, rest @ ..] = body else {
        return Err(Error::Version);
    };
    let has_will = flags & 0b100 != 0;
    let will_qos = flags >> 3 & 0b11;
    if flags & 1 != 0 || will_qos == 3 || (!has_will && flags & 0b0011_1000 != 0) {
        return Err(Error::ConnectFlags);
    }
    let (properties, rest, seen) = section(rest, CONNECT)?;
    if seen & 1 << 0x16 != 0 && seen & 1 << 0x15 == 0 {
        return Err(Error::Property(0x16));
    }
    let (client_id, rest) = text(rest)?;
    let (will, rest) = if has_will {
        let (properties, rest, _) = section(rest, WILL)?;
        let (topic, rest) = topic(rest)?;
        if topic.is_empty() {
            return Err(Error::Topic);
        }
        let (payload, rest) = prefixed(rest)?;
        let will = Will {
            topic,
            qos: will_qos,
            retain: flags & 0b10_0000 != 0,
            properties,
            payload,
        };
        (Some(will), rest)
    } else {
        (None, rest)
    };
    let (user_name, rest) = if flags & 0b1000_0000 != 0 {
        let (name, rest) = text(rest)?;
        (Some(name), rest)
    } else {
        (None, rest)
    };
    let (password, rest) = if flags & 0b0100_0000 != 0 {
        let (password, rest) = prefixed(rest)?;
        (Some(password), rest)
    } else {
        (None, rest)
    };
    if !rest.is_empty() {
        return Err(Error::BytesLeftOver);
    }
    Ok(Connect {
        clean_start: flags & 2 != 0,
        keep_alive: u16::from_be_bytes([*high, *low]),
        properties,
        client_id,
        will,
        user_name,
        password,
    })
}

#[inline(always)]
fn packet_id(input: &[u8]) -> Result<(NonZeroU16, &[u8]), Error> {
    let [high, low, rest @ ..] = input else {
        return Err(Error::TooShort);
    };
    let id = NonZeroU16::new(u16::from_be_bytes([*high, *low]));
    Ok((id.ok_or(Error::PacketIdentifierZero)?, rest))
}

/// A Variable Byte Integer in its shortest form; `None` if it goes on after the input.
#[inline(always)]
fn variable(input: &[u8]) -> Result<Option<(usize, &[u8])>, Error> {
    match *input {
        [a @ 0..=0x7F, ref rest @ ..] => Ok(Some((a.into(), rest))),
        _ => longer(input),
    }
}

#[cold]
fn longer(input: &[u8]) -> Result<Option<(usize, &[u8])>, Error> {
    let mut value = 0;
    for (place, byte) in input.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return if place > 0 && *byte == 0 {
                Err(Error::Length)
            } else {
                Ok(Some((value, &input[place + 1..])))
            };
        }
    }
    if input.len() < 4 {
        Ok(None)
    } else {
        Err(Error::Length)
    }
}

/// A length of two bytes, that many bytes, and what follows.
#[inline(always)]
fn prefixed(input: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let (length, rest) = input.split_first_chunk().ok_or(Error::TooShort)?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
        .ok_or(Error::TooShort)
}

#[inline(always)]
fn text(input: &[u8]) -> Result<(&str, &[u8]), Error> {
    let (bytes, rest) = prefixed(input)?;
    check_text(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Text)?;
    Ok((text, rest))
}

#[inline(always)]
fn check_text(bytes: &[u8]) -> Result<(), Error> {
    if is_plain::<false>(bytes) {
        Ok(())
    } else {
        check_other_text(bytes)
    }
}

#[cold]
#[inline(never)]
fn check_other_text(bytes: &[u8]) -> Result<(), Error> {
    if bytes.contains(&0) || std::str::from_utf8(bytes).is_err() {
        return Err(Error::Text);
    }
    Ok(())
}

#[inline(always)]
fn topic(input: &[u8]) -> Result<(&str, &[u8]), Error> {
    let (bytes, rest) = prefixed(input)?;
    if !is_plain::<true>(bytes) {
        check_other_topic(bytes)?;
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Text)?;
    Ok((text, rest))
}

#[cold]
#[inline(never)]
fn check_other_topic(bytes: &[u8]) -> Result<(), Error> {
    if bytes.iter().any(|byte| matches!(byte, 0 | b'+' | b'#')) {
        return Err(Error::Topic);
    }
    Ok(())
}

/// Whether all bytes are ASCII and none is NUL, nor a wildcard if it is a topic: eight bytes at a time.
#[inline(always)]
fn is_plain<const IS_TOPIC: bool>(text: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Set where a byte has its high bit, or is 0 and therefore gets it when 1 is taken away.
    let suspicious = |word: u64| {
        let marks = word | word.wrapping_sub(ONES);
        if IS_TOPIC {
            // `+` and `#` differ in one bit.
            let wildcards = (word | (ONES * 0x08)) ^ (ONES * 0x2B);
            marks | wildcards.wrapping_sub(ONES)
        } else {
            marks
        }
    };
    let (words, tail) = text.as_chunks::<8>();
    let mut marks = words.iter().fold(0, |marks, word| {
        marks | suspicious(u64::from_le_bytes(*word))
    });
    match text.last_chunk::<8>() {
        // The last eight bytes once more, rather than the tail by itself.
        Some(last) => marks |= suspicious(u64::from_le_bytes(*last)),
        None => {
            let fill = |word, byte: &u8| word << 8 | u64::from(*byte);
            marks |= suspicious(tail.iter().fold(ONES, fill));
        }
    }
    marks & HIGHS == 0
}

#[inline(always)]
fn check_filter(filter: &[u8]) -> Result<(), Error> {
    if filter.is_empty() {
        return Err(Error::Filter);
    }
    if is_plain::<true>(filter) && !filter.starts_with(b"$share/") {
        return Ok(());
    }
    check_text(filter)?;
    let mut rest = filter;
    if let Some(shared) = filter.strip_prefix(b"$share/") {
        let end = shared
            .iter()
            .position(|byte| matches!(byte, b'/' | b'+' | b'#'));
        let end = end.ok_or(Error::Filter)?;
        if end == 0 || shared[end] != b'/' || end + 1 == shared.len() {
            return Err(Error::Filter);
        }
        rest = &shared[end + 1..];
    }
    let mut before = b'/';
    for (place, &byte) in rest.iter().enumerate() {
        let next = rest.get(place + 1);
        let alone = before == b'/' && next.is_none_or(|next| *next == b'/');
        if byte == b'+' && !alone || byte == b'#' && (before != b'/' || next.is_some()) {
            return Err(Error::Filter);
        }
        before = byte;
    }
    Ok(())
}

const fn set(ids: &[u8]) -> u64 {
    let mut set = 0;
    let mut rest = ids;
    while let [id, others @ ..] = rest {
        set |= 1 << *id;
        rest = others;
    }
    set
}

const CONNECT: u64 = set(&[0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27]);
const WILL: u64 = set(&[0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26]);
const PUBLISH: u64 = set(&[0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26]);
const SUBSCRIBE: u64 = set(&[0x0B, 0x26]);

/// A section, what follows it, and the properties that are in it.
#[inline(always)]
fn section(input: &[u8], allowed: u64) -> Result<(&[u8], &[u8], u64), Error> {
    if let [0, rest @ ..] = input {
        return Ok((&[], rest, 0));
    }
    let Some((length, after)) = variable(input)? else {
        return Err(Error::Length);
    };
    let (section, rest) = after.split_at_checked(length).ok_or(Error::Length)?;
    Ok((section, rest, check(section, allowed)?))
}

#[inline(never)]
fn check(section: &[u8], allowed: u64) -> Result<u64, Error> {
    let mut seen = 0_u64;
    let mut rest = section;
    while let [id, value @ ..] = rest {
        let id = *id;
        let bit = 1_u64.wrapping_shl(id.into());
        let may_repeat = id == 0x26 || id == 0x0B && allowed == PUBLISH;
        if id > 0x3F || allowed & bit == 0 || seen & bit != 0 && !may_repeat {
            return Err(Error::Property(id));
        }
        seen |= bit;
        let bad = Error::Property(id);
        rest = match (id, value) {
            (0x26, _) => {
                let (name, rest) = prefixed(value)?;
                check_text(name)?;
                let (value, rest) = prefixed(rest)?;
                check_text(value)?;
                rest
            }
            (0x03 | 0x08 | 0x15, _) => {
                let (text, rest) = prefixed(value)?;
                check_text(text)?;
                if id == 0x08 && text.iter().any(|byte| matches!(byte, b'+' | b'#')) {
                    return Err(bad);
                }
                rest
            }
            (0x09 | 0x16, _) => prefixed(value)?.1,
            (0x02 | 0x11 | 0x18, [_, _, _, _, rest @ ..]) => rest,
            (0x27, [0, 0, 0, 0, ..]) => return Err(bad),
            (0x27, [_, _, _, _, rest @ ..]) => rest,
            (0x21 | 0x23, [0, 0, ..]) => return Err(bad),
            (0x21..=0x23, [_, _, rest @ ..]) => rest,
            (0x01 | 0x17 | 0x19, [0 | 1, rest @ ..]) => rest,
            (0x0B, _) => match variable(value)? {
                Some((1.., rest)) => rest,
                _ => return Err(bad),
            },
            _ => return Err(bad),
        };
    }
    Ok(seen)
}

/// A packet by its fields, to be written.
#[derive(Debug)]
pub enum Fields<'a> {
    Connect(Connect<'a>),
    Publish(Publish<'a>, Vec<Property<'a>>),
    Subscribe(NonZeroU16, Vec<(&'a str, u8)>),
}

/// The fields of a packet that was decoded; properties of a CONNECT, a Will or a SUBSCRIBE are left out.
pub fn fields<'a>(packet: &Packet<'a>) -> Fields<'a> {
    match packet {
        Packet::Connect(connect) => Fields::Connect(*connect),
        Packet::Publish(publish) => {
            Fields::Publish(*publish, properties(publish.properties).collect())
        }
        Packet::Subscribe(subscribe) => {
            Fields::Subscribe(subscribe.packet_id, subscribe.list().collect())
        }
    }
}

/// Writes a packet to the front of `out` and tells its length; checked and measured before the first byte.
#[inline]
pub fn encode(packet: &Fields<'_>, out: &mut [u8]) -> Result<usize, Error> {
    let (first, length, properties_len) = match packet {
        Fields::Publish(publish, properties) => {
            check_name(publish.topic)?;
            if publish.dup && publish.qos == 0 || publish.topic.is_empty() {
                return Err(Error::Topic);
            }
            let first =
                0x30 | u8::from(publish.dup) << 3 | publish.qos << 1 | u8::from(publish.retain);
            let len = measure(properties, PUBLISH)?;
            let id_len = if publish.packet_id.is_some() { 2 } else { 0 };
            let rest = variable_len(len) + len + publish.payload.len();
            (first, 2 + publish.topic.len() + id_len + rest, len)
        }
        Fields::Subscribe(_, list) => {
            let mut length = 3;
            for (filter, _) in list {
                check_filter(filter.as_bytes())?;
                length += 3 + short(filter.as_bytes())?;
            }
            (0x82, length, 0)
        }
        Fields::Connect(connect) => (0x10, measure_connect(connect)?, 0),
    };
    let len = 1 + variable_len(length) + length;
    if length > 268_435_455 || len > out.len() {
        return Err(Error::Length);
    }
    out[0] = first;
    let mut at = put_variable(1, length, out);
    match packet {
        Fields::Publish(publish, properties) => {
            at = put_prefixed(at, publish.topic.as_bytes(), out);
            if let Some(id) = publish.packet_id {
                at = put(at, &id.get().to_be_bytes(), out);
            }
            at = put_variable(at, properties_len, out);
            for property in properties {
                at = put_property(at, property, out);
            }
            put(at, publish.payload, out);
        }
        Fields::Subscribe(id, list) => {
            let [high, low] = id.get().to_be_bytes();
            at = put(at, &[high, low, 0], out);
            for (filter, options) in list {
                at = put_prefixed(at, filter.as_bytes(), out);
                at = put(at, &[*options], out);
            }
        }
        Fields::Connect(connect) => put_connect(at, connect, out),
    }
    Ok(len)
}

#[inline(always)]
fn measure_connect(connect: &Connect<'_>) -> Result<usize, Error> {
    check_text(connect.client_id.as_bytes())?;
    let mut length = 13 + short(connect.client_id.as_bytes())?;
    if let Some(will) = &connect.will {
        check_name(will.topic)?;
        if will.topic.is_empty() {
            return Err(Error::Topic);
        }
        length += 5 + will.topic.len() + short(will.payload)?;
    }
    if let Some(name) = connect.user_name {
        check_text(name.as_bytes())?;
        length += 2 + short(name.as_bytes())?;
    }
    if let Some(password) = connect.password {
        length += 2 + short(password)?;
    }
    Ok(length)
}

#[inline(always)]
fn put_connect(at: usize, connect: &Connect<'_>, out: &mut [u8]) {
    let mut flags = u8::from(connect.clean_start) << 1;
    if let Some(will) = &connect.will {
        flags |= 0b100 | will.qos << 3 | u8::from(will.retain) << 5;
    }
    flags |= u8::from(connect.password.is_some()) << 6;
    flags |= u8::from(connect.user_name.is_some()) << 7;
    let [high, low] = connect.keep_alive.to_be_bytes();
    let fixed = [0, 4, b'M', b'Q', b'T', b'T', 5, flags, high, low, 0];
    let mut at = put(at, &fixed, out);
    at = put_prefixed(at, connect.client_id.as_bytes(), out);
    if let Some(will) = &connect.will {
        at = put(at, &[0], out);
        at = put_prefixed(at, will.topic.as_bytes(), out);
        at = put_prefixed(at, will.payload, out);
    }
    if let Some(name) = connect.user_name {
        at = put_prefixed(at, name.as_bytes(), out);
    }
    if let Some(password) = connect.password {
        put_prefixed(at, password, out);
    }
}

/// A Topic Name, which may be empty.
#[inline(always)]
fn check_name(topic: &str) -> Result<(), Error> {
    short(topic.as_bytes())?;
    if is_plain::<true>(topic.as_bytes()) {
        Ok(())
    } else {
        check_other_topic(topic.as_bytes())
    }
}

/// The length of a string or of binary data.
#[inline(always)]
fn short(bytes: &[u8]) -> Result<usize, Error> {
    if bytes.len() > 0xFFFF {
        return Err(Error::Length);
    }
    Ok(bytes.len())
}

/// The Property Length; what may not be there or not twice, and values that may not be.
#[inline(always)]
fn measure(properties: &[Property<'_>], allowed: u64) -> Result<usize, Error> {
    let (mut len, mut seen) = (0, 0_u64);
    for property in properties {
        let (id, value_len) = match *property {
            Property::Number(id, value) => match id {
                0x21 | 0x23 | 0x27 | 0x0B if value == 0 => return Err(Error::Property(id)),
                0x01 | 0x17 | 0x19 => (id, 1),
                0x21..=0x23 => (id, 2),
                0x0B => (id, variable_len(value as usize)),
                _ => (id, 4),
            },
            Property::Text(id, text) => {
                check_text(text.as_bytes())?;
                if id == 0x08 && text.contains(['+', '#']) {
                    return Err(Error::Property(id));
                }
                (id, 2 + short(text.as_bytes())?)
            }
            Property::Binary(id, data) => (id, 2 + short(data)?),
            Property::Pair(name, value) => {
                check_text(name.as_bytes())?;
                check_text(value.as_bytes())?;
                (0x26, 4 + short(name.as_bytes())? + short(value.as_bytes())?)
            }
        };
        let bit = 1_u64.wrapping_shl(id.into());
        let may_repeat = id == 0x26 || id == 0x0B && allowed == PUBLISH;
        if allowed & bit == 0 || seen & bit != 0 && !may_repeat {
            return Err(Error::Property(id));
        }
        seen |= bit;
        len += 1 + value_len;
    }
    Ok(len)
}

#[inline(always)]
fn put_property(at: usize, property: &Property<'_>, out: &mut [u8]) -> usize {
    match *property {
        Property::Number(id, value) => {
            let [a, b, c, d] = value.to_be_bytes();
            match id {
                0x01 | 0x17 | 0x19 => put(at, &[id, d], out),
                0x21..=0x23 => put(at, &[id, c, d], out),
                0x0B => put_variable(put(at, &[id], out), value as usize, out),
                _ => put(at, &[id, a, b, c, d], out),
            }
        }
        Property::Text(id, text) => put_prefixed(put(at, &[id], out), text.as_bytes(), out),
        Property::Binary(id, data) => put_prefixed(put(at, &[id], out), data, out),
        Property::Pair(name, value) => {
            let at = put_prefixed(put(at, &[0x26], out), name.as_bytes(), out);
            put_prefixed(at, value.as_bytes(), out)
        }
    }
}

#[inline(always)]
fn variable_len(value: usize) -> usize {
    match value {
        0..=0x7F => 1,
        0x80..=0x3FFF => 2,
        0x4000..=0x1F_FFFF => 3,
        _ => 4,
    }
}

#[inline(always)]
fn put_variable(at: usize, value: usize, out: &mut [u8]) -> usize {
    let (mut at, mut rest) = (at, value);
    while rest > 0x7F {
        out[at] = rest as u8 | 0x80;
        at += 1;
        rest >>= 7;
    }
    out[at] = rest as u8;
    at + 1
}

#[inline(always)]
fn put(at: usize, bytes: &[u8], out: &mut [u8]) -> usize {
    let end = at + bytes.len();
    out[at..end].copy_from_slice(bytes);
    end
}

#[inline(always)]
fn put_prefixed(at: usize, bytes: &[u8], out: &mut [u8]) -> usize {
    put(
        put(at, &(bytes.len() as u16).to_be_bytes(), out),
        bytes,
        out,
    )
}

/// A property as it is read from a checked section.
#[derive(Debug, Clone, Copy)]
pub enum Property<'a> {
    Number(u8, u32),
    Text(u8, &'a str),
    Binary(u8, &'a [u8]),
    Pair(&'a str, &'a str),
}

/// The properties of a checked section.
#[inline(always)]
pub fn properties(section: &[u8]) -> impl Iterator<Item = Property<'_>> {
    let mut rest = section;
    std::iter::from_fn(move || {
        let (id, value) = rest.split_first()?;
        let id = *id;
        let text = |bytes| std::str::from_utf8(bytes).ok();
        let (property, after) = match (id, value) {
            (0x26, _) => {
                let (name, after) = prefixed(value).ok()?;
                let (value, after) = prefixed(after).ok()?;
                (Property::Pair(text(name)?, text(value)?), after)
            }
            (0x03 | 0x08 | 0x15, _) => {
                let (bytes, after) = prefixed(value).ok()?;
                (Property::Text(id, text(bytes)?), after)
            }
            (0x09 | 0x16, _) => {
                let (bytes, after) = prefixed(value).ok()?;
                (Property::Binary(id, bytes), after)
            }
            (0x0B, _) => {
                let (number, after) = variable(value).ok()??;
                (Property::Number(id, u32::try_from(number).ok()?), after)
            }
            (0x21..=0x23, [a, b, after @ ..]) => {
                let number = u16::from_be_bytes([*a, *b]);
                (Property::Number(id, number.into()), after)
            }
            (0x01 | 0x17 | 0x19, [a, after @ ..]) => (Property::Number(id, (*a).into()), after),
            (_, [a, b, c, d, after @ ..]) => {
                let number = u32::from_be_bytes([*a, *b, *c, *d]);
                (Property::Number(id, number), after)
            }
            _ => return None,
        };
        rest = after;
        Some(property)
    })
}
