//! Whose word is believed about where a request came from.

use std::net::IpAddr;

use ipnet::IpNet;

/// The reverse proxies in front of the shop: only what they say in `X-Forwarded-*` counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Addresses and networks, such as `10.0.0.7, 10.1.0.0/16, fd00::/8`.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(network)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the address is one of theirs. An IPv4 address counts also where it is written as IPv6.
    pub fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn network(part: &str) -> Result<IpNet, String> {
    let network = match part.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(part.parse::<IpAddr>().map_err(|_| {
            format!("`{part}` is no address; write addresses or networks such as `10.0.0.7` or `10.1.0.0/16`")
        })?),
    };
    if network.prefix_len() == 0 {
        return Err(format!(
            "`{part}` is everybody, and so anybody could say where a request comes from; name your proxies"
        ));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies = Proxies::parse("10.0.0.7, 10.1.0.0/16,fd00::/8").unwrap();
        for (address, included) in [
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("10.1.255.255", true),
            ("10.2.0.0", false),
            ("::ffff:10.0.0.7", true),
            ("fd12::1", true),
            ("fe80::1", false),
        ] {
            assert_eq!(
                proxies.include(address.parse().unwrap()),
                included,
                "{address}"
            );
        }
        assert_eq!(Proxies::parse(" , "), Ok(Proxies::default()));
        for wrong in [
            "proxy.example",
            "10.0.0.0/33",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.7:80",
        ] {
            assert!(Proxies::parse(wrong).is_err(), "{wrong}");
        }
    }
}
