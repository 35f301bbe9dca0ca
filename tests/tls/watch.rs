//! Certificates that change on disk.

use std::{
    fs,
    os::unix::fs::symlink,
    time::{Duration, Instant},
};

use docent::{config::Limits, tls::Source};

use crate::{
    authority::Pair,
    public::{NAMES, Public, serial_of},
};

/// Own files, found through links into a folder that does not exist yet.
fn with_own_files() -> Public {
    Public::watching(&NAMES, Limits::default(), |state, _| Source::Files {
        cert: state.root().join("own/cert.pem"),
        key: state.root().join("own/key.pem"),
    })
}

fn write(public: &Public, pair: &Pair) {
    let folder = public.state.root().join("own");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("cert.pem"), &pair.chain).unwrap();
    fs::write(folder.join("key.pem"), &pair.key).unwrap();
}

/// Whether this certificate is served for as long as it takes to notice another one.
fn stays(public: &Public, serial: u64) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1200) {
        assert_eq!(serial_of(&public.tls("localhost", &[]).unwrap()), serial);
        std::thread::yield_now();
    }
}

#[test]
fn own_files_are_read_again_when_they_change() {
    let public = with_own_files();
    assert!(public.tls("localhost", &[]).is_err());
    for serial in 1..=3 {
        write(&public, &public.authority.certify(&NAMES, serial));
        public.await_serial(serial);
    }
    // As container platforms do it: a link to a folder is replaced.
    let root = public.state.root();
    fs::rename(root.join("own"), root.join("old")).unwrap();
    fs::create_dir(root.join("new")).unwrap();
    let pair = public.authority.certify(&NAMES, 4);
    fs::write(root.join("new/cert.pem"), &pair.chain).unwrap();
    fs::write(root.join("new/key.pem"), &pair.key).unwrap();
    symlink("new", root.join("own")).unwrap();
    public.await_serial(4);
}

#[test]
fn a_bad_pair_leaves_the_old_one_in_place() {
    let public = with_own_files();
    write(&public, &public.authority.certify(&NAMES, 1));
    public.await_serial(1);
    let good = public.authority.certify(&NAMES, 2);
    let other = public.authority.certify(&NAMES, 3);
    for (chain, key) in [
        (other.chain.as_str(), good.key.as_str()),
        ("", &good.key),
        (
            &good.chain,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ),
    ] {
        write(
            &public,
            &Pair {
                chain: chain.to_owned(),
                key: key.to_owned(),
            },
        );
        stays(&public, 1);
    }
    fs::remove_dir_all(public.state.root().join("own")).unwrap();
    stays(&public, 1);
    write(&public, &good);
    public.await_serial(2);
}

#[test]
fn an_expired_certificate_is_better_than_none() {
    let public = Public::without_certificate(&NAMES, Limits::default());
    let pair = public.authority.certify_the_past(&NAMES, 7);
    let certificates = public.state.certificates();
    certificates
        .replace(&public.names[0], &pair.chain, &pair.key)
        .unwrap();
    let begun = Instant::now();
    loop {
        let said = public.openssl(&["-servername", NAMES[0]], "Q\n");
        if said.contains("certificate has expired") {
            break;
        }
        assert!(begun.elapsed() < crate::server::PATIENCE, "{said}");
    }
}
