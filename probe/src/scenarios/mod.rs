//! The table of scenarios against a broker, by groups.

mod acknowledge;
mod authenticate;
mod connect;
mod disconnect;
mod first;
mod headers;
mod keep_alive;
mod limits;
mod liveness;
mod messages;
mod publish;
mod sessions;
mod subscribe;
mod three;
mod websocket;
mod wills;

use crate::scenario::Scenario;

/// Every scenario against a broker, in the order of the table.
#[must_use]
pub fn broker() -> Vec<Scenario> {
    [
        first::rows(),
        connect::rows(),
        headers::rows(),
        publish::rows(),
        acknowledge::rows(),
        subscribe::rows(),
        disconnect::rows(),
        authenticate::rows(),
        liveness::rows(),
        messages::rows(),
        wills::rows(),
        sessions::rows(),
        three::rows(),
        websocket::rows(),
        limits::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
