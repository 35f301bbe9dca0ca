//! docent with audiences: what it costs to look who asks, and what an audience takes of memory.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use docent::state::StateDir;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::json;

use crate::{
    CONNECTIONS, PROBE,
    drive::{self, Version},
    server::{Resident, Server},
};

/// Audiences, to tell what one takes.
const AUDIENCES: usize = 9;
/// Searches of each audience before memory is looked at.
const SEARCHES: usize = 1_000;
const ISSUER: &str = "https://issuer.example";
const RESOURCE: &str = "https://docs.example.com/mcp";

/// A docent whose documents are for those alone who show who they are.
pub(crate) struct Private {
    pub(crate) server: Server,
    /// The header of an access key of each audience, as it is sent.
    pub(crate) keys: Vec<String>,
    /// The header of a token.
    pub(crate) token: String,
}

impl Private {
    /// With so many audiences, each of which reads all of the pages.
    pub(crate) fn start(
        pages: &Path,
        folder: &Path,
        audiences: usize,
    ) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let file = folder.join("docent.toml");
        let mut config = format!(
            "[server]\nplain = \"127.0.0.1:0\"\n\n[[docs]]\nname = \"pages\"\npath = {pages:?}\n\n\
             [[issuer]]\nurl = \"{ISSUER}\"\naccepted_audiences = [\"{RESOURCE}\"]\n"
        );
        for audience in 0..audiences {
            write!(
                config,
                "\n[[audience]]\nname = \"audience{audience}\"\ndocs = [\"all\"]\ngroups = [\"group{audience}\"]\n"
            )?;
        }
        fs::write(&file, config)?;
        let key = |audience| -> Result<String, Box<dyn Error>> {
            let made = Command::new(env!("CARGO_BIN_EXE_docent"))
                .args(["key", "new", &format!("key{audience}"), "--no-reload"])
                .args(["--audience", &format!("audience{audience}"), "--config"])
                .arg(&file)
                .output()?;
            if !made.status.success() {
                return Err(String::from_utf8_lossy(&made.stderr).into());
            }
            Ok(bearer(String::from_utf8(made.stdout)?.trim()))
        };
        let keys = (0..audiences).map(key).collect::<Result<Vec<_>, _>>()?;
        let state = folder.join("state");
        let token = bearer(&token(&state)?);
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        command
            .args(["serve", "--config"])
            .arg(&file)
            .arg("--state-dir")
            .arg(state)
            .arg("--cache-dir")
            .arg(folder.join("cache"))
            .env_remove("JOURNAL_STREAM");
        let server = Server::start(command)?.asked_with(&keys[0]);
        server.first_answer(PROBE.0, PROBE.1)?;
        Ok(Self {
            server,
            keys,
            token,
        })
    }

    fn memory(&self, queries: &[String]) -> Result<Resident, Box<dyn Error>> {
        let queries = queries.get(..SEARCHES).ok_or("too few queries")?;
        for key in &self.keys {
            let (address, most) = (&self.server.address, Duration::from_secs(300));
            drive::drive(address, Version::Handshake, key, CONNECTIONS, queries, most)?;
        }
        self.server.resident()
    }
}

/// What one audience more takes, each with an index of its own over the same pages, after searches.
pub(crate) fn audience(
    pages: &Path,
    scratch: &Path,
    queries: &[String],
) -> Result<Resident, Box<dyn Error>> {
    let measured = |audiences: usize| {
        let folder = scratch.join(format!("audiences-{audiences}"));
        // Started again, since indexing needs more memory than serving.
        drop(Private::start(pages, &folder.join("first"), audiences)?);
        fs::rename(folder.join("first/cache"), folder.join("cache"))?;
        Private::start(pages, &folder, audiences)?.memory(queries)
    };
    let (one, many) = (measured(1)?, measured(AUDIENCES)?);
    let of_each = |one: u64, many: u64| many.saturating_sub(one) / (AUDIENCES as u64 - 1);
    Ok(Resident {
        all: of_each(one.all, many.all),
        anonymous: of_each(one.anonymous, many.anonymous),
    })
}

fn bearer(credential: &str) -> String {
    format!("Authorization: Bearer {credential}\r\n")
}

/// An access token of an issuer whose key is where docent looks for it.
fn token(state: &Path) -> Result<String, Box<dyn Error>> {
    let random = SystemRandom::new();
    let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::generate_pkcs8(kind, &random).map_err(|_| "no key")?;
    let pair = EcdsaKeyPair::from_pkcs8(kind, pair.as_ref(), &random).map_err(|_| "no key")?;
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let point = pair.public_key().as_ref();
    let key = json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1",
        "x": encoded(&point[1..33]), "y": encoded(&point[33..65]),
    });
    let now = SystemTime::now();
    let keys = json!({ "keys": [key] });
    let jwks = StateDir::new(state).jwks();
    jwks.store(ISSUER, "https://issuer.example/keys", keys, now)?;
    let now = now.duration_since(UNIX_EPOCH)?.as_secs();
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "1" });
    let claims = json!({
        "iss": ISSUER, "aud": RESOURCE, "sub": "bench", "client_id": "bench", "jti": "1",
        "iat": now, "exp": now + 24 * 60 * 60, "groups": ["group0"],
    });
    let signed = format!(
        "{}.{}",
        encoded(header.to_string().as_bytes()),
        encoded(claims.to_string().as_bytes())
    );
    let signature = pair
        .sign(&random, signed.as_bytes())
        .map_err(|_| "no signature")?;
    Ok(format!("{signed}.{}", encoded(signature.as_ref())))
}
