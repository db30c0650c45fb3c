//! Sound frames of the six packets in every version, with every field and property.

use crate::oracle::Version;

/// Bytes that `text` writes in hex; spaces are free.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    hex::decode(digits).unwrap()
}

/// Sound packets, in hex, and the version of the connection.
pub(crate) const SOUND: &[(Version, &str)] = &[
    // CONNECT
    (Version::V5_0, "10 0d 0004 4d515454 05 02 003c 00 0000"),
    (
        Version::V5_0,
        "10 3d 0004 4d515454 05 00 000a 2b 11 00000005 15 0001 4d 16 0002 00ff 17 00 19 01 21 0001 22 0000 26 0001 61
         0001 62 26 0001 61 0001 62 27 00000400 0005 64657631 32",
    ),
    (
        Version::V5_0,
        "10 49 0004 4d515454 05 ee 003c 03 21 ffff 0001 63 27 01 01 02 0000000a 03 0001 74 08 0003 722f74 09 0002 0102
         18 00000000 26 0000 0000 26 0001 61 0001 62 0003 772f74 0002 00ff 0001 75 0002 70ff",
    ),
    (Version::V5_0, "10 10 0004 4d515454 05 42 0000 00 0000 0001 70"),
    (Version::V3_1_1, "10 0c 0004 4d515454 04 02 003c 0000"),
    (
        Version::V3_1_1,
        "10 1a 0004 4d515454 84 f4 0000 0001 63 0001 77 0002 0000 0001 75 0001 70",
    ),
    (Version::V3_1, "10 0e 0006 4d5149736470 03 02 003c 0000"),
    (
        Version::V3_1,
        "10 1a 0006 4d5149736470 83 d5 0000 0001 63 0001 77 0000 0001 75 0001 70",
    ),
    (
        Version::V3_1,
        "10 0f 0006 4d5149736470 03 c3 0000 0001 63",
    ),
    // CONNECT of no known version
    (Version::V5_0, "10 0d 0004 4d515458 05 02 003c 00 0000"),
    (Version::V5_0, "10 0b 0004 4d515454 7f 02 003c ff"),
    (Version::V3_1_1, "10 07 0004 4d515454 85"),
    // PUBLISH
    (Version::V5_0, "30 04 0001 74 00"),
    (Version::V5_0, "31 06 0001 74 00 0000"),
    (Version::V5_0, "3d 0a 0001 74 1234 00 01 02 03 04"),
    (
        Version::V5_0,
        "32 31 0004 742fc3a4 0001 27 01 00 02 00000001 03 0001 74 08 0001 72 09 0001 00 0b 01 0b ffffff7f 0b 8001 23 0001
         26 0001 61 0001 62 78",
    ),
    (Version::V5_0, "30 07 0000 03 23 0001 78"),
    (Version::V3_1_1, "30 05 0001 74 0000"),
    (Version::V3_1_1, "3b 06 0001 74 000a 78"),
    (Version::V3_1, "38 04 0001 74 78"),
    (Version::V3_1, "3d 05 0001 74 ffff"),
    // SUBSCRIBE
    (Version::V5_0, "82 07 000a 00 0001 61 00"),
    (
        Version::V5_0,
        "82 2a 000a 0c 0b ffffff7f 26 0001 61 0001 62 0001 23 2a 000a 24736861 72652f67 2f2b 01 0003 2b2f23 0c 0001 2f
         1d",
    ),
    (Version::V3_1_1, "82 0d 000a 0001 61 00 0004 2f2b2f23 02 "),
    (Version::V3_1, "8a 06 000a 0001 2b fd"),
    // UNSUBSCRIBE
    (Version::V5_0, "a2 06 000a 00 0001 61"),
    (
        Version::V5_0,
        "a2 19 000a 07 26 0001 61 0001 62 0001 23 000a 24736861 72652f67 2f2b",
    ),
    (Version::V3_1_1, "a2 08 000a 0001 61 0001 23"),
    (Version::V3_1, "a2 05 000a 0001 2b"),
    // PINGREQ and PINGRESP
    (Version::V5_0, "c0 00"),
    (Version::V3_1_1, "c0 00"),
    (Version::V5_0, "d0 00"),
    (Version::V3_1, "d0 00"),
];

/// What real clients sent: see the file.
pub(crate) fn captured() -> Vec<(Version, Vec<u8>)> {
    let lines = include_str!("captured.hex").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (version, hex) = line.split_once(' ').unwrap();
            let version = match version {
                "3.1" => Version::V3_1,
                "3.1.1" => Version::V3_1_1,
                "5.0" => Version::V5_0,
                other => panic!("{other}"),
            };
            (version, bytes(hex))
        })
        .collect()
}
