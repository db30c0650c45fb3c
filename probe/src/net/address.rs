//! Addresses as people write them: `[mqtt|mqtts|tls|ws|wss]://HOST[:PORT]`, or `HOST[:PORT]`.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// How the bytes of MQTT travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever connects has to treat each of them"
)]
pub enum Transport {
    /// TCP: `mqtt://`, or no scheme.
    Tcp,
    /// TLS: `mqtts://` or `tls://`.
    Tls,
    /// WebSocket: `ws://`.
    WebSocket,
    /// WebSocket in TLS: `wss://`.
    SecureWebSocket,
}

impl Transport {
    /// The scheme of its addresses.
    #[must_use]
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "mqtt",
            Self::Tls => "mqtts",
            Self::WebSocket => "ws",
            Self::SecureWebSocket => "wss",
        }
    }

    /// The port that is meant where none is written: 1883, 8883, 80, 443.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Tcp => 1883,
            Self::Tls => 8883,
            Self::WebSocket => 80,
            Self::SecureWebSocket => 443,
        }
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SecureWebSocket)
    }

    /// Whether MQTT travels in WebSocket frames.
    #[must_use]
    pub const fn is_websocket(self) -> bool {
        matches!(self, Self::WebSocket | Self::SecureWebSocket)
    }
}

/// Where to connect to, or to listen.
///
/// ```
/// use mqtt_reason_probe::net::{Address, Transport};
///
/// let address: Address = "tls://broker.example".parse()?;
/// assert_eq!(address.transport(), Transport::Tls);
/// assert_eq!((address.host(), address.port()), ("broker.example", 8883));
/// assert_eq!("[::1]".parse::<Address>()?.to_string(), "mqtt://[::1]:1883");
/// # Ok::<(), mqtt_reason_probe::net::AddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    transport: Transport,
    host: String,
    port: u16,
    path: String,
}

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no address: {why}")]
pub struct AddressError {
    text: String,
    why: &'static str,
}

impl Address {
    /// How the bytes travel.
    #[must_use]
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    /// A name or an IP address, an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, which is that of the transport where none was written.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The path of a WebSocket, `/mqtt` where none was written.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// `HOST:PORT`, an IPv6 address in brackets.
    #[must_use]
    pub fn host_and_port(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for Address {
    /// All of it: `mqtt://HOST:PORT`; a path only where it is not `/mqtt`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = match self.transport.is_websocket() && self.path != "/mqtt" {
            true => &self.path,
            false => "",
        };
        write!(
            f,
            "{}://{}{path}",
            self.transport.scheme(),
            self.host_and_port()
        )
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        parse(text.trim()).map_err(|why| AddressError {
            text: text.to_owned(),
            why,
        })
    }
}

fn parse(text: &str) -> Result<Address, &'static str> {
    let (transport, rest) = match text.split_once("://") {
        None => (Transport::Tcp, text),
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "mqtt" | "tcp" => (Transport::Tcp, rest),
            "mqtts" | "tls" | "ssl" => (Transport::Tls, rest),
            "ws" => (Transport::WebSocket, rest),
            "wss" => (Transport::SecureWebSocket, rest),
            _ => return Err("its scheme is none of mqtt, mqtts, tls, ws, wss"),
        },
    };
    let (authority, path) = match rest.find('/') {
        None => (rest, ""),
        Some(start) => rest.split_at(start),
    };
    let path = match path {
        "" | "/" => "/mqtt",
        path if transport.is_websocket() => path,
        _ => return Err("only ws and wss have a path"),
    };
    if authority.contains('@') {
        return Err("user and password are not written into an address");
    }
    let (host, port) = split_port(authority)?;
    let port = match port {
        None => transport.default_port(),
        // As std does, nothing but digits: `+1883` is no port.
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            port.parse().map_err(|_| "its port is none (0 to 65535)")?
        }
        Some(_) => return Err("its port is none (0 to 65535)"),
    };
    if host.is_empty() {
        return Err("it has no host: write HOST:PORT, for example 127.0.0.1:1883");
    }
    if host.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a number alone is no host: write HOST:PORT, for example 127.0.0.1:1883");
    }
    if host
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '\\' | '*'))
    {
        return Err("a host has no such characters");
    }
    Ok(Address {
        transport,
        host: host.to_owned(),
        port,
        path: path.to_owned(),
    })
}

/// Host and port of `HOST[:PORT]`, where the colons of an IPv6 address are none before a port.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), &'static str> {
    if let Some(inner) = authority.strip_prefix('[') {
        let (host, rest) = inner.split_once(']').ok_or("its bracket is not closed")?;
        // What follows `%` names an interface of this machine.
        let address = host.split('%').next().unwrap_or_default();
        if address.parse::<Ipv6Addr>().is_err() {
            return Err("in brackets stands no IPv6 address");
        }
        return match rest {
            "" => Ok((host, None)),
            _ => match rest.strip_prefix(':') {
                Some(port) => Ok((host, Some(port))),
                None => Err("after the bracket comes :PORT or nothing"),
            },
        };
    }
    match authority.split_once(':') {
        None => Ok((authority, None)),
        Some((host, port)) if !port.contains(':') => Ok((host, Some(port))),
        // Whether its last group is one of the address or a port is not to be told.
        Some(_) if authority.parse::<Ipv6Addr>().is_ok() => {
            Err("an IPv6 address stands in brackets: [::1]:1883, or [::1]")
        }
        Some(_) => Err("it has too many colons (an IPv6 address stands in brackets)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        for (text, whole) in [
            ("broker", "mqtt://broker:1883"),
            ("broker:1884", "mqtt://broker:1884"),
            ("mqtt://broker", "mqtt://broker:1883"),
            ("MQTT://broker/", "mqtt://broker:1883"),
            ("mqtts://broker", "mqtts://broker:8883"),
            ("tls://broker:1", "mqtts://broker:1"),
            ("ws://broker", "ws://broker:80"),
            ("ws://broker:9001/mqtt", "ws://broker:9001"),
            (
                "wss://broker/some/where?a=b",
                "wss://broker:443/some/where?a=b",
            ),
            ("127.0.0.1", "mqtt://127.0.0.1:1883"),
            ("[::1]", "mqtt://[::1]:1883"),
            ("tls://[fe80::1%eth0]:8884", "mqtts://[fe80::1%eth0]:8884"),
            (" localhost:0 ", "mqtt://localhost:0"),
        ] {
            let address: Result<Address, _> = text.parse();
            assert_eq!(
                address.map(|address| address.to_string()),
                Ok(whole.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (text, why) in [
            ("", "no host"),
            (":1883", "no host"),
            ("1883", "a number alone"),
            ("http://broker", "scheme"),
            ("mqtt://", "no host"),
            ("broker:", "port"),
            ("broker:65536", "port"),
            ("broker:+1", "port"),
            ("broker:mqtt", "port"),
            ("::1", "brackets"),
            ("::1:1883", "brackets"),
            ("a:b:c", "colons"),
            ("[::1", "bracket"),
            ("[::1]1883", "bracket"),
            ("[broker]:1883", "IPv6"),
            ("user:pass@broker", "password"),
            ("mqtt://user@broker", "password"),
            ("mqtt://broker/path", "path"),
            ("two words", "characters"),
        ] {
            let error = text.parse::<Address>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
