//! What becomes of a code in the other version: every one of them, both ways.

use mqtt_reason::mapping::{connack_to_v3, connack_to_v5, suback_to_v3, suback_to_v5};
use mqtt_reason::v3::{ConnackReturnCode, SubackReturnCode, Version};
use mqtt_reason::v5::{ConnackReason, SubackReason};

#[test]
fn every_connack_code_of_5_0_becomes_a_return_code_or_none() {
    const TABLE: [(u8, Option<u8>); 22] = [
        (0x00, Some(0)),
        (0x80, None),
        (0x81, None),
        (0x82, None),
        (0x83, None),
        (0x84, Some(1)),
        (0x85, Some(2)),
        (0x86, Some(4)),
        (0x87, Some(5)),
        (0x88, Some(3)),
        (0x89, Some(3)),
        (0x8A, Some(5)),
        (0x8C, None),
        (0x90, None),
        (0x95, None),
        (0x97, Some(3)),
        (0x99, None),
        (0x9A, None),
        (0x9B, None),
        (0x9C, Some(3)),
        (0x9D, Some(3)),
        (0x9F, Some(3)),
    ];
    assert_eq!(TABLE.len(), ConnackReason::ALL.len());
    for (code, expected) in TABLE {
        let reason = ConnackReason::from_u8(code).expect("a CONNACK code");
        let mapped = connack_to_v3(reason).map(ConnackReturnCode::as_u8);
        assert_eq!(mapped, expected, "{reason}");
        if let Some(mapped) = connack_to_v3(reason) {
            assert_eq!(mapped.is_error(), reason.is_error(), "{reason}");
        }
    }
}

#[test]
fn every_connack_return_code_becomes_a_code_of_5_0() {
    const TABLE: [(u8, u8); 6] = [
        (0, 0x00),
        (1, 0x84),
        (2, 0x85),
        (3, 0x88),
        (4, 0x86),
        (5, 0x87),
    ];
    assert_eq!(TABLE.len(), ConnackReturnCode::ALL.len());
    for (code, expected) in TABLE {
        let code = ConnackReturnCode::from_u8(code).expect("a return code");
        assert_eq!(connack_to_v5(code).as_u8(), expected, "{code}");
        assert_eq!(connack_to_v3(connack_to_v5(code)), Some(code), "and back");
    }
}

#[test]
fn every_suback_code_of_5_0_becomes_a_return_code_or_none() {
    const TABLE: [(u8, Option<u8>, Option<u8>); 12] = [
        // 5.0, 3.1.1, 3.1
        (0x00, Some(0x00), Some(0x00)),
        (0x01, Some(0x01), Some(0x01)),
        (0x02, Some(0x02), Some(0x02)),
        (0x80, Some(0x80), None),
        (0x83, Some(0x80), None),
        (0x87, Some(0x80), None),
        (0x8F, Some(0x80), None),
        (0x91, Some(0x80), None),
        (0x97, Some(0x80), None),
        (0x9E, Some(0x80), None),
        (0xA1, Some(0x80), None),
        (0xA2, Some(0x80), None),
    ];
    assert_eq!(TABLE.len(), SubackReason::ALL.len());
    for (code, in_3_1_1, in_3_1) in TABLE {
        let reason = SubackReason::from_u8(code).expect("a SUBACK code");
        let mapped = |version| suback_to_v3(reason, version).map(SubackReturnCode::as_u8);
        assert_eq!(mapped(Version::V3_1_1), in_3_1_1, "{reason}");
        assert_eq!(mapped(Version::V3_1), in_3_1, "{reason}");
    }
}

#[test]
fn every_suback_return_code_becomes_a_code_of_5_0() {
    const TABLE: [(u8, u8); 4] = [(0x00, 0x00), (0x01, 0x01), (0x02, 0x02), (0x80, 0x80)];
    assert_eq!(TABLE.len(), SubackReturnCode::ALL.len());
    for (code, expected) in TABLE {
        let code = SubackReturnCode::from_u8(code).expect("a return code");
        assert_eq!(suback_to_v5(code).as_u8(), expected, "{code}");
        assert_eq!(suback_to_v5(code).granted_qos(), code.granted_qos());
        let back = suback_to_v3(suback_to_v5(code), Version::V3_1_1);
        assert_eq!(back, Some(code), "and back");
    }
}
