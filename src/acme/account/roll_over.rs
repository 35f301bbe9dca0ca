//! Replaces an account's key (RFC 8555, section 7.3.5).
//!
//! The new key is on disk before the authority hears of it, beside the old one. Whatever
//! interrupts the exchange, the key that the authority knows is one of the two, and it is asked
//! which.

use serde_json::json;

use super::{
    super::{
        client::{Client, Repeat},
        error::Error,
        jws::{KeyId, SigningKey},
    },
    Account,
    folder::AccountFolder,
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
        let payload = json!({ "account": self.record.url, "oldKey": self.key.jwk() });
        let request = next.inner(url, &payload.to_string())?;
        let id = KeyId::Account(&self.record.url);
        // Not repeated: after a success that was not heard of, the old key is nobody's.
        let result = client
            .post(&self.key, &id, url, &request, Repeat::Never)
            .await;
        match result {
            Ok(_) => {
                self.folder.promote_next_key()?;
                self.key = next;
                Ok(())
            }
            Err(error) => {
                self.key =
                    complete(client, &self.folder, self.folder.key()?.ok_or_else(lost)?).await?;
                if self.key.thumbprint() == next.thumbprint() {
                    return Ok(());
                }
                Err(error)
            }
        }
    }
}

/// Ends a replacement that was begun: finds the key that the authority knows.
pub(super) async fn complete(
    client: &Client,
    folder: &AccountFolder,
    key: SigningKey,
) -> Result<SigningKey, Error> {
    let Some(next) = folder.next_key()? else {
        return Ok(key);
    };
    if Account::find(client, &next).await?.is_some() {
        folder.promote_next_key()?;
        return Ok(next);
    }
    folder.drop_next_key()?;
    Ok(key)
}

fn lost() -> Error {
    Error::Crypto("reading the account's key again")
}
