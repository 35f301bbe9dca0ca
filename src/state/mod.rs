//! The directory in which those meet who have a network and those who serve: certificates, challenges and accounts of
//! `acme`, keys of issuers.
//!
//! Only `acme` and `jwks` write to it. The process that faces the internet reads certificates, challenges and keys, and cannot see
//! the accounts.
mod certificate;
mod challenge;
mod jwks;
mod pair;

use std::path::{Path, PathBuf};

pub use certificate::{Certificates, StoreError};
pub use challenge::{Challenges, KEY_AUTHORIZATION_DIGEST_LEN, NO_CHALLENGE};
pub use jwks::{FetchedJwks, Jwks, JwksError, JwksMark};
pub use pair::{CertifiedPair, Leaf, LeafError, PairError};

/// Where docent keeps what must outlive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir {
    root: PathBuf,
    certificates: PathBuf,
}

impl StateDir {
    /// A folder of docent's own, such as `/var/lib/docent`; certificates in `certs/` below it.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let certificates = root.join("certs");
        Self { root, certificates }
    }

    /// The `certs/` folder of a checkout: certificates in itself, the rest below it.
    pub fn of_checkout(certs: impl Into<PathBuf>) -> Self {
        let root = certs.into();
        let certificates = root.clone();
        Self { root, certificates }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The certificates: `{domain}.cert.pem` and `{domain}.key.pem`.
    pub fn certificates(&self) -> Certificates {
        Certificates::new(&self.certificates)
    }

    /// The account keys, one folder an authority. Nobody but `acme` looks here.
    pub fn accounts(&self) -> PathBuf {
        self.root.join("accounts")
    }

    /// What has been tried, and when to try again.
    pub fn renewal(&self) -> PathBuf {
        self.root.join("renewal")
    }

    /// The keys of issuers, by which tokens are verified.
    pub fn jwks(&self) -> Jwks {
        Jwks::new(self.root.join("jwks"))
    }

    /// What an authority's questions are to be answered with.
    pub fn challenges(&self) -> Challenges {
        Challenges::new(self.root.join("challenges"))
    }
}
