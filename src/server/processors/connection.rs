//! How processors are reached over HTTP: the one place that sets up a client, so that all of them use the same cryptography
//! and none follows a redirect.

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// A client for plain HTTP on this machine: it trusts no certificate at all.
pub fn plain() -> ClientBuilder {
    builder(RootCertStore::empty())
}

/// A client for a company elsewhere, over TLS only, trusting what this machine trusts. Tells how many certificates that are:
/// with none, nobody can be reached.
pub fn encrypted() -> (ClientBuilder, usize) {
    let mut roots = RootCertStore::empty();
    // Single certificates that cannot be read are no reason to reach nobody.
    let (trusted, _unreadable) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    (builder(roots).https_only(true), trusted)
}

fn builder(roots: RootCertStore) -> ClientBuilder {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).no_proxy()
}
