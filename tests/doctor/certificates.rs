//! Certificates that clients refuse, each with its own reason.

use std::sync::Arc;

use crate::{
    authority::{Authority, Identity, Wanted},
    front::{Front, answer},
    run::{Docent, Outside, Report},
};

/// Examines a docent that presents this, and trusts that authority.
fn presenting(identity: Identity, trusted: Option<&Authority>) -> Report {
    let docent = Docent::start();
    let front = Front::start(Some(identity), docent.proxy().handler());
    let outside = Outside::usual().at(443, front.address);
    match trusted {
        Some(authority) => outside.trusting(authority).run(),
        None => outside.run(),
    }
}

#[test]
fn nothing_is_wrong_where_all_is_well() {
    let authority = Authority::new("The test's own");
    let report = presenting(authority.certify(&Wanted::default()), Some(&authority));
    report.says(&[]);
    assert!(
        report.text.contains("the chain is whole"),
        "{}",
        report.text
    );
}

#[test]
fn dates() {
    let authority = Authority::new("The test's own");
    for (from, to, cause) in [
        (-90, -1, "certificate-expired"),
        (1, 90, "certificate-not-yet-valid"),
        (-90, 1, "certificate-ends-soon"),
    ] {
        let wanted = Wanted {
            from,
            to,
            ..Wanted::default()
        };
        presenting(authority.certify(&wanted), Some(&authority)).says(&[cause]);
    }
}

#[test]
fn another_name() {
    let authority = Authority::new("The test's own");
    let wanted = Wanted {
        names: &["www.example.com", "example.com"],
        ..Wanted::default()
    };
    let report = presenting(authority.certify(&wanted), Some(&authority));
    report.says(&["certificate-wrong-name"]);
    let (_, message, _) = report.of("certificate-wrong-name");
    assert!(
        message.contains("www.example.com and example.com"),
        "{message}"
    );
}

#[test]
fn several_faults_are_told_beside_each_other() {
    let authority = Authority::new("The test's own");
    let wanted = Wanted {
        names: &["www.example.com"],
        from: -90,
        to: -1,
        with_intermediate: false,
        ..Wanted::default()
    };
    let report = presenting(authority.certify(&wanted), Some(&authority));
    report.says(&[
        "certificate-expired",
        "certificate-wrong-name",
        "intermediate-missing",
    ]);
}

/// The authority is known, and what links the certificate with it is not sent.
#[test]
fn a_chain_that_is_cut_short() {
    let authority = Authority::new("The test's own");
    let wanted = Wanted {
        with_intermediate: false,
        ..Wanted::default()
    };
    let report = presenting(authority.certify(&wanted), Some(&authority));
    report.says(&["intermediate-missing"]);
    let (_, message, help) = report.of("intermediate-missing");
    assert!(
        message.contains("The test's own, intermediate"),
        "{message}"
    );
    assert!(help.contains("fullchain.pem"), "{help}");
}

/// The certificate says where its issuer can be had, which tells a chain that is cut short from one of an
/// authority that nobody knows.
#[test]
fn an_issuer_that_can_be_fetched() {
    let (known, unknown) = (Authority::new("Known"), Authority::new("Unknown"));
    for (authority, cause) in [
        (&known, "intermediate-missing"),
        (&unknown, "authority-unknown"),
    ] {
        let der = authority.intermediate();
        let shelf = Front::start(
            None,
            Arc::new(move |_| {
                let der = der.clone();
                Box::pin(async move { answer(200, "application/pkix-cert", der) })
            }),
        );
        let url = format!("http://ca.example.com:{}/i.der", shelf.address.port());
        let wanted = Wanted {
            with_intermediate: false,
            issuer_at: Some(&url),
            ..Wanted::default()
        };
        let docent = Docent::start();
        let front = Front::start(Some(authority.certify(&wanted)), docent.proxy().handler());
        let report = Outside::usual()
            .trusting(&known)
            .at(443, front.address)
            .option("--resolve", "ca.example.com:127.0.0.1")
            .option("--resolve", "docs.example.com:192.0.2.7")
            .at(shelf.address.port(), shelf.address)
            .run();
        report.says(&[cause]);
    }
}

#[test]
fn self_signed() {
    let authority = Authority::new("Another");
    let identity = || Identity::self_signed("docs.example.com");
    presenting(identity(), None).says(&["certificate-self-signed"]);
    presenting(identity(), Some(&authority)).says(&["certificate-self-signed"]);
}

#[test]
fn an_authority_that_nobody_knows() {
    let authority = Authority::new("The company's own");
    let report = presenting(authority.certify(&Wanted::default()), None);
    report.says(&["authority-unknown"]);
    let (_, message, _) = report.of("authority-unknown");
    assert!(message.contains("The company's own"), "{message}");
}
