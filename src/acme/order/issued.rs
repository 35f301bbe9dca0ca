//! Whether an authority issued what was ordered.

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use x509_parser::parse_x509_certificate;

use crate::{config::Identifier, state::Leaf};

use super::key::CertificateKey;

/// Chains have two or three certificates; a longer one than this is refused.
const MAX_CERTIFICATES: usize = 16;

/// What is wrong with a chain, if anything is.
pub(super) fn check(
    chain_pem: &str,
    key: &CertificateKey,
    names: &[Identifier],
) -> Result<(), String> {
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(chain_pem.as_bytes()) {
        if chain.len() == MAX_CERTIFICATES {
            return Err("its chain has no end".into());
        }
        chain.push(certificate.map_err(|error| format!("it is not PEM ({error})"))?);
    }
    let leaf = chain.first().ok_or("its chain is empty")?;
    let said = Leaf::read(leaf).map_err(|error| error.to_string())?;
    let (_, leaf) = parse_x509_certificate(leaf).map_err(|_| "it is no certificate")?;
    if leaf.public_key().raw != key.subject_public_key_info() {
        return Err("it is for another key".into());
    }
    match names.iter().find(|name| !said.covers(name)) {
        Some(name) => Err(format!("it is not for {name}")),
        None => Ok(()),
    }
}
