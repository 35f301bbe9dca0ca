//! What can be wrong with a token.

use crate::auth::denied::Denied;

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    NoJwt,
    Encrypted,
    TooLong,
    Header,
    Claims,
    Critical,
    Algorithm,
    Issuer,
    Type,
    NoKey,
    UnknownKey,
    NoKeysYet,
    Signature,
    Audience,
    NoExpiry,
    Expired,
    Early,
    NoAccessToken,
    Bound,
    Subject,
}

impl Fault {
    /// For whoever sent it, so nothing of what it holds; in the signs that a header may have (RFC 6750, section 3).
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NoJwt => "the token is no access key and no JWT",
            Self::Encrypted => "the token is encrypted: only signed ones can be read",
            Self::TooLong => "the token is too long",
            Self::Header => "the token's header cannot be read",
            Self::Claims => "the token's claims cannot be read",
            Self::Critical => "the token asks for extensions that are not known here (crit)",
            Self::Algorithm => "the token is not signed by an algorithm that is accepted here",
            Self::Issuer => "the token comes from another issuer than those that are trusted here",
            Self::Type => {
                "the token's type (typ) is not one that is accepted here: an access token is expected"
            }
            Self::NoKey => "the token does not say by which key it is signed (kid)",
            Self::UnknownKey => "the token is signed by a key that is not known",
            Self::NoKeysYet => "the keys of the token's issuer are not known yet",
            Self::Signature => "the token's signature is wrong",
            Self::Audience => "the token is not meant for this server (aud)",
            Self::NoExpiry => "the token does not say when it expires (exp)",
            Self::Expired => "the token has expired",
            Self::Early => "the token is not valid yet",
            Self::NoAccessToken => {
                "the token is no access token: an ID token, or another kind, opens nothing"
            }
            Self::Bound => {
                "the token is bound to its holder's key (cnf), which cannot be checked here"
            }
            Self::Subject => "the token does not say whom it is about (sub)",
        }
    }

    /// Whether new keys of the issuer may make it right.
    pub(super) fn may_pass(self) -> bool {
        matches!(self, Self::UnknownKey | Self::NoKeysYet)
    }

    /// Whether the operator may have to change something, here or at the provider. Asked only of tokens whose signature is
    /// right: anybody can make up the rest.
    pub(super) fn concerns_operator(self) -> bool {
        matches!(
            self,
            Self::Type
                | Self::Audience
                | Self::NoAccessToken
                | Self::Early
                | Self::Bound
                | Self::Subject
        )
    }
}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        Self::Invalid(fault.words())
    }
}
