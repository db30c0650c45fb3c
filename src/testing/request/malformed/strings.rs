//! Defects of strings, Topic Names and Topic Filters.

use std::vec::Vec;

use super::super::Request;
use super::super::defect::RequestDefect;
use super::super::fields::Fields;
use super::super::sheet::{Field, Place};
use super::super::topic::{bad_filter, name_with_wildcard};
use super::properties::{Section, with_bytes};
use super::{Case, one_of, sheet};
use crate::packet_type::{PacketType, Version};
use crate::spec::property::{Carrier, DataType, PropertyId};
use crate::testing::choices::Choices;
use crate::testing::defect::Defect;
use crate::testing::property::with_length;
use crate::testing::text;

const LISTS: [PacketType; 2] = [PacketType::Subscribe, PacketType::Unsubscribe];

/// [MQTT-1.5.4-1], [MQTT-1.5.4-2]: in any string.
pub(super) fn ill_formed(defect: RequestDefect, version: Version, c: &mut Choices<'_>) -> Case {
    let character = match defect {
        RequestDefect::OverlongUtf8 => Defect::OverlongUtf8,
        RequestDefect::SurrogateUtf8 => Defect::SurrogateUtf8,
        RequestDefect::Utf8AboveMaximum => Defect::Utf8AboveMaximum,
        RequestDefect::TruncatedUtf8 => Defect::TruncatedUtf8,
        RequestDefect::StrayContinuation => Defect::StrayContinuation,
        RequestDefect::InvalidUtf8Byte => Defect::InvalidUtf8Byte,
        _ => Defect::NullCharacter,
    };
    if version == Version::V5_0 && c.one_in(3) {
        return in_property(character, c);
    }
    let packets = [
        PacketType::Publish,
        PacketType::Connect,
        PacketType::Subscribe,
        PacketType::Unsubscribe,
    ];
    let mut request = Request::of_type(version, c.pick(&packets), c);
    // 3.1 forbids U+0000 in topics only; a Will has one.
    let in_topics_only = version == Version::V3_1 && defect == RequestDefect::NullCharacter;
    if let Fields::Connect(connect) = &mut request.fields {
        if in_topics_only && connect.will.is_none() {
            connect.will = Some(super::super::draw::will(version, c));
        }
    }
    let mut sheet = sheet(&request);
    let fields = sheet.fields.iter().map(|(field, _)| *field);
    let fields: Vec<_> = fields
        .filter(|field| match field {
            Field::Topic | Field::WillTopic | Field::Filter(_) => true,
            Field::ProtocolName | Field::ClientId | Field::UserName => !in_topics_only,
            _ => false,
        })
        .collect();
    let field = c.pick(&fields);
    let (bad, at) = text::ill_formed(character, c);
    sheet.replace(field, &bad);
    Case::new(&request, sheet, Place::In(field, 2 + at), c)
}

/// In a string of a property.
fn in_property(character: Defect, c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let carrier = section.carrier;
    let mut ids = section.sendable();
    ids.retain(|id| matches!(id.data_type(), DataType::String | DataType::StringPair));
    let id = c.pick(&ids);
    let mut section = section;
    if let (Some(properties), true) = (
        section.request.section_mut(carrier),
        id != PropertyId::UserProperty,
    ) {
        properties.retain(|property| property.id != id);
    }
    let (bad, at) = text::ill_formed(character, c);
    let mut bytes = std::vec![id.as_u8()];
    let is_pair = id == PropertyId::UserProperty;
    let is_second = is_pair && c.one_in(2);
    if is_second {
        with_length(text::text(c).as_bytes(), &mut bytes);
    }
    let start = bytes.len();
    with_length(&bad, &mut bytes);
    if is_pair && !is_second {
        with_length(text::text(c).as_bytes(), &mut bytes);
    }
    with_bytes(&section, bytes, start + 2 + at, c)
}

/// A PUBLISH, or in any version a CONNECT with a Will, and where its topic stands.
fn with_topic(packets: &[PacketType], version: Version, c: &mut Choices<'_>) -> (Request, Field) {
    let mut request = Request::of_type(version, c.pick(packets), c);
    let field = match &mut request.fields {
        Fields::Connect(connect) => {
            if connect.will.is_none() {
                connect.will = Some(super::super::draw::will(version, c));
            }
            Field::WillTopic
        }
        _ => Field::Topic,
    };
    (request, field)
}

/// V38
pub(super) fn no_topic(c: &mut Choices<'_>) -> Case {
    let (mut request, field) = with_topic(&[PacketType::Publish], Version::V5_0, c);
    if let Some(properties) = request.section_mut(Carrier::Publish) {
        properties.retain(|property| property.id != PropertyId::TopicAlias);
    }
    let mut sheet = sheet(&request);
    sheet.replace(field, b"");
    Case::new(&request, sheet, Place::In(Field::Properties, 0), c)
}

/// V40; a PUBLISH of 5.0 has a rule of its own.
pub(super) fn empty_topic(version: Version, c: &mut Choices<'_>) -> Case {
    let packets: &[PacketType] = match version {
        Version::V5_0 => &[PacketType::Connect],
        Version::V3_1_1 | Version::V3_1 => &[PacketType::Publish, PacketType::Connect],
    };
    let (request, field) = with_topic(packets, version, c);
    let mut sheet = sheet(&request);
    sheet.replace(field, b"");
    Case::new(&request, sheet, Place::In(field, 0), c)
}

/// V41
pub(super) fn wildcard_in_topic(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [PacketType::Publish, PacketType::Connect];
    let (request, field) = with_topic(&packets, version, c);
    let (name, at) = name_with_wildcard(c);
    let mut sheet = sheet(&request);
    sheet.replace(field, name.as_bytes());
    Case::new(&request, sheet, Place::In(field, 2 + at), c)
}

/// V40, V43 to V46
pub(super) fn filter(defect: RequestDefect, version: Version, c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&LISTS, version, c);
    let count = sheet.fields.iter();
    let count = count.filter(|(field, _)| matches!(field, Field::Filter(_)));
    let field = Field::Filter(c.below(count.count()));
    let (filter, at) = bad_filter(defect, version, c);
    sheet.replace(field, filter.as_bytes());
    let plus = match defect {
        // The field is the place.
        RequestDefect::EmptyTopicFilter => 0,
        _ => 2 + at,
    };
    Case::new(&request, sheet, Place::In(field, plus), c)
}
