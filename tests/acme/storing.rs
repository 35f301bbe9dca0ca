//! A process that is killed while it stores a certificate leaves the old pair or the new one.

use std::fs;

use docent::{
    config::Identifier,
    state::{CertifiedPair, PairError, StateDir},
};
use rcgen::{CertificateParams, KeyPair};

use crate::{
    kills::{self, Calls, End, Victim},
    pebble::dns,
};

struct Pair {
    chain: String,
    key: String,
}

impl Pair {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["docs.example.com".to_owned()]).unwrap();
        Self {
            chain: params.self_signed(&key).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    /// Its serial number.
    fn store(&self, state: &StateDir) -> String {
        let certificates = state.certificates();
        let stored = certificates.replace(&name(), &self.chain, &self.key);
        stored.unwrap().leaf.serial
    }
}

fn name() -> Identifier {
    dns("docs.example.com")
}

fn load(state: &StateDir) -> Result<String, PairError> {
    let pair = state.certificates().load(&name())?;
    Ok(pair.leaf.serial)
}

/// Also the process that is killed.
#[test]
fn a_pair_is_stored() {
    let Some(given) = kills::given() else {
        // Not before: the process that is killed leaves behind what it makes.
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path());
        let serial = Pair::new().store(&state);
        assert_eq!(load(&state).unwrap(), serial);
        return;
    };
    let pair = Pair {
        chain: fs::read_to_string(given.join("chain.pem")).unwrap(),
        key: fs::read_to_string(given.join("key.pem")).unwrap(),
    };
    kills::begin();
    pair.store(&StateDir::new(given.join("state")));
}

/// Kills after each number of system calls there is, and looks at what is left.
#[expect(clippy::print_stdout, reason = "a figure to look at")]
fn kill_everywhere(old: Option<&Pair>) {
    let (new, next) = (Pair::new(), Pair::new());
    let (mut olds, mut news) = (0, 0);
    for calls in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().join("state"));
        let old = old.map(|pair| pair.store(&state));
        fs::write(folder.path().join("chain.pem"), &new.chain).unwrap();
        fs::write(folder.path().join("key.pem"), &new.key).unwrap();
        let victim = Victim {
            test: "storing::a_pair_is_stored",
            folder: folder.path(),
        };
        let end = victim.kill_after(Calls::All, calls);

        match load(&state) {
            Ok(serial) if Some(&serial) == old.as_ref() => olds += 1,
            Ok(_) => news += 1,
            Err(PairError::Missing) if old.is_none() => olds += 1,
            Err(error) => panic!("after {calls} calls: {error}"),
        }
        // What other programs find is the same.
        let certificates = state.certificates();
        let (cert, key) = (
            certificates.cert_path(&name()),
            certificates.key_path(&name()),
        );
        match CertifiedPair::read(&cert, &key) {
            Ok(pair) => assert_eq!(pair.leaf.serial, load(&state).unwrap()),
            Err(error) => assert!(load(&state).is_err(), "after {calls} calls: {error}"),
        }
        // And the next run has nothing to do with it.
        let serial = next.store(&state);
        assert_eq!(load(&state).unwrap(), serial);
        let left = fs::read_dir(certificates.folder().join("docs.example.com")).unwrap();
        assert!(left.count() <= 3, "after {calls} calls");
        assert_eq!(fs::read_dir(certificates.folder()).unwrap().count(), 3);
        if let End::Finished { passed } = end {
            assert!(passed, "without a kill");
            println!(
                "{calls} system calls: {olds} times the old state was left, {news} times the new one"
            );
            assert!(olds > 10 && news > 3, "the kills miss what they are to hit");
            return;
        }
    }
}

#[test]
fn a_first_pair_survives_a_kill_after_each_system_call() {
    kill_everywhere(None);
}

#[test]
fn a_pair_that_is_replaced_survives_a_kill_after_each_system_call() {
    kill_everywhere(Some(&Pair::new()));
}
