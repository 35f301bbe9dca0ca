#![no_main]
//! Any bytes, as what a stranger shows or sends to be let in: an access key, a token, an issuer's keys, a registration, a
//! request to sign in. Nothing of it panics, and nothing of it lets anybody in.

use docent::{
    auth::{AccessKey, Credentials, Gate, KeySet, SealingKeys, sign_in},
    config::PublicUrl,
};
use libfuzzer_sys::fuzz_target;
use std::{
    io::Write,
    sync::{Arc, LazyLock},
    time::SystemTime,
};

static BASE: LazyLock<PublicUrl> = LazyLock::new(|| {
    let url = "https://docs.example.com";
    url.parse().expect("this is an address")
});
static KEYS: LazyLock<SealingKeys> = LazyLock::new(sealing_keys);
static GATE: LazyLock<Gate> = LazyLock::new(|| Gate {
    sealing: Some(Arc::new(sealing_keys())),
    ..Gate::default()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else {
        return;
    };
    match what % 5 {
        0 => shown(rest),
        1 => drop(KeySet::parse(rest)),
        2 => drop(sign_in::Registration::read(rest).map(|it| it.register(&KEYS, 0))),
        3 => {
            if let Ok(parameters) = sign_in::Parameters::parse(rest) {
                drop(sign_in::Request::read(&parameters, &KEYS, &BASE));
            }
        }
        _ => drop(std::str::from_utf8(rest).map(AccessKey::parse)),
    }
});

/// As the value of `Authorization`.
fn shown(bytes: &[u8]) {
    let mut headers = axum::http::HeaderMap::new();
    for value in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = axum::http::HeaderValue::from_bytes(value) {
            headers.append(axum::http::header::AUTHORIZATION, value);
        }
    }
    let credentials = Credentials {
        headers: &headers,
        signed_in: None,
        resource: &|| "https://docs.example.com/mcp".to_owned(),
    };
    let admitting = GATE.admit(credentials, false, SystemTime::now());
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let admitted = runtime.expect("a thread can run one").block_on(admitting);
    assert!(admitted.is_err(), "somebody is let in");
}

fn sealing_keys() -> SealingKeys {
    let mut file = tempfile::NamedTempFile::new().expect("there is a folder for temporary files");
    let line = SealingKeys::new_line().expect("the system has random numbers");
    file.write_all(line.as_bytes())
        .expect("the disk takes a line");
    SealingKeys::read(file.path()).expect("this is such a file")
}
