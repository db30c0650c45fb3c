//! Defects of the fields that are neither strings nor properties.

use std::vec::Vec;

use super::super::Request;
use super::super::defect::RequestDefect;
use super::super::draw::will;
use super::super::fields::Fields;
use super::super::sheet::{Content, Field, Place};
use super::super::topic::shared_filter;
use super::{Case, one_of, sheet};
use crate::packet_type::{PacketType, Version};
use crate::spec::scalar::QoS;
use crate::testing::choices::Choices;

const LISTS: [PacketType; 2] = [PacketType::Subscribe, PacketType::Unsubscribe];

/// Half a field, or none where one has to be.
pub(super) fn truncated(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Publish,
        PacketType::Connect,
        PacketType::Subscribe,
        PacketType::Unsubscribe,
    ];
    let (request, mut sheet) = one_of(&packets, version, c);
    let fields = sheet.fields.iter();
    let fields: Vec<_> = fields
        .filter_map(|(field, content)| match (field, content) {
            (Field::Payload, _) | (_, Content::Section(..)) => None,
            (_, Content::Bytes(bytes)) => Some((*field, bytes.len())),
        })
        .collect();
    let (field, len) = c.pick(&fields);
    let least = match field {
        // Without them the list ends earlier.
        Field::Filter(_) => 1,
        // 3.1: the flag may be set all the same.
        Field::UserName | Field::Password if version == Version::V3_1 => 1,
        _ => 0,
    };
    let kept = c.between(least, len - 1);
    sheet.cut_after(field);
    if let Some(bytes) = sheet.bytes_mut(field) {
        bytes.truncate(kept);
    }
    Case::new(&request, sheet, Place::In(field, 0), c)
}

/// [MQTT-3.1.3-1]: nothing follows the Password.
pub(super) fn trailing_bytes(version: Version, c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&[PacketType::Connect], version, c);
    let mut bytes = c.bytes(5);
    bytes.push(c.byte());
    sheet.push(Field::Excess, &bytes);
    Case::new(&request, sheet, Place::In(Field::Excess, 0), c)
}

/// [MQTT-3.1.2-3]
pub(super) fn connect_flags(version: Version, c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&[PacketType::Connect], version, c);
    sheet.change(Field::ConnectFlags, |flags| flags | 0b0000_0001);
    Case::new(&request, sheet, Place::In(Field::ConnectFlags, 0), c)
}

/// A CONNECT with a Will or without one.
fn connect(has_will: bool, version: Version, c: &mut Choices<'_>) -> Request {
    let mut request = Request::of_type(version, PacketType::Connect, c);
    if let Fields::Connect(connect) = &mut request.fields {
        if !has_will {
            connect.will = None;
        } else if connect.will.is_none() {
            connect.will = Some(will(version, c));
        }
    }
    request
}

/// V14
pub(super) fn will_flags(bits: u8, version: Version, c: &mut Choices<'_>) -> Case {
    let request = connect(false, version, c);
    let mut sheet = sheet(&request);
    let bits = match bits {
        // Any QoS but 0, and with Will Retain or without it: it is the QoS that is named.
        0b0001_1000 => c.byte_between(0b001, 0b011) << 3,
        _ => bits,
    };
    sheet.change(Field::ConnectFlags, |flags| flags | bits);
    Case::new(&request, sheet, Place::In(Field::ConnectFlags, 0), c)
}

/// [MQTT-3.1.2-12]
pub(super) fn will_qos(version: Version, c: &mut Choices<'_>) -> Case {
    let request = connect(true, version, c);
    let mut sheet = sheet(&request);
    sheet.change(Field::ConnectFlags, |flags| flags | 0b0001_1000);
    Case::new(&request, sheet, Place::In(Field::ConnectFlags, 0), c)
}

/// V16
pub(super) fn password_alone(version: Version, c: &mut Choices<'_>) -> Case {
    let mut request = Request::of_type(version, PacketType::Connect, c);
    if let Fields::Connect(connect) = &mut request.fields {
        connect.user_name = None;
        connect.password.get_or_insert_with(|| c.bytes(8));
    }
    let sheet = sheet(&request);
    Case::new(&request, sheet, Place::In(Field::ConnectFlags, 0), c)
}

/// V31, V50
pub(super) fn packet_identifier_zero(version: Version, c: &mut Choices<'_>) -> Case {
    let packets = [
        PacketType::Publish,
        PacketType::Subscribe,
        PacketType::Unsubscribe,
    ];
    let mut request = Request::of_type(version, c.pick(&packets), c);
    if let Fields::Publish(publish) = &mut request.fields {
        publish.qos = c.pick(&[QoS::AtLeastOnce, QoS::ExactlyOnce]);
        publish
            .packet_id
            .get_or_insert(crate::spec::scalar::PacketId::MIN);
    }
    let mut sheet = sheet(&request);
    if let Some(bytes) = sheet.bytes_mut(Field::PacketId) {
        bytes.fill(0);
    }
    Case::new(&request, sheet, Place::In(Field::PacketId, 0), c)
}

/// V53
pub(super) fn no_filters(version: Version, c: &mut Choices<'_>) -> Case {
    let (request, mut sheet) = one_of(&LISTS, version, c);
    sheet.cut_before(Field::Filter(0));
    Case::new(&request, sheet, Place::End, c)
}

/// V56 to V59
pub(super) fn options(defect: RequestDefect, version: Version, c: &mut Choices<'_>) -> Case {
    let mut request = Request::of_type(version, PacketType::Subscribe, c);
    let mut index = 0;
    if let Fields::Subscribe(subscribe) = &mut request.fields {
        index = c.below(subscribe.subscriptions.len());
        if let Some((filter, options)) = subscribe.subscriptions.get_mut(index) {
            match defect {
                RequestDefect::SubscriptionQos => *options |= 0b11,
                RequestDefect::RetainHandling => *options |= 0b11 << 4,
                RequestDefect::NoLocalOnSharedSubscription => {
                    *filter = shared_filter(c);
                    *options |= 0b100;
                }
                _ => {
                    *options |= match version {
                        Version::V5_0 => c.byte_between(0b01, 0b11) << 6,
                        Version::V3_1_1 | Version::V3_1 => c.byte_between(1, 0b11_1111) << 2,
                    };
                }
            }
        }
    }
    let sheet = sheet(&request);
    Case::new(&request, sheet, Place::In(Field::Options(index), 0), c)
}
