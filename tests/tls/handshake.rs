//! Which handshakes succeed, and how the others end.

use docent::config::Limits;

use crate::public::{NAMES, Public};

#[test]
fn tls_1_2_and_1_3_and_nothing_older() {
    let public = Public::start();
    for version in ["-tls1_2", "-tls1_3"] {
        let said = public.openssl(&[version, "-servername", NAMES[0]], "Q\n");
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    }
    for version in ["-tls1_1", "-tls1"] {
        // This level lets openssl offer what it would not by itself.
        let weak = [
            version,
            "-servername",
            NAMES[0],
            "-cipher",
            "ALL:@SECLEVEL=0",
        ];
        let said = public.openssl(&weak, "Q\n");
        assert!(said.contains("no peer certificate available"), "{said}");
        assert!(said.contains("Cipher is (NONE)"), "{said}");
    }
}

#[test]
fn without_a_certificate_the_handshake_is_refused() {
    let public = Public::without_certificate(&NAMES, Limits::default());
    for version in ["-tls1_2", "-tls1_3"] {
        let said = public.openssl(&[version, "-servername", NAMES[0]], "Q\n");
        assert!(said.contains("alert internal error"), "{said}");
        assert!(said.contains("no peer certificate available"), "{said}");
    }
    assert_eq!(
        public
            .send_plain(public.plain, "GET", "/healthz", &[])
            .status,
        200
    );
    public.renew(1);
    public.await_serial(1);
    assert_eq!(public.get("/healthz").status, 200);
}

#[test]
fn foreign_names_are_refused() {
    let public = Public::start();
    for name in ["evil.example", "example.com", "x.docs.example.com"] {
        let said = public.openssl(&["-servername", name], "Q\n");
        assert!(said.contains("unrecognized name"), "{name}: {said}");
        assert!(said.contains("no peer certificate available"), "{said}");
    }
    let said = public.openssl(&["-servername", "DOCS.example.COM"], "Q\n");
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
}

/// As after a reload that adds one.
#[test]
fn a_name_that_the_certificate_is_not_for_waits_for_its_own() {
    let public = Public::with(&["docs.example.com"], Limits::default());
    let names = ["docs.example.com", "new.example.com", "127.0.0.1"];
    public.rename(&names);
    for arguments in [&["-servername", "new.example.com"][..], &["-noservername"]] {
        let said = public.openssl(arguments, "Q\n");
        assert!(said.contains("alert internal error"), "{said}");
        assert!(said.contains("no peer certificate available"), "{said}");
    }
    let old = public.openssl(&["-servername", names[0]], "Q\n");
    assert!(old.contains("Verify return code: 0 (ok)"), "{old}");
    public.certify(&names, 2);
    public.await_serial(2);
    for arguments in [&["-servername", "NEW.example.com"][..], &["-noservername"]] {
        let said = public.openssl(arguments, "Q\n");
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    }
}

#[test]
fn who_connects_to_an_address_says_no_name() {
    let with_address = Public::start();
    let said = with_address.openssl(&["-noservername", "-verify_ip", "127.0.0.1"], "Q\n");
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    let without = Public::with(&["docs.example.com", "localhost"], Limits::default());
    let said = without.openssl(&["-noservername"], "Q\n");
    assert!(said.contains("unrecognized name"), "{said}");
}

#[test]
fn sessions_are_resumed_until_there_is_a_new_certificate() {
    let public = Public::start();
    let session = public.folder().join("session");
    let session = session.to_str().unwrap();
    for version in ["-tls1_2", "-tls1_3"] {
        let get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let arguments = |mode| [version, "-servername", NAMES[1], "-ign_eof", mode, session];
        let first = public.openssl(&arguments("-sess_out"), get);
        assert!(first.contains("\nNew, TLSv1"), "{first}");
        let again = public.openssl(&arguments("-sess_in"), get);
        assert!(again.contains("\nReused, TLSv1"), "{again}");
        let serial = if version == "-tls1_2" { 2 } else { 3 };
        public.renew(serial);
        public.await_serial(serial);
        let anew = public.openssl(&arguments("-sess_in"), get);
        assert!(anew.contains("\nNew, TLSv1"), "{anew}");
    }
}

#[test]
fn what_is_no_tls_ends_the_connection() {
    use std::io::{Read as _, Write as _};
    let public = Public::start();
    for start in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\x16\x03\x01\xff\xff",
        &[0x16; 40_000],
    ] {
        let mut stream = crate::public::connect(public.https);
        let _ = stream.write_all(start);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP"), "{start:?}");
    }
    assert_eq!(public.get("/healthz").status, 200);
}
