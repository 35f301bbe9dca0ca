//! What an authority offers, and where (RFC 8555, section 7.1.1).

use std::collections::BTreeMap;

use serde::Deserialize;

/// An authority's directory: what instant-acme does not tell of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    pub(super) new_nonce: String,
    pub(super) new_account: String,
    pub(super) revoke_cert: Option<String>,
    pub(super) key_change: Option<String>,
    /// RFC 9773.
    pub(super) renewal_info: Option<String>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    terms_of_service: Option<String>,
    #[serde(default)]
    external_account_required: bool,
    #[serde(default)]
    profiles: BTreeMap<String, String>,
}

impl Directory {
    /// Where the terms of service can be read.
    pub fn terms_of_service(&self) -> Option<&str> {
        self.meta.terms_of_service.as_deref()
    }

    /// Whether an account must belong to a customer of the authority.
    pub fn external_account_required(&self) -> bool {
        self.meta.external_account_required
    }

    /// The names of the certificate profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.meta.profiles.keys().map(String::as_str)
    }

    /// Whether it tells when to renew.
    pub fn has_renewal_info(&self) -> bool {
        self.renewal_info.is_some()
    }
}
