//! Where may be posted to. An endpoint's address comes from a person, and must not lead into our own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses over HTTPS.
    Public,
    /// Also this machine itself, and there without TLS: for trying out.
    PublicAndLoopback,
}

/// Why an address is not posted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// It is no URL, or has parts that it must not have.
    #[error("must be a URL with a host, and without a user, password or fragment")]
    NotAUrl,
    /// It is not encrypted.
    #[error("must begin with https://")]
    NotHttps,
    /// It leads into a private network.
    #[error("must not lead into a private network")]
    Private,
}

/// Checks a URL as far as that can be done without asking for its host's addresses.
///
/// # Errors
/// What is wrong with it.
pub fn check_url(url: &str, reach: Reach) -> Result<(), NotAnAddress> {
    let (scheme, rest) = url.split_once("://").ok_or(NotAnAddress::NotAUrl)?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '#');
    if authority.is_empty() || authority.contains('@') || url.chars().any(strange) || url.len() > 2048 {
        return Err(NotAnAddress::NotAUrl);
    }
    let host = host_of(authority);
    let is_loopback = is_localhost(host) || literal(host).is_some_and(|address| address.is_loopback());
    match scheme.as_str() {
        "https" => check_host(host, reach),
        "http" if is_loopback && reach == Reach::PublicAndLoopback => Ok(()),
        _ => Err(NotAnAddress::NotHttps),
    }
}

/// A name that always means this machine. See [RFC 6761, section 6.3].
///
/// [RFC 6761, section 6.3]: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
fn is_localhost(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// The host of an authority such as `example.com:443` or `[::1]:80`.
fn host_of(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority.split_inclusive(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

/// A host that is an address already.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Checks a host that is an address; a name is looked up when it is posted to, and every address checked then.
///
/// # Errors
/// It is private.
pub fn check_host(host: &str, reach: Reach) -> Result<(), NotAnAddress> {
    // A dot at the end names the same host.
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    // Browsers and some resolvers read bare numbers, and hexadecimal ones, as IPv4 addresses.
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.starts_with("0x") || (!last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    match literal(&host) {
        Some(address) if is_allowed(address, reach) => Ok(()),
        Some(_) => Err(NotAnAddress::Private),
        None if host.is_empty() => Err(NotAnAddress::NotAUrl),
        None if numeric => Err(NotAnAddress::Private),
        None if is_localhost(&host) && reach == Reach::Public => Err(NotAnAddress::Private),
        None => Ok(()),
    }
}

fn is_allowed(address: IpAddr, reach: Reach) -> bool {
    is_public(address) || (reach == Reach::PublicAndLoopback && address.is_loopback())
}

impl Reach {
    /// Whether an address may be posted to.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        is_allowed(address, self)
    }
}

/// Whether an address belongs to the public internet: not to this machine, a private network, a cloud's metadata
/// service, documentation, multicast or what is reserved. See IANA's special-purpose registries, read 2026-11.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a >= 240
        // Shared address space, protocol assignments, 6to4 relays, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only global unicast, without documentation, Teredo and other protocol assignments (2001::/23), and 3fff::/20.
    (first & 0xe000) == 0x2000
        && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        && first & 0xfff0 != 0x3ff0
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated (NAT64), 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => Some(v4(high, low)),
        [0x64, 0xff9b, 0 | 1, _, _, _, high, low] => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_private_network_is_never_public_however_it_is_written() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "fd00:ec2::254",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn only_an_encrypted_url_outside_is_an_endpoint() {
        let check = |url: &str| check_url(url, Reach::Public);
        for url in ["https://hooks.example.com/a?b=c", "https://example.com:8443", "https://1.1.1.1/x"] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for (url, why) in [
            ("http://example.com/", NotAnAddress::NotHttps),
            ("ftp://example.com/", NotAnAddress::NotHttps),
            ("example.com", NotAnAddress::NotAUrl),
            ("https://", NotAnAddress::NotAUrl),
            ("https://user:pass@example.com/", NotAnAddress::NotAUrl),
            ("https://example.com\\@evil/", NotAnAddress::NotAUrl),
            ("https://localhost/", NotAnAddress::Private),
            ("https://127.0.0.1/", NotAnAddress::Private),
            ("https://2130706433/", NotAnAddress::Private),
            ("https://0x7f000001/", NotAnAddress::Private),
            ("https://[::1]/", NotAnAddress::Private),
            ("https://[::ffff:169.254.169.254]/", NotAnAddress::Private),
            ("http://127.0.0.1:9000/", NotAnAddress::NotHttps),
        ] {
            assert_eq!(check(url), Err(why), "{url}");
        }
    }

    #[test]
    fn on_ones_own_machine_loopback_is_good_without_encryption_and_the_network_beside_it_is_not() {
        let check = |url: &str| check_url(url, Reach::PublicAndLoopback);
        for url in ["http://127.0.0.1:9000/hook", "http://localhost:9000/hook", "http://[::1]:9000/"] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in ["http://10.0.0.1/", "https://10.0.0.1/", "http://example.com/"] {
            assert!(check(url).is_err(), "{url}");
        }
    }
}
