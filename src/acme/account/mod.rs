//! The account at an authority: made once, found again, and its key replaced (RFC 8555, section 7.3).

mod external;
mod folder;
mod roll_over;

use serde_json::json;

use crate::state::StateDir;

use super::{
    client::{Client, Repeat},
    error::Error,
    jws::{KeyId, SigningKey, external_account_binding},
    transport::Answer,
};

use folder::{AccountFolder, Record};

/// docent's account at one authority.
///
/// Its key is kept below [`StateDir::accounts`], in a folder for each directory URL. Should the
/// authority forget the account, it is registered again with the same key.
pub struct Account<'a> {
    pub(super) client: &'a Client,
    pub(super) key: SigningKey,
    folder: AccountFolder,
    record: Record,
}

impl Client {
    /// The account that is on disk, or else a new one; its contact is brought up to date.
    ///
    /// Only one process at a time may do so.
    ///
    /// # Errors
    /// Where the authority refuses, or the account's files cannot be read or written.
    pub async fn account(
        &self,
        state: &StateDir,
        contact: Option<&str>,
    ) -> Result<Account<'_>, Error> {
        let folder = AccountFolder::new(&state.accounts(), &self.authority.directory);
        let key = match folder.key()? {
            Some(key) => roll_over::complete(self, &folder, key).await?,
            // On disk before the authority knows of it: a key that is lost is an account lost.
            None => folder.generate_key()?,
        };
        let mut account = Account {
            client: self,
            key,
            record: Record::default(),
            folder,
        };
        match account.folder.record()? {
            Some(record) => {
                account.record = record;
                account.update_contact(contact).await?;
            }
            None => account.register(contact).await?,
        }
        Ok(account)
    }
}

impl Account<'_> {
    /// The URL that the authority knows it by.
    pub fn url(&self) -> &str {
        &self.record.url
    }

    /// The URL of the account with this key, if the authority has one.
    async fn find(client: &Client, key: &SigningKey) -> Result<Option<String>, Error> {
        let payload = json!({ "onlyReturnExisting": true });
        match new_account(client, key, &payload).await {
            Ok(url) => Ok(Some(url)),
            Err(error) if error.is("accountDoesNotExist") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Registers the key; the authority answers the same for one that it knows already.
    async fn register(&mut self, contact: Option<&str>) -> Result<(), Error> {
        let client = self.client;
        let mut payload = json!({ "termsOfServiceAgreed": true, "contact": contacts(contact) });
        match &client.authority.external_account {
            Some(external) => {
                let hmac_key = external::hmac_key(&external.hmac_key_file)?;
                let url = &client.directory.new_account;
                payload["externalAccountBinding"] =
                    external_account_binding(&external.kid, &hmac_key, url, &self.key)?;
            }
            None if client.directory.external_account_required() => {
                return Err(Error::ExternalAccountRequired {
                    host: client.host().to_owned(),
                });
            }
            None => {}
        }
        let url = new_account(client, &self.key, &payload).await?;
        tracing::info!(
            authority = client.host(),
            account = url,
            "account registered"
        );
        self.remember(url, contact)
    }

    async fn update_contact(&mut self, contact: Option<&str>) -> Result<(), Error> {
        if self.record.contact.as_deref() == contact {
            return Ok(());
        }
        let payload = json!({ "contact": contacts(contact) });
        let id = KeyId::Account(&self.record.url);
        let url = &self.record.url;
        match self
            .client
            .post(&self.key, &id, url, &payload, Repeat::Safe)
            .await
        {
            Ok(_) => self.remember(self.record.url.clone(), contact),
            Err(error) if error.is("accountDoesNotExist") => self.register(contact).await,
            Err(error) => Err(error),
        }
    }

    /// A request that needs nothing but the account: an account that is lost is made again.
    pub(super) async fn post(
        &mut self,
        url: &str,
        payload: &serde_json::Value,
        repeat: Repeat,
    ) -> Result<Answer, Error> {
        match self.request(url, payload, repeat).await {
            Err(error) if error.is("accountDoesNotExist") => {
                tracing::warn!(authority = self.client.host(), "the account is lost there");
                let contact = self.record.contact.clone();
                self.register(contact.as_deref()).await?;
                self.request(url, payload, repeat).await
            }
            result => result,
        }
    }

    /// A request about something that belongs to the account.
    pub(super) async fn request(
        &self,
        url: &str,
        payload: &serde_json::Value,
        repeat: Repeat,
    ) -> Result<Answer, Error> {
        let id = KeyId::Account(&self.record.url);
        self.client.post(&self.key, &id, url, payload, repeat).await
    }

    /// The state of something that belongs to the account.
    pub(super) async fn fetch(&self, url: &str) -> Result<Answer, Error> {
        let id = KeyId::Account(&self.record.url);
        self.client.post_as_get(&self.key, &id, url).await
    }

    fn remember(&mut self, url: String, contact: Option<&str>) -> Result<(), Error> {
        self.record = Record {
            directory: self.client.authority.directory.clone(),
            url,
            contact: contact.map(str::to_owned),
        };
        self.folder.write_record(&self.record)
    }
}

async fn new_account(
    client: &Client,
    key: &SigningKey,
    payload: &serde_json::Value,
) -> Result<String, Error> {
    let url = &client.directory.new_account;
    let answer = client
        .post(key, &KeyId::Key, url, payload, Repeat::Safe)
        .await?;
    match &answer.location {
        Some(url) => Ok(url.clone()),
        None => Err(client.not_acme(&answer, "the account has no URL")),
    }
}

fn contacts(contact: Option<&str>) -> Vec<String> {
    contact
        .iter()
        .map(|mail| format!("mailto:{mail}"))
        .collect()
}
