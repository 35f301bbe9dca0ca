//! The examination of one address from outside: what is asked, in which order, and where it ends.

use std::{
    net::IpAddr,
    time::{Instant, SystemTime},
};

use rustls::pki_types::CertificateDer;

use super::{
    access::{self, Access},
    address::Address,
    agents, certificate, chatgpt, clock, contents,
    dialer::Dialer,
    endpoint,
    exchange::{Ask, Client, Fault},
    finding::{Cause, Finding, Subject, Verdict},
    headers, names, origin, port, redirects, sse, versions,
};
use names::Reach;

/// Of a certificate's names, so many are looked at beside the first.
const MAX_NAMES: usize = 20;
/// A server that takes its full time for each answer is left alone after so many.
const MAX_SLOW: u32 = 6;

/// What is known of the machine that the examination runs on, where it is the one that serves.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The other names that it serves: they need addresses and the certificate too.
    pub names: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Examined {
    /// In the order in which it was looked at.
    pub findings: Vec<Finding>,
}

/// Asks an address all that assistants would, and says what is wrong. `machine`: this one, where it is
/// to be what the address leads to. `access`: what is known of a server that is not everybody's.
pub async fn examine(
    dialer: &Dialer,
    address: &Address,
    machine: Option<&Machine>,
    access: &Access,
) -> Examined {
    let mut findings = Vec::new();
    let found = dialer.addresses(address.host()).await;
    let is_name = address.ip().is_none();
    if address.is_loopback() {
        let message = format!(
            "{} is this machine: assistants on it can connect, those of Claude and ChatGPT on the web cannot",
            address.host()
        );
        findings.push(Finding::ok(Subject::Names, message));
    } else {
        findings.push(names::check(
            address.host(),
            &found,
            machine.is_some() && !dialer.is_told(address.host()),
        ));
    }
    for other in machine
        .iter()
        .flat_map(|machine| machine.names.iter().take(MAX_NAMES))
    {
        findings.extend(other_name(dialer, &address.at(other)).await);
    }
    let addresses = found.unwrap_or_default();
    if addresses.is_empty() {
        return Examined { findings };
    }
    let answered = ask(dialer, address, &addresses, access, &mut findings).await;
    if let Some(machine) = machine.filter(|_| is_name)
        && let Some(finding) =
            names::elsewhere(address.host(), &addresses, &machine.addresses, answered)
    {
        findings.push(finding);
    }
    findings.sort_by_key(|finding| finding.subject);
    Examined { findings }
}

/// A name beside the one that is examined: where it leads and what it is certified by.
async fn other_name(dialer: &Dialer, address: &Address) -> Vec<Finding> {
    let found = dialer.addresses(address.host()).await;
    let mut findings = vec![names::check(
        address.host(),
        &found,
        !dialer.is_told(address.host()),
    )];
    let Some(&ip) = found.unwrap_or_default().first() else {
        return findings;
    };
    let client = Client::new(dialer, address.clone(), ip);
    if address.is_https()
        && let Ok(chain) = client.certificates().await
    {
        findings.extend(certificate::check(&client, &chain, SystemTime::now()).await);
    }
    findings
}

/// What needs a connection. Returns whether docent answered.
async fn ask(
    dialer: &Dialer,
    address: &Address,
    addresses: &[IpAddr],
    access: &Access,
    findings: &mut Vec<Finding>,
) -> bool {
    let reach = Reach::of_all(addresses);
    let mut tried = Vec::new();
    for &ip in addresses {
        tried.push((ip, dialer.connect(address, ip).await.map(drop)));
    }
    findings.extend(port::check(address, &tried, reach));
    let Some((ip, _)) = tried.iter().find(|(_, tried)| tried.is_ok()) else {
        if address.is_https()
            && let Some(finding) =
                plain_instead(dialer, &address.by(false, 80), addresses[0], "port 80").await
        {
            findings.push(finding);
        }
        return false;
    };
    let mut client = Client::new(dialer, address.clone(), *ip);
    // Whoever is at the other end may not be whom the token is for.
    let mut is_trusted = address.is_loopback();
    if address.is_https() {
        match client.certificates().await {
            Ok(chain) => {
                let told = certificate::check(&client, &chain, SystemTime::now()).await;
                is_trusted = told.iter().all(|it| it.verdict != Verdict::Error);
                findings.extend(told);
                findings.extend(at_other_addresses(&client, &tried, &chain).await);
            }
            Err(fault) => {
                findings.push(insecure(&client, &fault).await);
                return false;
            }
        }
        if address.port() == 443 {
            findings.extend(redirects::port_80(&client).await);
        }
    } else if reach == Reach::Public {
        findings.push(port::http_only(address, &address.origin()));
    }
    match &access.token {
        Some(_) if !is_trusted => findings.push(access::kept()),
        token => client.token.clone_from(token),
    }
    let found = endpoint::check(&client).await;
    findings.extend(found.findings);
    // Where the challenge is lost on the way, what it leads to is still there.
    if found.asks_to_sign_in || access::is_there(&client).await {
        findings.extend(access::check(&client, access).await);
    }
    if let Some(date) = clock::date(found.date.as_deref()) {
        findings.push(clock::check("the server", date, SystemTime::now()));
    }
    let Some(client) = found.client else {
        return found.is_docent;
    };
    let began = Instant::now();
    let is_late = || began.elapsed() > dialer.patience() * MAX_SLOW;
    findings.push(versions::check(&client).await);
    findings.push(sse::check(&client).await);
    findings.extend(headers::check(&client).await);
    if is_late() {
        findings.push(unfinished());
        return found.is_docent;
    }
    // Pages of assistants reach no network of somebody's own, and need not be let in there.
    if reach == Reach::Public {
        findings.extend(origin::check(&client).await);
    }
    if is_late() {
        findings.push(unfinished());
        return found.is_docent;
    }
    findings.push(agents::check(&client).await);
    if is_late() {
        findings.push(unfinished());
        return found.is_docent;
    }
    let (told, sample) = contents::check(&client).await;
    findings.extend(told);
    findings.push(chatgpt::check(&client, sample.as_ref()).await);
    found.is_docent
}

fn unfinished() -> Finding {
    Finding::warning(
        Subject::Endpoint,
        Cause::NoAnswer,
        "answers take so long that not everything was asked",
        "see what the server is busy with, and look again; `--timeout` waits longer",
    )
}

/// Another address of the same name may be that of another server, with another certificate.
async fn at_other_addresses(
    client: &Client<'_>,
    tried: &port::Tried,
    first: &[CertificateDer<'static>],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (ip, _) in tried
        .iter()
        .filter(|(ip, tried)| tried.is_ok() && *ip != client.ip)
    {
        let other = Client::new(client.dialer, client.address.clone(), *ip);
        match other.certificates().await {
            Ok(chain) if chain == first => {}
            Ok(chain) => {
                let told = certificate::check(&other, &chain, SystemTime::now()).await;
                let faults = told.into_iter().filter(|it| it.verdict != Verdict::Ok);
                findings.extend(faults.map(|it| it.at(*ip)));
            }
            Err(fault) => findings.push(insecure(&other, &fault).await.at(*ip)),
        }
    }
    findings
}

/// Why there is no TLS.
async fn insecure(client: &Client<'_>, fault: &Fault) -> Finding {
    let address = &client.address;
    if let Fault::Alert(alert) = fault {
        return Finding::error(
            Subject::Certificate,
            Cause::NoCertificate,
            format!(
                "{} ends the handshake ({alert:?}): it has no certificate for {}",
                address.authority(),
                address.host()
            ),
            "see `docent status` on the server: the first certificate is not there yet, or the name is not in `domain`; a proxy in front needs a certificate for the name",
        );
    }
    if fault.may_be_plain() {
        let port = format!("port {}", address.port());
        let plain = address.by(false, address.port());
        if let Some(finding) = plain_instead(client.dialer, &plain, client.ip, &port).await {
            return finding;
        }
    }
    Finding::error(
        Subject::Certificate,
        Cause::TlsRefused,
        format!("there is no TLS with {}: {fault}", address.authority()),
        "see what listens there, and that it speaks TLS 1.2 or 1.3",
    )
}

/// Whether plain HTTP is answered where HTTPS is not.
async fn plain_instead(
    dialer: &Dialer,
    plain: &Address,
    ip: IpAddr,
    where_: &str,
) -> Option<Finding> {
    let client = Client::new(dialer, plain.clone(), ip);
    let answer = client.send(Ask::get("/")).await.ok()?;
    let leads_on = redirects::target(&answer).is_some_and(|to| to.starts_with("https://"));
    (!leads_on).then(|| port::http_only(plain, where_))
}

impl Examined {
    /// The worst of it.
    pub fn verdict(&self) -> Verdict {
        let worst = self.findings.iter().map(|finding| finding.verdict).max();
        worst.unwrap_or(Verdict::Ok)
    }
}
