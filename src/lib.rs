#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]
#![forbid(unsafe_code)]
//! Placeholder.
#[cfg(any(test, feature = "std"))]
extern crate std;

mod codes;
mod encode;
mod error;
pub mod frame;
pub mod mapping;
mod options;
mod packet_type;
mod property_id;
mod reason;
mod types;
pub mod v3;
pub mod v5;
mod wire;

pub use codes::{CodeIter, CodeList};
pub use encode::{Encode, EncodeError};
pub use error::{DecodeError, ErrorClass, ErrorKind};
pub use frame::{Decoded, Frame};
pub use options::{DecodeOptions, EncodeOptions};
pub use packet_type::{PacketType, SentBy, Side, Version};
pub use property_id::PropertyId;
pub use reason::{Code, Meaning, PacketReason, ParseCodeError, ReasonCode, UndefinedCode};
pub use types::{PacketId, QoS};
