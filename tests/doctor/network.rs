//! Names that lead nowhere, and ports where nobody, or somebody else, answers.

use crate::{
    authority::{Authority, Wanted},
    front::{Closed, Front, saying},
    run::{Docent, Outside, Secured},
};

#[test]
fn addresses_that_assistants_cannot_use() {
    let authority = Authority::new("The test's own");
    let docent = Docent::start();
    let identity = authority.certify(&Wanted::default());
    let front = Front::start(Some(identity), docent.proxy().handler());
    for (ip, cause) in [
        ("[2001:db8::7]", "no-ipv4"),
        ("10.1.2.3", "private-address"),
        ("127.0.0.1", "loopback-address"),
    ] {
        let outside = Outside::usual().trusting(&authority).at(443, front.address);
        outside.resolving(ip).run().says(&[cause]);
    }
}

#[test]
fn a_name_without_an_address() {
    // RFC 6761: there is none of this name.
    let report = Outside::of("https://docs.invalid/mcp").run();
    report.says(&["no-address"]);
}

#[test]
fn nobody_listens() {
    let report = Outside::usual().run();
    report.says(&["port-closed"]);
    assert_eq!(report.of("port-closed").0, "error");
}

#[test]
fn another_port() {
    let authority = Authority::new("The test's own");
    let docent = Docent::start();
    let identity = authority.certify(&Wanted::default());
    let front = Front::start(Some(identity), docent.proxy().handler());
    let outside = Outside::of("https://docs.example.com:8443/mcp");
    let report = outside.trusting(&authority).at(8443, front.address).run();
    // The address without a port is that of its configuration.
    report.says(&["other-port", "host-rewritten"]);
}

/// The name has a second address, at which nobody, or another server, answers.
#[test]
fn a_second_address() {
    let authority = Authority::new("The test's own");
    let docent = Docent::start();
    let front = |names: &[&str]| {
        let wanted = Wanted {
            names,
            ..Wanted::default()
        };
        Front::start(Some(authority.certify(&wanted)), docent.proxy().handler())
    };
    let (first, same, other) = (
        front(&["docs.example.com"]),
        front(&["docs.example.com"]),
        front(&["old.example.com"]),
    );
    let closed = Closed::port();
    for (second, causes) in [
        (same.address, &[][..]),
        (closed.0, &["address-unreachable"][..]),
        (other.address, &["certificate-wrong-name"][..]),
    ] {
        let report = Outside::usual()
            .trusting(&authority)
            .resolving("192.0.2.7")
            .resolving("[2001:db8::7]")
            .option("--connect-to", &format!("[2001:db8::7]:443:{second}"))
            .at(443, first.address)
            .run();
        report.says(causes);
        for cause in causes {
            assert!(
                report.of(cause).1.contains("2001:db8::7"),
                "{}",
                report.text
            );
        }
    }
}

/// Plain HTTP, wherever it is.
#[test]
fn there_is_no_https() {
    let docent = Docent::start();
    let plain = Front::start(None, docent.proxy().handler());
    let report = Outside::usual().at(443, plain.address).run();
    report.says(&["http-only"]);
    let report = Outside::usual().at(80, plain.address).run();
    report.says(&["port-closed", "http-only"]);
    let report = Outside::of("http://docs.example.com/mcp")
        .at(80, plain.address)
        .run();
    assert!(
        report.causes().starts_with(&["http-only"]),
        "{}",
        report.text
    );
    // docent itself, without anything in front.
    let report = Outside::usual().at(443, docent.server.address).run();
    report.says(&["http-only"]);
}

/// Port 80 beside HTTPS is to lead there.
#[test]
fn port_80_leads_to_https() {
    let authority = Authority::new("The test's own");
    let docent = Docent::start();
    let front = |handler| Front::start(Some(authority.certify(&Wanted::default())), handler);
    let front = front(docent.proxy().handler());
    let open = Front::start(None, saying(200, "text/html", "<h1>Welcome</h1>"));
    let outside = || Outside::usual().trusting(&authority).at(443, front.address);
    outside().at(80, open.address).run().says(&["http-only"]);
}

/// docent has no certificate for the name, and presents no other.
#[test]
fn no_certificate_yet() {
    for name in ["docs.example.com", "other.example.com"] {
        let docent = Secured::start(&[name], None);
        let report = Outside::usual()
            .at(443, docent.https)
            .at(80, docent.http)
            .run();
        report.says(&["no-certificate"]);
    }
}

/// docent alone, as an installation has it.
#[test]
fn docent_without_anything_in_front_is_well() {
    let authority = Authority::new("The test's own");
    let identity = authority.certify(&Wanted::default());
    let docent = Secured::start(&["docs.example.com"], Some(&identity));
    let outside = Outside::usual().trusting(&authority);
    let report = outside.at(443, docent.https).at(80, docent.http).run();
    report.says(&[]);
    assert!(
        report.text.contains("port 80 leads to HTTPS"),
        "{}",
        report.text
    );
}
