//! Replaces an account's key (RFC 8555, section 7.3.5).
//!
//! The new key is on disk before the authority hears of it, beside the old one. Whatever
//! interrupts the exchange, the key that the authority knows is one of the two, and it is asked
//! which.

use serde_json::json;
use zeroize::Zeroizing;

use super::{
    super::{
        client::{Client, Repeat},
        error::Error,
        signed::KeyId,
    },
    Account,
    folder::AccountFolder,
    key::AccountKey,
};

impl Account<'_> {
    /// Replaces the account's key by a new one.
    ///
    /// # Errors
    /// Where the authority refuses, and then the old key still counts; or where it cannot be
    /// known which one counts, and then the next [`Client::account`] finds out.
    pub async fn roll_key(&mut self) -> Result<(), Error> {
        let client = self.client;
        let Some(url) = &client.directory.key_change else {
            return Err(Error::Unsupported {
                host: client.host().to_owned(),
                function: "the replacement of an account's key",
            });
        };
        let next = self.folder.generate_next_key()?;
        let payload = json!({ "account": self.record.url, "oldKey": self.key.signing()?.jwk() });
        let request = next.signing()?.inner(url, &payload.to_string())?;
        let next_pkcs8 = Zeroizing::new(next.pkcs8().to_vec());
        let id = KeyId::Account(&self.record.url);
        // Not repeated: after a success that was not heard of, the old key is nobody's.
        let changed = client
            .post(&self.key.signing()?, &id, url, &request, Repeat::Never)
            .await;
        self.key = match &changed {
            Ok(_) => {
                self.folder.promote_next_key()?;
                next
            }
            Err(_) => {
                let old = self.folder.key()?;
                let old = old.ok_or(Error::Crypto("reading the account's key again"))?;
                complete(client, &self.folder, old).await?
            }
        };
        self.inner = client.known(&self.record.url, &self.key).await?;
        match changed {
            Err(error) if self.key.pkcs8() != next_pkcs8.as_slice() => Err(error),
            _ => Ok(()),
        }
    }
}

/// Ends a replacement that was begun: finds the key that the authority knows.
pub(super) async fn complete(
    client: &Client,
    folder: &AccountFolder,
    key: AccountKey,
) -> Result<AccountKey, Error> {
    let Some(next) = folder.next_key()? else {
        return Ok(key);
    };
    if client.knows(&next).await? {
        folder.promote_next_key()?;
        return Ok(next);
    }
    folder.drop_next_key()?;
    Ok(key)
}
