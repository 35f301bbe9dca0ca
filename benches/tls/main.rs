//! Measures docent's TLS beside nginx and Caddy: the same machine, key type, answer and driver, in one run.
//!
//! `benches/run.sh` is the way to start it. Servers take turns, round after round, and every figure is the
//! median of its rounds.

use std::{error::Error, fmt::Write as _, fs, path::Path, time::Duration};

mod docent;
mod drive;
mod servers;

use servers::{Given, Server};

const BEGIN: &str = "<!-- TLS figures: benches/run.sh writes what follows -->";
const END: &str = "<!-- end of the TLS figures -->";

/// How much is measured.
struct Plan {
    rounds: usize,
    /// One run of one server.
    run: Duration,
}

const FULL: Plan = Plan {
    rounds: 7,
    run: Duration::from_secs(3),
};
const QUICK: Plan = Plan {
    rounds: 1,
    run: Duration::from_secs(1),
};

/// One server's figures, a value each round.
struct Measured {
    server: Server,
    /// A second.
    handshakes: Vec<f64>,
    /// MB a second.
    bytes: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", port, cert, key] => docent::serve(port.parse()?, Path::new(cert), Path::new(key)),
        ["--bench"] => write(&measure(&FULL)?),
        ["--quick", "--bench"] => measure(&QUICK).map(drop),
        // `cargo test --all-targets` comes here too: there is nothing to test.
        _ => Ok(()),
    }
}

fn measure(plan: &Plan) -> Result<String, Box<dyn Error>> {
    servers::keep_off_their_core()?;
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path();
    let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let given = Given {
        folder: folder.to_owned(),
        cert: folder.join("cert.pem"),
        key: folder.join("key.pem"),
        site: folder.join("site"),
    };
    fs::write(&given.cert, pair.cert.pem())?;
    fs::write(&given.key, pair.signing_key.serialize_pem())?;
    fs::create_dir(&given.site)?;

    let docent = Server::docent(&given)?;
    // The others serve the same bytes from a file.
    let page = drive::fetch(docent.port, "/")?;
    fs::write(given.site.join("index.html"), &page)?;
    let servers = [docent, Server::nginx(&given)?, Server::caddy(&given)?];
    let mut measured = servers.map(|server| Measured {
        server,
        handshakes: Vec::new(),
        bytes: Vec::new(),
    });
    for _ in 0..plan.rounds {
        for each in &mut measured {
            let port = each.server.port;
            let handshakes = drive::handshakes(port, plan.run)?;
            let answers = drive::answers(port, "/", plan.run)?;
            let bytes = answers * page.len() as f64 / 1e6;
            say(&format!(
                "{}: {handshakes:.0} handshakes/s, {answers:.0} answers/s, {bytes:.1} MB/s",
                each.server.name
            ));
            each.handshakes.push(handshakes);
            each.bytes.push(bytes);
        }
    }
    table(&measured, page.len(), plan)
}

fn table(measured: &[Measured], page: usize, plan: &Plan) -> Result<String, Box<dyn Error>> {
    let rows: Vec<_> = measured
        .iter()
        .map(|each| {
            (
                each.server.name,
                median(&each.handshakes),
                median(&each.bytes),
            )
        })
        .collect();
    let [(_, handshakes, bytes), others @ ..] = &rows[..] else {
        return Err("docent was measured".into());
    };
    let best = |figure: fn(&(&str, f64, f64)) -> f64| others.iter().map(figure).fold(0.0, f64::max);
    let mut text = String::new();
    writeln!(
        text,
        "## TLS\n\n\
         TLS 1.3 (X25519, AES-128-GCM) with a P-256 certificate, {} connections, each server on one core and the driver on another. A handshake is a\n\
         full one, without resumption, with a connection and a short answer of its own. Bytes are those of the page `/`, {page} bytes,\n\
         over connections that stay open: docent makes it for each request, the others read it from a file. Median of {} runs.\n\n\
         | server | handshakes a second | MB a second |\n|---|--:|--:|",
        drive::CONNECTIONS,
        plan.rounds
    )?;
    for (name, handshakes, bytes) in &rows {
        writeln!(text, "| {name} | {handshakes:.0} | {bytes:.1} |")?;
    }
    writeln!(
        text,
        "| docent to the better of the others (goal: 0.9) | {:.2} | {:.2} |",
        handshakes / best(|row| row.1),
        bytes / best(|row| row.2)
    )?;
    Ok(text)
}

/// The middle of the values, the upper one of two. There is at least one.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Puts the figures between their marks in the page, or at its end where there are none yet.
fn write(figures: &str) -> Result<(), Box<dyn Error>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    let text = fs::read_to_string(&page)?;
    let (before, after) = match (text.split_once(BEGIN), text.split_once(END)) {
        (Some((before, _)), Some((_, after))) => (before, after),
        _ => (text.as_str(), "\n"),
    };
    let before = before.trim_end();
    fs::write(
        page,
        format!("{before}\n\n{BEGIN}\n\n{figures}\n{END}{after}"),
    )?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "progress, for whoever waits")]
fn say(line: &str) {
    eprintln!("bench: {line}");
}
