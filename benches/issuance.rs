//! How long an order takes, from asking for it to the checked certificate, with a real authority
//! that validates at once.
//!
//!     cargo bench --bench issuance
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement says what it found, or fails"
)]
#![allow(dead_code, reason = "the tests use all of it")]

use std::time::{Duration, Instant};

use docent::config::ChallengeType;

#[path = "../tests/acme/answering.rs"]
mod answering;
#[path = "../tests/acme/pebble.rs"]
mod pebble;

use pebble::{Behaviour, Pebble, Release, dns};

const ORDERS: usize = 100;

#[tokio::main]
async fn main() {
    println!("{ORDERS} orders each, one after another: median, 90th percentile, longest");
    for release in [Release::Debian, Release::Newest] {
        for challenge in [ChallengeType::Http01, ChallengeType::TlsAlpn01] {
            for bad_nonces in [0, 50] {
                measure(release, challenge, bad_nonces).await;
            }
        }
    }
}

async fn measure(release: Release, challenge: ChallengeType, bad_nonces: u8) {
    let pebble = Pebble::start(Behaviour {
        release,
        bad_nonces,
        ..Behaviour::default()
    })
    .await;
    let names = [dns("docs.example.com")];
    let mut times = Vec::with_capacity(ORDERS);
    for _ in 0..ORDERS {
        // As a renewal does it: a connection of its own, the account from disk.
        let client = pebble.client().await;
        let mut account = client.account(&pebble.state, None).await.unwrap();
        let start = Instant::now();
        let order = pebble.order(&mut account, &names, &[challenge]).await;
        times.push(start.elapsed());
        order.unwrap();
    }
    times.sort();
    let at = |part: usize| milliseconds(times[(ORDERS - 1) * part / 100]);
    println!(
        "{release:?}, {challenge}, {bad_nonces} % bad nonces: {} / {} / {} ms",
        at(50),
        at(90),
        at(100)
    );
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1000.0)
}
