//! The refusal of a handshake before any certificate is chosen.

/// Why a handshake goes no further, in the words of RFC 8446, section 6.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Alert {
    /// There is no certificate yet: no fault of the client, and it may come back.
    InternalError = 80,
    /// The client asked for a name that is not docent's.
    UnrecognizedName = 112,
}

impl Alert {
    /// The alert as it goes over the wire: a fatal one, in a record of its own that is not encrypted
    /// yet (RFC 8446, sections 5.1 and 6).
    pub(super) fn record(self) -> [u8; 7] {
        const ALERT: u8 = 21;
        const FATAL: u8 = 2;
        [ALERT, 3, 3, 0, 2, FATAL, self as u8]
    }
}
