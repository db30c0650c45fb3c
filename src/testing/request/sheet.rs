//! One of the six packets as its fields, each of which can be made wrong before they are put together.
//!
//! This is a second writer, which shares nothing with the encoder: one can be tested by the other.

use std::vec::Vec;

use super::Request;
use super::fields::{Connect, Fields};
use crate::packet_type::Version;
use crate::testing::draft::{Length, variable_byte_integer};
use crate::testing::property::{Owned, with_length};
use crate::testing::valid::Form;

/// A field of one of the six packets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    ProtocolName,
    Level,
    ConnectFlags,
    KeepAlive,
    Properties,
    ClientId,
    WillProperties,
    WillTopic,
    WillPayload,
    UserName,
    Password,
    Topic,
    PacketId,
    Payload,
    Filter(usize),
    Options(usize),
    /// What stands where nothing may.
    Excess,
}

/// What stands in a field.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    /// Property Length and properties.
    Section(Length, Vec<Vec<u8>>),
}

impl Content {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Section(length, properties) => {
                let properties = properties.concat();
                [length.bytes(properties.len()), properties].concat()
            }
        }
    }
}

/// A place in a packet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    FirstByte,
    RemainingLength,
    /// So many bytes into a field.
    In(Field, usize),
    /// So many bytes into the property with this index.
    Property(Field, usize, usize),
    End,
}

/// The fields in wire order.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// Packet type and flags.
    pub(super) first: u8,
    pub(super) remaining_length: Length,
    pub(super) fields: Vec<(Field, Content)>,
}

impl Sheet {
    /// The packet in this form, `None` if the form cannot say it.
    pub(super) fn of(request: &Request, form: Form) -> Option<Self> {
        let unused = form == Form::UnusedBits;
        match form {
            Form::Whole => {}
            Form::PaddedLength if request.version != Version::V5_0 => {}
            Form::UnusedBits if request.version == Version::V3_1 => {}
            _ => return None,
        }
        let mut sheet = Self {
            first: request.packet_type().as_u8() << 4,
            remaining_length: match form {
                Form::PaddedLength => Length::Padded(4),
                _ => Length::Shortest,
            },
            fields: Vec::new(),
        };
        let version = request.version;
        match &request.fields {
            Fields::Connect(connect) => sheet.connect(version, connect, unused),
            // All of its bits are used.
            Fields::Publish(_) if unused => return None,
            Fields::Publish(publish) => {
                sheet.first |= u8::from(publish.dup) << 3
                    | publish.qos.as_u8() << 1
                    | u8::from(publish.retain);
                sheet.prefixed(Field::Topic, publish.topic.as_bytes());
                if let Some(id) = publish.packet_id {
                    sheet.push(Field::PacketId, &id.get().to_be_bytes());
                }
                sheet.section(version, Field::Properties, &publish.properties);
                sheet.push(Field::Payload, &publish.payload);
            }
            Fields::Subscribe(subscribe) => {
                sheet.first |= 0b0010;
                sheet.push(Field::PacketId, &subscribe.packet_id.get().to_be_bytes());
                sheet.section(version, Field::Properties, &subscribe.properties);
                for (index, (filter, options)) in (0_usize..).zip(&subscribe.subscriptions) {
                    sheet.prefixed(Field::Filter(index), filter.as_bytes());
                    let bits = if unused { 0b1111_1100 } else { 0 };
                    sheet.push(Field::Options(index), &[options | bits]);
                }
            }
            Fields::Unsubscribe(unsubscribe) => {
                sheet.first |= 0b0010;
                sheet.push(Field::PacketId, &unsubscribe.packet_id.get().to_be_bytes());
                sheet.section(version, Field::Properties, &unsubscribe.properties);
                for (index, filter) in (0_usize..).zip(&unsubscribe.filters) {
                    sheet.prefixed(Field::Filter(index), filter.as_bytes());
                }
            }
            Fields::Pingreq | Fields::Pingresp => {}
        }
        if unused {
            sheet.first |= 0b1111;
        }
        Some(sheet)
    }

    /// §3.1.2, §3.1.3
    fn connect(&mut self, version: Version, connect: &Connect, unused: bool) {
        let (name, level): (&[u8], u8) = match version {
            Version::V3_1 => (b"MQIsdp", 3),
            Version::V3_1_1 => (b"MQTT", 4),
            Version::V5_0 => (b"MQTT", 5),
        };
        self.prefixed(Field::ProtocolName, name);
        let bridge = if connect.bridge { 0x80 } else { 0 };
        self.push(Field::Level, &[level | bridge]);
        let mut flags = u8::from(connect.clean_start) << 1;
        match &connect.will {
            Some(will) => {
                flags |= 0b100 | will.qos.as_u8() << 3 | u8::from(will.retain) << 5;
            }
            // Will QoS and Will Retain.
            None if unused => flags |= 0b0011_1000,
            None => {}
        }
        flags |= u8::from(connect.password.is_some()) << 6;
        flags |= u8::from(connect.user_name.is_some()) << 7;
        if unused {
            // With bit 0. 3.1: a flag may be set and the field be missing at the end.
            flags |= 0b1100_0001;
        }
        self.push(Field::ConnectFlags, &[flags]);
        self.push(Field::KeepAlive, &connect.keep_alive.to_be_bytes());
        self.section(version, Field::Properties, &connect.properties);
        self.prefixed(Field::ClientId, connect.client_id.as_bytes());
        if let Some(will) = &connect.will {
            self.section(version, Field::WillProperties, &will.properties);
            self.prefixed(Field::WillTopic, will.topic.as_bytes());
            self.prefixed(Field::WillPayload, &will.payload);
        }
        if let Some(name) = &connect.user_name {
            self.prefixed(Field::UserName, name.as_bytes());
        }
        if let Some(password) = &connect.password {
            self.prefixed(Field::Password, password);
        }
    }

    pub(super) fn push(&mut self, field: Field, bytes: &[u8]) {
        self.fields.push((field, Content::Bytes(bytes.to_vec())));
    }

    /// A string or binary data, §1.5.4, §1.5.6.
    fn prefixed(&mut self, field: Field, data: &[u8]) {
        self.fields.push((field, Content::Bytes(prefixed(data))));
    }

    fn section(&mut self, version: Version, field: Field, properties: &[Owned]) {
        if version == Version::V5_0 {
            let properties = properties.iter().map(Owned::bytes).collect();
            let content = Content::Section(Length::Shortest, properties);
            self.fields.push((field, content));
        }
    }

    /// The packet.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let body = self.body();
        [self.header(body.len()), body].concat()
    }

    fn body(&self) -> Vec<u8> {
        let all = self.fields.iter();
        all.flat_map(|(_, content)| content.bytes()).collect()
    }

    fn header(&self, remaining: usize) -> Vec<u8> {
        let mut header = std::vec![self.first];
        header.extend(self.remaining_length.bytes(remaining));
        header
    }

    /// The number of bytes before a place.
    pub(super) fn offset(&self, place: Place) -> usize {
        match place {
            Place::FirstByte => 0,
            Place::RemainingLength => 1,
            Place::In(field, plus) => self.start(field) + plus,
            Place::Property(field, index, plus) => {
                let Some(Content::Section(length, properties)) = self.content(field) else {
                    return 0;
                };
                let all: usize = properties.iter().map(Vec::len).sum();
                let before = properties.iter().take(index).map(Vec::len);
                self.start(field) + length.bytes(all).len() + before.sum::<usize>() + plus
            }
            Place::End => self.bytes().len(),
        }
    }

    fn start(&self, field: Field) -> usize {
        let before = self.fields.iter().take(self.index(field));
        let before: usize = before.map(|(_, content)| content.bytes().len()).sum();
        self.header(self.body().len()).len() + before
    }

    fn index(&self, field: Field) -> usize {
        let found = self.fields.iter().position(|(it, _)| *it == field);
        found.unwrap_or(self.fields.len())
    }

    pub(super) fn content(&self, field: Field) -> Option<&Content> {
        let (_, content) = self.fields.get(self.index(field))?;
        Some(content)
    }

    /// The bytes of a field that is no section.
    pub(super) fn bytes_mut(&mut self, field: Field) -> Option<&mut Vec<u8>> {
        let index = self.index(field);
        match self.fields.get_mut(index)? {
            (_, Content::Bytes(bytes)) => Some(bytes),
            (_, Content::Section(..)) => None,
        }
    }

    /// Changes the single byte, or the first one, of a field.
    pub(super) fn change(&mut self, field: Field, change: impl FnOnce(u8) -> u8) {
        if let Some(byte) = self.bytes_mut(field).and_then(|it| it.first_mut()) {
            *byte = change(*byte);
        }
    }

    /// Puts a string or binary data into a field instead of what it has.
    pub(super) fn replace(&mut self, field: Field, data: &[u8]) {
        if let Some(bytes) = self.bytes_mut(field) {
            *bytes = prefixed(data);
        }
    }

    pub(super) fn section_mut(&mut self, field: Field) -> Option<(&mut Length, &mut Vec<Vec<u8>>)> {
        let index = self.index(field);
        match self.fields.get_mut(index)? {
            (_, Content::Section(length, properties)) => Some((length, properties)),
            (_, Content::Bytes(_)) => None,
        }
    }

    /// The Remaining Length.
    pub(super) fn len_after_header(&self) -> usize {
        self.body().len()
    }

    /// The number of bytes after a field.
    pub(super) fn len_after(&self, field: Field) -> usize {
        let after = self.fields.iter().skip(self.index(field) + 1);
        after.map(|(_, content)| content.bytes().len()).sum()
    }

    /// Takes a field away, and all that follow.
    pub(super) fn cut_before(&mut self, field: Field) {
        self.fields.truncate(self.index(field));
    }

    /// Takes all fields away that follow this one.
    pub(super) fn cut_after(&mut self, field: Field) {
        self.fields.truncate(self.index(field) + 1);
    }
}

fn prefixed(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    with_length(data, &mut bytes);
    bytes
}

/// How many bytes a length takes at least.
pub(super) fn shortest(length: usize) -> usize {
    variable_byte_integer(length, 1).len()
}
