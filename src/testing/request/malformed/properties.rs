//! Defects of the property sections and of the properties in them.

use std::string::String;
use std::vec::Vec;

use super::super::Request;
use super::super::defect::RequestDefect;
use super::super::draw::{may_repeat, property, sendable, will};
use super::super::fields::Fields;
use super::super::sheet::{Content, Field, Place, Sheet, shortest};
use super::super::topic::name_with_wildcard;
use super::{Case, continuations, sheet};
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::property::{Carrier, PropertyId};
use crate::testing::choices::Choices;
use crate::testing::draft::{Length, variable_byte_integer};
use crate::testing::generate::insert;
use crate::testing::property::{Owned, Value};

const VERSION: Version = Version::V5_0;

/// The sections of the six packets.
const SECTIONS: [Carrier; 5] = [
    Carrier::Publish,
    Carrier::Connect,
    Carrier::Will,
    Carrier::Subscribe,
    Carrier::Unsubscribe,
];

/// A valid packet with such a section, and which one it is.
pub(super) struct Section {
    pub(super) request: Request,
    pub(super) carrier: Carrier,
    pub(super) field: Field,
}

impl Section {
    pub(super) fn any(c: &mut Choices<'_>) -> Self {
        Self::one_of(&SECTIONS, c)
    }

    fn one_of(carriers: &[Carrier], c: &mut Choices<'_>) -> Self {
        let carrier = c.pick(carriers);
        let mut request = Request::of_type(VERSION, carrier.packet_type(), c);
        if let (Fields::Connect(connect), Carrier::Will) = (&mut request.fields, carrier) {
            if connect.will.is_none() {
                connect.will = Some(will(VERSION, c));
            }
        }
        Self {
            request,
            carrier,
            field: match carrier {
                Carrier::Will => Field::WillProperties,
                _ => Field::Properties,
            },
        }
    }

    /// The properties that the sender may put in.
    pub(super) fn sendable(&self) -> Vec<PropertyId> {
        sendable(self.carrier, self.request.sender)
    }

    fn without(&mut self, id: PropertyId) -> &mut Self {
        if let Some(properties) = self.request.section_mut(self.carrier) {
            properties.retain(|property| property.id != id);
        }
        self
    }

    /// Puts a property anywhere; returns its index.
    fn insert(&mut self, property: Owned, c: &mut Choices<'_>) -> usize {
        match self.request.section_mut(self.carrier) {
            Some(properties) => insert(properties, property, c),
            None => 0,
        }
    }

    /// The section of the specification about this property here.
    fn rule(&self, id: PropertyId) -> Option<&'static str> {
        Some(id.use_in(self.carrier)?.section)
    }

    /// A case that shows at the property with this index.
    fn case(&self, index: usize, plus: usize, c: &mut Choices<'_>) -> Case {
        self.case_of(sheet(&self.request), index, plus, c)
    }

    pub(super) fn case_of(
        &self,
        sheet: Sheet,
        index: usize,
        plus: usize,
        c: &mut Choices<'_>,
    ) -> Case {
        let place = Place::Property(self.field, index, plus);
        Case::new(&self.request, sheet, place, c)
    }

    /// A case whose Property Length is written like this.
    fn with_length(&self, length: Length, c: &mut Choices<'_>) -> Case {
        let mut sheet = sheet(&self.request);
        if let Some((written, _)) = sheet.section_mut(self.field) {
            *written = length;
        }
        Case::new(&self.request, sheet, Place::In(self.field, 0), c)
    }

    /// The number of bytes of the properties.
    fn len(&self) -> usize {
        match sheet(&self.request).content(self.field) {
            Some(Content::Section(_, properties)) => properties.iter().map(Vec::len).sum(),
            _ => 0,
        }
    }
}

/// [MQTT-2.2.2-1]: none of the four has a form without Property Length.
pub(super) fn no_length(c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let mut sheet = sheet(&section.request);
    sheet.cut_before(section.field);
    Case::new(&section.request, sheet, Place::End, c)
}

/// §2.2.2.1: the packet ends before the last byte of the length.
pub(super) fn length_truncated(c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let mut sheet = sheet(&section.request);
    sheet.cut_after(section.field);
    if let Some((length, properties)) = sheet.section_mut(section.field) {
        properties.clear();
        let count = c.between(1, 3);
        *length = Length::Raw(continuations(count, c));
    }
    Case::new(&section.request, sheet, Place::In(section.field, 0), c)
}

/// §1.5.5: a fifth byte.
pub(super) fn length_too_long(c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let length = Length::Raw(continuations(4, c));
    section.with_length(length, c)
}

/// [MQTT-1.5.5-1]
pub(super) fn length_not_minimal(c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let least = shortest(section.len());
    let length = Length::Padded(c.between(least + 1, 4));
    section.with_length(length, c)
}

/// §2.2.2.1: more than what is left of the packet.
pub(super) fn length_past_end(c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let left = section.len() + sheet(&section.request).len_after(section.field);
    let length = match c.below(3) {
        0 => left + 1,
        1 => left + c.between(1, 300),
        _ => 268_435_455,
    };
    let length = Length::Raw(variable_byte_integer(length, 1));
    section.with_length(length, c)
}

/// §2.2.2.2: an identifier that is in no table.
pub(super) fn unknown(c: &mut Choices<'_>) -> Case {
    let section = Section::any(c);
    let ids = (0x00..=0xFF).filter(|id| PropertyId::from_u8(*id).is_none());
    let mut bytes = std::vec![c.pick(&ids.collect::<Vec<_>>())];
    bytes.extend(c.bytes(4));
    with_bytes(&section, bytes, 0, c)
}

/// A case with these bytes as a property more, at which it shows `plus` bytes in.
pub(super) fn with_bytes(
    section: &Section,
    bytes: Vec<u8>,
    plus: usize,
    c: &mut Choices<'_>,
) -> Case {
    let mut sheet = sheet(&section.request);
    let index = match sheet.section_mut(section.field) {
        Some((_, properties)) => insert(properties, bytes, c),
        None => 0,
    };
    section.case_of(sheet, index, plus, c)
}

/// §2.2.2.2: a property of other packets, with a value it may have there.
pub(super) fn not_allowed(c: &mut Choices<'_>) -> Case {
    let mut section = Section::any(c);
    let mut ids = PropertyId::ALL.to_vec();
    ids.retain(|id| id.use_in(section.carrier).is_none());
    let property = property(c.pick(&ids), c);
    let index = section.insert(property, c);
    section.case(index, 0, c)
}

/// "It is a Protocol Error to include … more than once", in each property's section.
pub(super) fn duplicate(c: &mut Choices<'_>) -> Case {
    let carriers = [
        Carrier::Publish,
        Carrier::Connect,
        Carrier::Will,
        Carrier::Subscribe,
    ];
    let mut section = Section::one_of(&carriers, c);
    let mut ids = section.sendable();
    ids.retain(|id| !may_repeat(*id, section.carrier));
    let id = c.pick(&ids);
    section.without(id);
    for _ in 0..2 {
        let property = property(id, c);
        section.insert(property, c);
    }
    let carrier = section.carrier;
    let properties = section.request.section_mut(carrier);
    let mut places = (0_usize..).zip(properties.into_iter().flatten());
    let mut places = places.by_ref().filter(|(_, property)| property.id == id);
    // It is the second one that is wrong.
    let second = places.nth(1).map_or(0, |(index, _)| index);
    let rule = section.rule(id);
    section.case(second, 0, c).by_rule(rule)
}

/// [MQTT-3.3.4-6]
pub(super) fn sender(c: &mut Choices<'_>) -> Case {
    let mut section = Section {
        request: Request::sent_by(Side::Client, VERSION, PacketType::Publish, c),
        carrier: Carrier::Publish,
        field: Field::Properties,
    };
    let property = property(PropertyId::SubscriptionIdentifier, c);
    let index = section.insert(property, c);
    section.case(index, 0, c).sent_by(Side::Client)
}

/// §2.2.2.1: the last property does not end where the section does.
pub(super) fn truncated(c: &mut Choices<'_>) -> Case {
    let mut section = Section::any(c);
    let id = c.pick(&section.sendable());
    if !may_repeat(id, section.carrier) {
        section.without(id);
    }
    let last = property(id, c);
    let whole = last.bytes();
    // Where the second string of a pair starts.
    let second = match &last.value {
        Value::Pair(name, _) => 1 + 2 + name.len(),
        _ => whole.len(),
    };
    let kept = c.between(1, whole.len() - 1);
    let start = if kept < second { 1 } else { second };
    let mut sheet = sheet(&section.request);
    let mut index = 0;
    if let Some((_, properties)) = sheet.section_mut(section.field) {
        index = properties.len();
        properties.push(whole.into_iter().take(kept).collect());
    }
    section.case_of(sheet, index, start, c)
}

/// The sections of the properties that forbid values.
pub(super) fn forbidden_value(defect: RequestDefect, c: &mut Choices<'_>) -> Case {
    let (carriers, ids): (&[Carrier], &[PropertyId]) = match defect {
        RequestDefect::PayloadFormat => (
            &[Carrier::Publish, Carrier::Will],
            &[PropertyId::PayloadFormatIndicator],
        ),
        RequestDefect::TopicAliasZero => (&[Carrier::Publish], &[PropertyId::TopicAlias]),
        _ => (
            &[Carrier::Connect, Carrier::Subscribe],
            &[
                PropertyId::ReceiveMaximum,
                PropertyId::MaximumPacketSize,
                PropertyId::RequestProblemInformation,
                PropertyId::RequestResponseInformation,
                PropertyId::SubscriptionIdentifier,
            ],
        ),
    };
    let mut section = Section::one_of(carriers, c);
    let mut ids = ids.to_vec();
    ids.retain(|id| id.use_in(section.carrier).is_some());
    let id = c.pick(&ids);
    let value = match id {
        PropertyId::ReceiveMaximum | PropertyId::TopicAlias => Value::Two(0),
        PropertyId::MaximumPacketSize => Value::Four(0),
        PropertyId::SubscriptionIdentifier => Value::Variable(0),
        _ => Value::Byte(c.byte_between(2, 0xFF)),
    };
    section.without(id);
    let index = section.insert(Owned { id, value }, c);
    let rule = section.rule(id);
    section.case(index, 1, c).by_rule(rule)
}

/// [MQTT-1.5.5-1] and §1.5.5 in a property.
pub(super) fn subscription_identifier(defect: RequestDefect, c: &mut Choices<'_>) -> Case {
    let id = PropertyId::SubscriptionIdentifier;
    let mut section = Section {
        request: Request::sent_by(Side::Client, VERSION, PacketType::Subscribe, c),
        carrier: Carrier::Subscribe,
        field: Field::Properties,
    };
    if c.one_in(2) {
        section.request = Request::sent_by(Side::Server, VERSION, PacketType::Publish, c);
        section.carrier = Carrier::Publish;
    }
    section.without(id);
    let mut bytes = std::vec![id.as_u8()];
    match defect {
        RequestDefect::SubscriptionIdentifierTooLong => {
            bytes.extend(continuations(4, c));
            bytes.push(c.byte());
        }
        _ => {
            let value = c.between(1, 0x1F_FFFF);
            let least = shortest(value);
            bytes.extend(variable_byte_integer(value, c.between(least + 1, 4)));
        }
    }
    with_bytes(&section, bytes, 1, c)
}

/// §3.1.2.11.10
pub(super) fn authentication_data_alone(c: &mut Choices<'_>) -> Case {
    let mut section = Section::one_of(&[Carrier::Connect], c);
    section.without(PropertyId::AuthenticationMethod);
    if !section.request.has(PropertyId::AuthenticationData) {
        let data = property(PropertyId::AuthenticationData, c);
        section.insert(data, c);
    }
    let sheet = sheet(&section.request);
    Case::new(&section.request, sheet, Place::In(section.field, 0), c)
}

/// [MQTT-3.3.2-14]
pub(super) fn response_topic(c: &mut Choices<'_>) -> Case {
    let mut section = Section::one_of(&[Carrier::Publish, Carrier::Will], c);
    let id = PropertyId::ResponseTopic;
    section.without(id);
    let (topic, place): (String, usize) = name_with_wildcard(c);
    let value = Value::Text(topic);
    let index = section.insert(Owned { id, value }, c);
    section.case(index, 1 + 2 + place, c)
}
