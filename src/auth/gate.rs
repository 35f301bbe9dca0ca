//! The one place where a request is judged: credentials -> an audience.

use std::{sync::Arc, time::SystemTime};

use crate::config::{AudienceName, KeyName};

use super::{
    audience::Audiences,
    credentials::Credentials,
    denied::Denied,
    issuer::Issuers,
    key_ring::KeyRing,
    seal::{ACCESS_TOKEN, SealingKeys},
    sign_in::Token,
};

/// Everything that is known of who may read what.
#[derive(Default)]
pub struct Gate {
    /// Who may read the same.
    pub audiences: Audiences,
    /// Access keys.
    pub keys: Arc<KeyRing>,
    /// Who vouches for people by tokens.
    pub issuers: Arc<Issuers>,
    /// What seals the tokens of docent's own sign-in page, where there is one.
    pub sealing: Option<Arc<SealingKeys>>,
}

/// A request that gets an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Whose documents it is answered from.
    pub audience: AudienceName,
    /// Who sends it.
    pub identity: Identity,
    /// Until when what it shows is good.
    pub until: Option<SystemTime>,
}

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Nobody knows.
    Anonymous,
    /// The holder of an access key, or whoever signed in with it.
    Key(KeyName),
    /// A person that an issuer vouches for.
    Person {
        /// Who vouches.
        issuer: Arc<str>,
        /// As the issuer calls him.
        subject: Arc<str>,
    },
    /// A person that a proxy in front has signed in.
    Proxied(Arc<str>),
}

/// What access keys begin with, and tokens of docent's own.
const OWN: &str = "docent_";

impl Gate {
    /// The audience that a request belongs to. `asks_to_sign_in`: it wants no answer as nobody.
    ///
    /// # Errors
    /// Where it gets none. A credential that is no good is refused also where there is an audience for those who show none.
    pub async fn admit(
        &self,
        credentials: Credentials<'_>,
        asks_to_sign_in: bool,
        now: SystemTime,
    ) -> Result<Admitted, Denied> {
        if let Some(person) = credentials.signed_in {
            let audience = self.audiences.of_groups(&person.groups);
            let identity = Identity::Proxied(person.user.as_str().into());
            return self.fitting(audience, identity, None);
        }
        let Some(token) = credentials.bearer()? else {
            let anonymous = self.audiences.anonymous().filter(|_| !asks_to_sign_in);
            let audience = anonymous.ok_or(self.nothing_shown())?.clone();
            return Ok(Admitted {
                audience,
                identity: Identity::Anonymous,
                until: None,
            });
        };
        if token.starts_with(ACCESS_TOKEN) {
            let resource = (credentials.resource)();
            let sealing = self.sealing.as_deref();
            let opened =
                sealing.and_then(|keys| Token::open(token, keys, &self.keys, &resource, now));
            let (key, end) = opened.ok_or(Denied::Invalid("sign in again"))?;
            return self.fitting(
                self.audiences.of_key(key),
                Identity::Key(key.name.clone()),
                Some(end),
            );
        }
        if token.starts_with(OWN) {
            let key = self.keys.find(token, now)?;
            let audience = self.audiences.of_key(key);
            return self.fitting(audience, Identity::Key(key.name.clone()), key.expires);
        }
        let vouched = self.issuers.verify(token, now).await?;
        let audience = self.audiences.of_groups(&vouched.groups);
        let identity = Identity::Person {
            issuer: Arc::clone(&vouched.issuer),
            subject: Arc::clone(&vouched.subject),
        };
        let fitting = self.fitting(audience, identity, Some(vouched.expires));
        fitting.map_err(|denied| match vouched.groups_are_withheld {
            true => Denied::GroupsWithheld,
            false => denied,
        })
    }

    /// Whether a request shows an access key that is in use.
    pub fn knows_key(&self, credentials: Credentials<'_>, now: SystemTime) -> bool {
        let shown = credentials.bearer().ok().flatten();
        shown.is_some_and(|token| self.keys.find(token, now).is_ok())
    }

    /// Whether whoever an earlier gate of the same configuration has let in may stay, as far as that can be told without another
    /// look at what he has shown: it is good still, and where it is a key, it is the same one.
    pub fn keeps(&self, admitted: &Admitted, earlier: &Self, now: SystemTime) -> bool {
        let is_over = admitted.until.is_some_and(|until| until <= now);
        let is_known = match &admitted.identity {
            Identity::Key(name) => {
                let key = self.keys.named(name.as_str(), now);
                key.is_some() && key == earlier.keys.named(name.as_str(), now)
            }
            Identity::Anonymous | Identity::Person { .. } | Identity::Proxied(_) => true,
        };
        is_known && !is_over
    }

    fn nothing_shown(&self) -> Denied {
        Denied::Missing {
            signs_in: self.sealing.is_some() || !self.issuers.is_empty(),
        }
    }

    /// Whoever is known and belongs to none of the audiences may read what everybody may.
    fn fitting(
        &self,
        audience: Option<&AudienceName>,
        identity: Identity,
        until: Option<SystemTime>,
    ) -> Result<Admitted, Denied> {
        let audience = audience.or_else(|| self.audiences.anonymous());
        Ok(Admitted {
            audience: audience.ok_or(Denied::Insufficient)?.clone(),
            identity,
            until,
        })
    }
}
