//! Where Lever's API is: the three hosts Lever runs, or an operator's override.
//!
//! A [`BaseUrl`] always ends in `/v1`, never in a slash, and is `https` unless its host is a
//! loopback one. Parsing refuses addresses that a server must not be talked into calling.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

use crate::transport::is_public;

/// The Lever installation an account lives in (Lever documentation, Authentication; the EU host
/// from Lever's help page "Logging in to Lever").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// `api.lever.co`
    Production,
    /// `api.sandbox.lever.co`
    Sandbox,
    /// `api.eu.lever.co`, the data centre in the European Union
    Eu,
}

impl Environment {
    /// All environments, in the order in which they are offered to people.
    pub const ALL: [Environment; 3] = [Environment::Production, Environment::Sandbox, Environment::Eu];

    /// The API root of this environment.
    pub fn base_url(self) -> BaseUrl {
        BaseUrl {
            text: match self {
                Environment::Production => "https://api.lever.co/v1",
                Environment::Sandbox => "https://api.sandbox.lever.co/v1",
                Environment::Eu => "https://api.eu.lever.co/v1",
            }
            .to_owned(),
            loopback: false,
        }
    }

    /// The root of the web application people use, without a trailing slash.
    pub fn web_app(self) -> &'static str {
        match self {
            Environment::Production => "https://hire.lever.co",
            Environment::Sandbox => "https://hire.sandbox.lever.co",
            Environment::Eu => "https://hire.eu.lever.co",
        }
    }
}

/// The root of a Lever API, such as `https://api.lever.co/v1`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    loopback: bool,
}

impl BaseUrl {
    /// Reads an operator's override: any `https` host with a public address, or `http` or `https`
    /// on a loopback host. A trailing slash and a trailing `/v1` may be there or not.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] says what is wrong with the text, in words for the operator.
    pub fn parse_override(text: &str) -> Result<BaseUrl, BaseUrlError> {
        let mut url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        let loopback = match url.host() {
            None => return Err(BaseUrlError::NotAUrl),
            Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
            Some(Host::Ipv4(address)) => loopback_or_public(address.into())?,
            Some(Host::Ipv6(address)) => loopback_or_public(address.into())?,
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(BaseUrlError::PlainHttp),
            _ => return Err(BaseUrlError::Scheme),
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path);
        let path = format!("{}/v1", path.trim_end_matches('/'));
        url.set_path(&path);
        Ok(BaseUrl { text: url.to_string(), loopback })
    }

    /// The URL as text, ending in `/v1`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// `Ok(true)` for this machine, `Ok(false)` for a public address.
fn loopback_or_public(address: IpAddr) -> Result<bool, BaseUrlError> {
    if address.is_loopback() {
        Ok(true)
    } else if is_public(address) {
        Ok(false)
    } else {
        Err(BaseUrlError::PrivateAddress)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is no acceptable base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an absolute URL with a host.
    #[error("this is not a URL; write it like https://api.lever.co/v1")]
    NotAUrl,
    /// Neither `https` nor `http`.
    #[error("Lever's URL must start with https://")]
    Scheme,
    /// `http` to a host that is not this machine.
    #[error("Lever's URL must start with https://; http:// is accepted for this machine only")]
    PlainHttp,
    /// User name or password inside the URL.
    #[error("Lever's URL must not contain a user name or a password")]
    Credentials,
    /// A `?query` or `#fragment`.
    #[error("Lever's URL must not contain a query or a fragment")]
    QueryOrFragment,
    /// An address of a private network, link-local, multicast or the like.
    #[error("Lever's URL must not point into a private network")]
    PrivateAddress,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_have_their_hosts() {
        let hosts: Vec<String> =
            Environment::ALL.iter().map(|environment| environment.base_url().to_string()).collect();
        assert_eq!(
            hosts,
            ["https://api.lever.co/v1", "https://api.sandbox.lever.co/v1", "https://api.eu.lever.co/v1"]
        );
        for environment in Environment::ALL {
            let base = environment.base_url();
            assert!(!base.is_loopback());
            // What the enum spells out must be what parsing would make of it.
            assert_eq!(BaseUrl::parse_override(base.as_str()), Ok(base));
        }
    }

    #[test]
    fn overrides_are_normalised() {
        for (text, expected) in [
            ("https://api.lever.co", "https://api.lever.co/v1"),
            ("https://api.lever.co/", "https://api.lever.co/v1"),
            ("https://api.lever.co/v1", "https://api.lever.co/v1"),
            (" https://API.lever.co/v1/ ", "https://api.lever.co/v1"),
            ("https://api.lever.co:443/v1", "https://api.lever.co/v1"),
            ("https://gateway.example/lever", "https://gateway.example/lever/v1"),
            ("https://gateway.example/lever/v1/", "https://gateway.example/lever/v1"),
            ("http://127.0.0.1:3100", "http://127.0.0.1:3100/v1"),
            ("http://localhost:3100/v1", "http://localhost:3100/v1"),
            ("http://[::1]:3100", "http://[::1]:3100/v1"),
        ] {
            let base = BaseUrl::parse_override(text).unwrap();
            assert_eq!(base.as_str(), expected, "{text}");
            assert_eq!(base.is_loopback(), expected.starts_with("http://"));
        }
    }

    #[test]
    fn overrides_that_must_not_be_called_are_refused() {
        for (text, expected) in [
            ("", BaseUrlError::NotAUrl),
            ("api.lever.co", BaseUrlError::NotAUrl),
            ("https://", BaseUrlError::NotAUrl),
            ("file:///etc/passwd", BaseUrlError::NotAUrl),
            ("ftp://api.lever.co", BaseUrlError::Scheme),
            ("http://api.lever.co/v1", BaseUrlError::PlainHttp),
            ("http://localhost.attacker.example/v1", BaseUrlError::PlainHttp),
            ("https://user@api.lever.co", BaseUrlError::Credentials),
            ("https://:secret@api.lever.co", BaseUrlError::Credentials),
            ("https://api.lever.co/v1?x=1", BaseUrlError::QueryOrFragment),
            ("https://api.lever.co/v1#x", BaseUrlError::QueryOrFragment),
            ("https://10.0.0.5/v1", BaseUrlError::PrivateAddress),
            ("https://169.254.169.254/v1", BaseUrlError::PrivateAddress),
            ("https://[fd00::1]/v1", BaseUrlError::PrivateAddress),
            ("https://0.0.0.0/v1", BaseUrlError::PrivateAddress),
            // Decimal spelling of 10.0.0.5.
            ("https://167772165/v1", BaseUrlError::PrivateAddress),
        ] {
            assert_eq!(BaseUrl::parse_override(text), Err(expected), "{text}");
        }
    }
}
