//! The HTTP transport shared by all clients of a process: connections, TLS, time limits, and the
//! guard that keeps requests away from private networks.
//!
//! No redirect is followed, no proxy is taken from the environment, and nothing is retried here.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::{BaseUrl, Error};

/// How long a connection may take to be made, TLS included, when the request deadline is longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept. Shorter than the five seconds after which common
/// servers close one, so that a request is seldom written into a connection that is just closing:
/// such a request ends as [`crate::ErrorKind::Ambiguous`].
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// The shared HTTP transport. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct Transport {
    public: reqwest::Client,
    loopback: reqwest::Client,
    request_deadline: Duration,
}

impl Transport {
    /// Makes a transport whose requests end after `request_deadline`, counted from the first byte
    /// written to the last byte read (waiting for the rate budget is not part of it).
    ///
    /// Trusts the certificate authorities of the machine, or Mozilla's where the machine has none.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Setup`] when TLS cannot be set up.
    pub fn new(request_deadline: Duration) -> Result<Transport, Error> {
        let tls = tls_config()?;
        let build = |allowed: fn(IpAddr) -> bool| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(concat!("lever-rust/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .no_proxy()
                .referer(false)
                .timeout(request_deadline)
                .connect_timeout(CONNECT_TIMEOUT.min(request_deadline))
                .pool_idle_timeout(POOL_IDLE_TIMEOUT)
                .dns_resolver(GuardedResolver { allowed })
                .build()
                .map_err(|error| Error::setup("HTTP client", error))
        };
        Ok(Transport {
            public: build(is_public)?,
            loopback: build(|address| address.is_loopback())?,
            request_deadline,
        })
    }

    /// The time limit of one request, as given to [`Transport::new`].
    pub fn request_deadline(&self) -> Duration {
        self.request_deadline
    }

    /// The client that may reach the host of `base`, and only hosts of its kind.
    pub(crate) fn for_base(&self, base: &BaseUrl) -> reqwest::Client {
        if base.is_loopback() { self.loopback.clone() } else { self.public.clone() }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("request_deadline", &self.request_deadline).finish_non_exhaustive()
    }
}

/// TLS with the `ring` provider, named here so that no process-wide default is needed.
fn tls_config() -> Result<rustls::ClientConfig, Error> {
    let builder = || {
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::setup("TLS", error))
    };
    let with_roots = match builder()?.with_platform_verifier() {
        Ok(with_roots) => with_roots,
        Err(error) => {
            tracing::warn!(
                %error,
                "this machine's certificate authorities cannot be used; using Mozilla's instead"
            );
            builder()?.with_root_certificates(rustls::RootCertStore::from_iter(
                webpki_roots::TLS_SERVER_ROOTS.iter().cloned(),
            ))
        }
    };
    Ok(with_roots.with_no_client_auth())
}

/// Asks the system's resolver and hands on only the addresses that may be called, so that a name
/// cannot lead into a private network, not even by changing its answer between two questions.
#[derive(Clone, Copy)]
struct GuardedResolver {
    allowed: fn(IpAddr) -> bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| allowed(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(NoAllowedAddress.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The name exists, but leads only to addresses that must not be called.
#[derive(Debug, thiserror::Error)]
#[error("the host name leads only to addresses that this program must not call")]
struct NoAllowedAddress;

/// Whether an address is reachable on the public Internet (IANA special-purpose address
/// registries for IPv4 and IPv6).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        // Shared address space behind a carrier's NAT (RFC 6598).
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        // Benchmarking (RFC 2544).
        || (a == 198 && (b == 18 || b == 19))
        // Multicast, reserved and broadcast.
        || a >= 224;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        // NAT64 (RFC 6052): how an IPv6-only machine reaches an IPv4 host.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => embedded(high, low),
        // IETF protocol assignments, Teredo among them, and documentation.
        [0x2001, second, ..] if second < 0x0200 || second == 0x0db8 => false,
        [0x3fff, ..] => false,
        // Only 2000::/3 is handed out as global unicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for text in [
            "8.8.8.8",
            "54.230.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:0a00:0001::1",
            "2001:db8::1",
            "2001::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused_for_public_hosts() {
        let guarded = GuardedResolver { allowed: is_public };
        let refused = guarded.resolve("localhost".parse().unwrap()).await;
        let Err(error) = refused else {
            panic!("localhost was resolved");
        };
        assert!(error.is::<NoAllowedAddress>(), "{error}");

        let loopback = GuardedResolver { allowed: |address| address.is_loopback() };
        let found: Vec<SocketAddr> = loopback.resolve("localhost".parse().unwrap()).await.unwrap().collect();
        assert!(found.iter().all(|address| address.ip().is_loopback()));
        assert!(!found.is_empty());
    }
}
