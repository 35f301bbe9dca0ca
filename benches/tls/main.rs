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
    handshakes: Vec<Speed>,
    answers: Vec<Speed>,
}

/// What one run of one server gave.
#[derive(Debug, Clone, Copy)]
struct Speed {
    per_second: f64,
    /// Processor time of the server for each, in microseconds.
    cost: f64,
}

impl Speed {
    fn of(
        server: &Server,
        run: impl FnOnce() -> Result<(f64, Duration), Box<dyn Error>>,
    ) -> Result<Self, Box<dyn Error>> {
        let before = server.used()?;
        let (per_second, took) = run()?;
        let used = server.used()? - before;
        Ok(Self {
            per_second,
            cost: used.as_secs_f64() * 1e6 / (per_second * took.as_secs_f64()),
        })
    }
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
        answers: Vec::new(),
    });
    for _ in 0..plan.rounds {
        for each in &mut measured {
            let port = each.server.port;
            let handshakes = Speed::of(&each.server, || drive::handshakes(port, plan.run))?;
            let answers = Speed::of(&each.server, || drive::answers(port, "/", plan.run))?;
            say(&format!(
                "{}: handshakes {handshakes:.0?}, answers {answers:.0?}",
                each.server.name
            ));
            each.handshakes.push(handshakes);
            each.answers.push(answers);
        }
    }
    table(&measured, page.len(), plan)
}

/// The figures of a table's row.
struct Row {
    name: &'static str,
    handshakes: f64,
    cost_of_handshake: f64,
    megabytes: f64,
    cost_of_answer: f64,
}

fn table(measured: &[Measured], page: usize, plan: &Plan) -> Result<String, Box<dyn Error>> {
    let per_second = |speeds: &[Speed]| median(speeds.iter().map(|speed| speed.per_second));
    let cost = |speeds: &[Speed]| median(speeds.iter().map(|speed| speed.cost));
    let row = |each: &Measured| Row {
        name: each.server.name,
        handshakes: per_second(&each.handshakes),
        cost_of_handshake: cost(&each.handshakes),
        megabytes: per_second(&each.answers) * page as f64 / 1e6,
        cost_of_answer: cost(&each.answers),
    };
    let rows: Vec<_> = measured.iter().map(row).collect();
    let [docent, others @ ..] = &rows[..] else {
        return Err("docent was measured".into());
    };
    let most = |figure: fn(&Row) -> f64| others.iter().map(figure).fold(0.0, f64::max);
    let least = |figure: fn(&Row) -> f64| others.iter().map(figure).fold(f64::MAX, f64::min);
    let mut text = String::new();
    writeln!(
        text,
        "## TLS\n\n\
         TLS 1.3 (X25519, AES-128-GCM) with a P-256 certificate, {} connections, each server on one core and the driver on another.\n\
         A handshake is a full one, without resumption, with a connection and a short answer of its own. Answers are the page\n\
         `/`, {page} bytes, on connections that stay open: docent makes it for each request, the others read it from a file. The\n\
         cost is the server's processor time, which other programs on the machine disturb less than they do the rate. Median of\n\
         {} runs.\n\n\
         | server | handshakes a second | cost of one | MB a second in answers | cost of an answer |\n|---|--:|--:|--:|--:|",
        drive::CONNECTIONS,
        plan.rounds
    )?;
    for row in &rows {
        writeln!(
            text,
            "| {} | {:.0} | {:.0} µs | {:.1} | {:.0} µs |",
            row.name, row.handshakes, row.cost_of_handshake, row.megabytes, row.cost_of_answer
        )?;
    }
    writeln!(
        text,
        "| docent to the better of the others (goal: 0.9) | {:.2} | {:.2} | {:.2} | {:.2} |",
        docent.handshakes / most(|row| row.handshakes),
        least(|row| row.cost_of_handshake) / docent.cost_of_handshake,
        docent.megabytes / most(|row| row.megabytes),
        least(|row| row.cost_of_answer) / docent.cost_of_answer
    )?;
    Ok(text)
}

/// The middle of the values, the upper one of two. There is at least one.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = values.collect();
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
