//! Whether an address is the tap's own, whatever it is called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Whether who connects to `address` on this machine reaches `listener`.
pub(super) fn reaches(address: SocketAddr, listener: SocketAddr) -> bool {
    if address.port() != listener.port() {
        return false;
    }
    let listens = listener.ip().to_canonical();
    let address = match address.ip().to_canonical() {
        // The system takes the address of no host for this one.
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        address => address,
    };
    match listens.is_unspecified() {
        // `0.0.0.0` hears no IPv6; `[::]` hears both on most systems.
        true => (listens.is_ipv6() || address.is_ipv4()) && is_of_this_machine(address),
        false => address == listens,
    }
}

/// Only addresses of this machine can be bound.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_reaches_who_listens_on_all_of_them() {
        for (address, listener, expected) in [
            ("127.0.0.1:1883", "127.0.0.1:1883", true),
            ("127.0.0.1:1883", "127.0.0.1:1884", false),
            ("127.0.0.2:1883", "127.0.0.1:1883", false),
            ("127.0.0.1:1883", "0.0.0.0:1883", true),
            ("127.0.0.5:1883", "0.0.0.0:1883", true),
            ("0.0.0.0:1883", "127.0.0.1:1883", true),
            ("127.0.0.1:1883", "[::]:1883", true),
            ("[::1]:1883", "[::]:1883", true),
            ("[::]:1883", "[::1]:1883", true),
            ("[::ffff:127.0.0.1]:1883", "0.0.0.0:1883", true),
            ("[::1]:1883", "0.0.0.0:1883", false),
            // TEST-NET-1 is nobody's.
            ("192.0.2.1:1883", "0.0.0.0:1883", false),
        ] {
            let (address, listener): (SocketAddr, SocketAddr) = (
                address.parse().expect("address"),
                listener.parse().expect("address"),
            );
            assert_eq!(reaches(address, listener), expected, "{address} {listener}");
        }
    }
}
