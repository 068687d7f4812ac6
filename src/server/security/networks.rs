//! Networks of addresses, as operators write them: `10.0.0.0/8, 2001:db8::/32`, single addresses, or `private`.

use std::net::IpAddr;

/// What `private` stands for: this machine, and the networks nobody reaches from outside (RFC 1918, 4193, 3927, 4291, 6598).
const PRIVATE: [&str; 9] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1",
    "fc00::/7",
    "fe80::/10",
];
/// More is no list that anybody keeps by hand.
const MOST_NETWORKS: usize = 64;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

impl Networks {
    /// `None` where any part is no network.
    pub fn read(text: &str) -> Option<Networks> {
        let parts = text.split(',').map(str::trim);
        let parts: Vec<&str> = parts.flat_map(|part| if part == "private" { PRIVATE.to_vec() } else { vec![part] }).collect();
        let networks: Option<Vec<Network>> = parts.iter().take(MOST_NETWORKS + 1).map(|part| Network::read(part)).collect();
        networks.filter(|networks| networks.len() <= MOST_NETWORKS).map(Networks)
    }

    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn read(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = prefix.map_or(Some(longest), |prefix| prefix.parse().ok().filter(|bits| *bits <= longest))?;
        Some(Network { address, prefix_bits })
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let different = u32::from(network) ^ u32::from(address);
                different.checked_shr(32 - self.prefix_bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let different = u128::from(network) ^ u128::from(address);
                different.checked_shr(128 - self.prefix_bits).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(networks: &str, address: &str) -> bool {
        Networks::read(networks).expect("networks").contain(address.parse().expect("an address"))
    }

    #[test]
    fn an_address_is_in_a_network_whose_first_bits_it_shares() {
        assert!(contain("10.0.0.0/8", "10.255.0.1") && !contain("10.0.0.0/8", "11.0.0.1"));
        assert!(contain("172.16.0.0/12", "172.31.255.255") && !contain("172.16.0.0/12", "172.32.0.0"));
        assert!(contain("192.0.2.7", "192.0.2.7") && !contain("192.0.2.7", "192.0.2.8"));
        assert!(contain("0.0.0.0/0", "203.0.113.1") && !contain("0.0.0.0/0", "2001:db8::1"));
        assert!(contain("2001:db8::/32", "2001:db8:ffff::1") && !contain("2001:db8::/32", "2001:db9::1"));
        assert!(contain("10.0.0.0/8", "::ffff:10.1.2.3"), "an address of version 4 written as one of version 6");
    }

    #[test]
    fn private_is_what_nobody_reaches_from_outside() {
        for address in ["127.0.0.1", "10.1.1.1", "172.18.0.2", "192.168.1.1", "::1", "fd00::1", "fe80::1"] {
            assert!(contain("private", address), "{address}");
        }
        for address in ["203.0.113.9", "172.15.0.1", "2001:db8::1"] {
            assert!(!contain("private", address), "{address}");
        }
        assert!(contain("private, 203.0.113.0/24", "203.0.113.9"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "2001:db8::/129", "proxy.example", "10.0.0.0/8,", "10.0.0.0/-1", &"::1,".repeat(70)] {
            assert_eq!(Networks::read(text), None, "{text}");
        }
    }
}
