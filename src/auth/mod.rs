//! Who asks, and what they may read: the credentials of a request -> an audience.
//!
//! Knows nothing of HTTP servers, and opens no connection: what an issuer vouches with is found in the state directory. A
//! request is judged in one place, [`Gate::admit`].
mod access_key;
mod audience;
mod credentials;
mod denied;
mod gate;
mod identity;
mod issuer;
mod key_ring;
mod keys_file;
mod seal;
pub mod sign_in;

pub use access_key::{AccessKey, KeyHash, NoAccessKey, NoKeyHash, masked};
pub use audience::Audiences;
pub use credentials::{Credentials, SignedIn};
pub use denied::Denied;
pub use gate::{Admitted, Gate, Identity};
pub use identity::{Introducers, Introduction, Peer};
pub use issuer::{Issuers, KeySet, KeySetError, PUBLIC_MEMBERS, Vouched, Wanted, Watch};
pub use key_ring::{Key, KeyRing};
pub use keys_file::{
    EditError, KEY_NAME, KeptKey, KeysFile, KeysLock, LockError, MAX_KEYS, rfc3339,
};
pub use seal::{NotSealed, SealingKeyError, SealingKeys};
