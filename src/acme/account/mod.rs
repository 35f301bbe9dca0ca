//! The account at an authority: made once, found again, and its key replaced (RFC 8555, section 7.3).

mod external;
mod folder;
mod key;
mod roll_over;

use hyper::StatusCode;
use serde_json::json;

use crate::state::StateDir;

use super::{
    client::{Client, Repeat, persist},
    error::Error,
    signed::{KeyId, external_account_binding},
};

use folder::Record;
pub(super) use folder::{AccountFolder, UnfinishedOrder};
use key::AccountKey;

/// docent's account at one authority.
///
/// Its key is kept below [`StateDir::accounts`], in a folder for each directory URL. Should the
/// authority forget the account, it is registered again with the same key.
pub struct Account<'a> {
    pub(super) client: &'a Client,
    key: AccountKey,
    pub(super) folder: AccountFolder,
    record: Record,
    pub(super) inner: instant_acme::Account,
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
        let record = match folder.record()? {
            Some(record) => record,
            None => self.register(&folder, &key, contact).await?,
        };
        let mut account = Account {
            client: self,
            inner: self.known(&record.url, &key).await?,
            key,
            folder,
            record,
        };
        match account.update_contact(contact).await {
            Ok(()) => Ok(account),
            Err(error) => Err(account.explain(error)),
        }
    }

    /// Registers a key; the authority answers the same for one that it knows already.
    async fn register(
        &self,
        folder: &AccountFolder,
        key: &AccountKey,
        contact: Option<&str>,
    ) -> Result<Record, Error> {
        if self.authority.external_account.is_none() && self.directory.external_account_required() {
            return Err(Error::ExternalAccountRequired {
                host: self.host().to_owned(),
            });
        }
        let (url, new) = self.register_key(key, contact).await?;
        // An account that was there already keeps the contact that it had: the other one follows.
        let contact = contact.filter(|_| new);
        tracing::info!(authority = self.host(), account = url, "account registered");
        let record = Record {
            directory: self.authority.directory.clone(),
            url,
            contact: contact.map(str::to_owned),
        };
        folder.write_record(&record)?;
        Ok(record)
    }

    /// The account's URL, and whether it is new. By a request of docent's own; `super::signed` tells
    /// why.
    async fn register_key(
        &self,
        key: &AccountKey,
        contact: Option<&str>,
    ) -> Result<(String, bool), Error> {
        let url = &self.directory.new_account;
        let mut payload = json!({ "termsOfServiceAgreed": true });
        if contact.is_some() {
            payload["contact"] = json!(contacts(contact));
        }
        let signing = key.signing()?;
        if let Some(external) = &self.authority.external_account {
            let hmac_key = external::hmac_key(&external.hmac_key_file)?;
            payload["externalAccountBinding"] =
                external_account_binding(&external.kid, &hmac_key, url, &signing)?;
        }
        let answer = self
            .post(&signing, &KeyId::Key, url, &payload, Repeat::Safe)
            .await?;
        match answer.header(&hyper::header::LOCATION) {
            Some(url) => Ok((url.to_owned(), answer.head.status == StatusCode::CREATED)),
            None => Err(self.not_acme(Some(&answer), "the account has no URL")),
        }
    }

    /// Whether the authority has an account with this key.
    async fn knows(&self, key: &AccountKey) -> Result<bool, Error> {
        let directory = &self.authority.directory;
        let found = persist!(
            self,
            Repeat::Safe,
            self.account_builder()
                .from_key(key.both(), directory.clone())
                .await
        );
        match found {
            Ok(_) => Ok(true),
            Err(error) if error.is("accountDoesNotExist") => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// instant-acme's object for an account; asks nobody, since the directory is known.
    async fn known(&self, url: &str, key: &AccountKey) -> Result<instant_acme::Account, Error> {
        let directory = self.authority.directory.clone();
        self.account_builder()
            .from_parts(url.to_owned(), key.der(), directory)
            .await
            .map_err(|error| self.told(error))
    }
}

impl Account<'_> {
    /// The URL that the authority knows it by.
    pub fn url(&self) -> &str {
        &self.record.url
    }

    /// An error of a request by this account: where the authority does not let the account do what
    /// it asks for, with the way to another account.
    pub(super) fn explain(&self, error: Error) -> Error {
        match error {
            Error::Refused(refusal) if refusal.problem.kind == "unauthorized" => {
                Error::AccountRefused {
                    refusal,
                    folder: self.folder.path().to_owned(),
                }
            }
            error => error,
        }
    }

    /// Makes an account that is lost again, so that a request can be made once more.
    ///
    /// # Errors
    /// The error itself, where it tells of something else.
    pub(super) async fn restore(&mut self, error: Error) -> Result<(), Error> {
        if !error.is("accountDoesNotExist") {
            return Err(error);
        }
        let client = self.client;
        tracing::warn!(authority = client.host(), "the account is lost there");
        let contact = self.record.contact.clone();
        self.record = client
            .register(&self.folder, &self.key, contact.as_deref())
            .await?;
        self.inner = client.known(&self.record.url, &self.key).await?;
        Ok(())
    }

    async fn update_contact(&mut self, contact: Option<&str>) -> Result<(), Error> {
        if self.record.contact.as_deref() == contact {
            return Ok(());
        }
        let contacts = contacts(contact);
        let contacts: Vec<_> = contacts.iter().map(String::as_str).collect();
        let (client, repeat) = (self.client, Repeat::Safe);
        if let Err(error) = persist!(client, repeat, self.inner.update_contacts(&contacts).await) {
            self.restore(error).await?;
            persist!(client, repeat, self.inner.update_contacts(&contacts).await)?;
        }
        self.record.contact = contact.map(str::to_owned);
        self.folder.write_record(&self.record)
    }
}

fn contacts(contact: Option<&str>) -> Vec<String> {
    contact
        .iter()
        .map(|mail| format!("mailto:{mail}"))
        .collect()
}
