/work/wt/refuse/tests/no_std/target/release/deps/mqtt_reason-4bc6343eebf868fe.d: /work/wt/refuse/src/lib.rs /work/wt/refuse/src/advice.rs /work/wt/refuse/src/codes.rs /work/wt/refuse/src/decoding.rs /work/wt/refuse/src/encode.rs /work/wt/refuse/src/encode_error.rs /work/wt/refuse/src/error.rs /work/wt/refuse/src/field.rs /work/wt/refuse/src/frame.rs /work/wt/refuse/src/mapping.rs /work/wt/refuse/src/odd.rs /work/wt/refuse/src/options.rs /work/wt/refuse/src/owned.rs /work/wt/refuse/src/packet.rs /work/wt/refuse/src/packet_type.rs /work/wt/refuse/src/parse.rs /work/wt/refuse/src/reason.rs /work/wt/refuse/src/reason_codes.rs /work/wt/refuse/src/spec/mod.rs /work/wt/refuse/src/spec/property.rs /work/wt/refuse/src/spelling.rs /work/wt/refuse/src/types.rs /work/wt/refuse/src/v3/mod.rs /work/wt/refuse/src/v3/connack.rs /work/wt/refuse/src/v3/parse.rs /work/wt/refuse/src/v3/reason.rs /work/wt/refuse/src/v3/suback.rs /work/wt/refuse/src/v5/mod.rs /work/wt/refuse/src/v5/ack.rs /work/wt/refuse/src/v5/answer.rs /work/wt/refuse/src/v5/auth.rs /work/wt/refuse/src/v5/connack.rs /work/wt/refuse/src/v5/disconnect.rs /work/wt/refuse/src/v5/layout.rs /work/wt/refuse/src/v5/parse.rs /work/wt/refuse/src/v5/properties.rs /work/wt/refuse/src/v5/property.rs /work/wt/refuse/src/v5/reason.rs /work/wt/refuse/src/v5/suback.rs /work/wt/refuse/src/view/mod.rs /work/wt/refuse/src/view/connect.rs /work/wt/refuse/src/view/encode.rs /work/wt/refuse/src/view/list.rs /work/wt/refuse/src/view/parse.rs /work/wt/refuse/src/view/publish.rs /work/wt/refuse/src/view/subscribe.rs /work/wt/refuse/src/view/text.rs /work/wt/refuse/src/view/topic.rs /work/wt/refuse/src/wire.rs /work/wt/refuse/src/v3/codes.md /work/wt/refuse/src/v5/codes.md

/work/wt/refuse/tests/no_std/target/release/deps/libmqtt_reason-4bc6343eebf868fe.rlib: /work/wt/refuse/src/lib.rs /work/wt/refuse/src/advice.rs /work/wt/refuse/src/codes.rs /work/wt/refuse/src/decoding.rs /work/wt/refuse/src/encode.rs /work/wt/refuse/src/encode_error.rs /work/wt/refuse/src/error.rs /work/wt/refuse/src/field.rs /work/wt/refuse/src/frame.rs /work/wt/refuse/src/mapping.rs /work/wt/refuse/src/odd.rs /work/wt/refuse/src/options.rs /work/wt/refuse/src/owned.rs /work/wt/refuse/src/packet.rs /work/wt/refuse/src/packet_type.rs /work/wt/refuse/src/parse.rs /work/wt/refuse/src/reason.rs /work/wt/refuse/src/reason_codes.rs /work/wt/refuse/src/spec/mod.rs /work/wt/refuse/src/spec/property.rs /work/wt/refuse/src/spelling.rs /work/wt/refuse/src/types.rs /work/wt/refuse/src/v3/mod.rs /work/wt/refuse/src/v3/connack.rs /work/wt/refuse/src/v3/parse.rs /work/wt/refuse/src/v3/reason.rs /work/wt/refuse/src/v3/suback.rs /work/wt/refuse/src/v5/mod.rs /work/wt/refuse/src/v5/ack.rs /work/wt/refuse/src/v5/answer.rs /work/wt/refuse/src/v5/auth.rs /work/wt/refuse/src/v5/connack.rs /work/wt/refuse/src/v5/disconnect.rs /work/wt/refuse/src/v5/layout.rs /work/wt/refuse/src/v5/parse.rs /work/wt/refuse/src/v5/properties.rs /work/wt/refuse/src/v5/property.rs /work/wt/refuse/src/v5/reason.rs /work/wt/refuse/src/v5/suback.rs /work/wt/refuse/src/view/mod.rs /work/wt/refuse/src/view/connect.rs /work/wt/refuse/src/view/encode.rs /work/wt/refuse/src/view/list.rs /work/wt/refuse/src/view/parse.rs /work/wt/refuse/src/view/publish.rs /work/wt/refuse/src/view/subscribe.rs /work/wt/refuse/src/view/text.rs /work/wt/refuse/src/view/topic.rs /work/wt/refuse/src/wire.rs /work/wt/refuse/src/v3/codes.md /work/wt/refuse/src/v5/codes.md

/work/wt/refuse/tests/no_std/target/release/deps/libmqtt_reason-4bc6343eebf868fe.rmeta: /work/wt/refuse/src/lib.rs /work/wt/refuse/src/advice.rs /work/wt/refuse/src/codes.rs /work/wt/refuse/src/decoding.rs /work/wt/refuse/src/encode.rs /work/wt/refuse/src/encode_error.rs /work/wt/refuse/src/error.rs /work/wt/refuse/src/field.rs /work/wt/refuse/src/frame.rs /work/wt/refuse/src/mapping.rs /work/wt/refuse/src/odd.rs /work/wt/refuse/src/options.rs /work/wt/refuse/src/owned.rs /work/wt/refuse/src/packet.rs /work/wt/refuse/src/packet_type.rs /work/wt/refuse/src/parse.rs /work/wt/refuse/src/reason.rs /work/wt/refuse/src/reason_codes.rs /work/wt/refuse/src/spec/mod.rs /work/wt/refuse/src/spec/property.rs /work/wt/refuse/src/spelling.rs /work/wt/refuse/src/types.rs /work/wt/refuse/src/v3/mod.rs /work/wt/refuse/src/v3/connack.rs /work/wt/refuse/src/v3/parse.rs /work/wt/refuse/src/v3/reason.rs /work/wt/refuse/src/v3/suback.rs /work/wt/refuse/src/v5/mod.rs /work/wt/refuse/src/v5/ack.rs /work/wt/refuse/src/v5/answer.rs /work/wt/refuse/src/v5/auth.rs /work/wt/refuse/src/v5/connack.rs /work/wt/refuse/src/v5/disconnect.rs /work/wt/refuse/src/v5/layout.rs /work/wt/refuse/src/v5/parse.rs /work/wt/refuse/src/v5/properties.rs /work/wt/refuse/src/v5/property.rs /work/wt/refuse/src/v5/reason.rs /work/wt/refuse/src/v5/suback.rs /work/wt/refuse/src/view/mod.rs /work/wt/refuse/src/view/connect.rs /work/wt/refuse/src/view/encode.rs /work/wt/refuse/src/view/list.rs /work/wt/refuse/src/view/parse.rs /work/wt/refuse/src/view/publish.rs /work/wt/refuse/src/view/subscribe.rs /work/wt/refuse/src/view/text.rs /work/wt/refuse/src/view/topic.rs /work/wt/refuse/src/wire.rs /work/wt/refuse/src/v3/codes.md /work/wt/refuse/src/v5/codes.md

/work/wt/refuse/src/lib.rs:
/work/wt/refuse/src/advice.rs:
/work/wt/refuse/src/codes.rs:
/work/wt/refuse/src/decoding.rs:
/work/wt/refuse/src/encode.rs:
/work/wt/refuse/src/encode_error.rs:
/work/wt/refuse/src/error.rs:
/work/wt/refuse/src/field.rs:
/work/wt/refuse/src/frame.rs:
/work/wt/refuse/src/mapping.rs:
/work/wt/refuse/src/odd.rs:
/work/wt/refuse/src/options.rs:
/work/wt/refuse/src/owned.rs:
/work/wt/refuse/src/packet.rs:
/work/wt/refuse/src/packet_type.rs:
/work/wt/refuse/src/parse.rs:
/work/wt/refuse/src/reason.rs:
/work/wt/refuse/src/reason_codes.rs:
/work/wt/refuse/src/spec/mod.rs:
/work/wt/refuse/src/spec/property.rs:
/work/wt/refuse/src/spelling.rs:
/work/wt/refuse/src/types.rs:
/work/wt/refuse/src/v3/mod.rs:
/work/wt/refuse/src/v3/connack.rs:
/work/wt/refuse/src/v3/parse.rs:
/work/wt/refuse/src/v3/reason.rs:
/work/wt/refuse/src/v3/suback.rs:
/work/wt/refuse/src/v5/mod.rs:
/work/wt/refuse/src/v5/ack.rs:
/work/wt/refuse/src/v5/answer.rs:
/work/wt/refuse/src/v5/auth.rs:
/work/wt/refuse/src/v5/connack.rs:
/work/wt/refuse/src/v5/disconnect.rs:
/work/wt/refuse/src/v5/layout.rs:
/work/wt/refuse/src/v5/parse.rs:
/work/wt/refuse/src/v5/properties.rs:
/work/wt/refuse/src/v5/property.rs:
/work/wt/refuse/src/v5/reason.rs:
/work/wt/refuse/src/v5/suback.rs:
/work/wt/refuse/src/view/mod.rs:
/work/wt/refuse/src/view/connect.rs:
/work/wt/refuse/src/view/encode.rs:
/work/wt/refuse/src/view/list.rs:
/work/wt/refuse/src/view/parse.rs:
/work/wt/refuse/src/view/publish.rs:
/work/wt/refuse/src/view/subscribe.rs:
/work/wt/refuse/src/view/text.rs:
/work/wt/refuse/src/view/topic.rs:
/work/wt/refuse/src/wire.rs:
/work/wt/refuse/src/v3/codes.md:
/work/wt/refuse/src/v5/codes.md:
