//! The HTTP client of all parties.

use reqwest::ClientBuilder;

/// A client to finish; it takes no proxy from the environment.
pub fn client() -> ClientBuilder {
    // An error says that there is a provider already: as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy()
}
