//! docent's own server over HTTPS, as `docent serve` puts it together.

use std::{
    error::Error,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    sync::Arc,
};

use docent::{
    config::{DocSet, Identifier, Limits, SearchSettings},
    http::{App, Binding, Domain, Site, serve as serve_http},
    listener::Listener,
    mcp::Library,
    search::Store,
    state::StateDir,
    tls::{Source, Terminator, Watch},
};
use tokio_util::sync::CancellationToken;

/// Serves the documentation of docent itself until it is ended from outside.
pub(crate) fn serve(port: u16, cert: &Path, key: &Path) -> Result<(), Box<dyn Error>> {
    let cache = tempfile::tempdir()?;
    let set = DocSet::new("docs", Path::new(env!("CARGO_MANIFEST_DIR")).join("docs"));
    let store = Store::new(cache.path(), vec![set], SearchSettings::default())?;
    let (snapshot, _) = store.update(false, &|_| ())?;
    let names = vec![Identifier::Dns("localhost".to_owned())];
    let challenges = StateDir::new(cache.path()).challenges();
    let terminator = Arc::new(Terminator::new(names.clone(), challenges.clone()));
    let files = Source::Files {
        cert: cert.to_owned(),
        key: key.to_owned(),
    };
    let _watch = Watch::begin(&terminator, files)?;
    let app = App {
        domain: Some(Domain {
            names,
            https_port: port,
            hsts: None,
            challenges,
        }),
        ..App::new(Arc::new(Library::new(snapshot)))
    };
    let site = Arc::new(Site::new(&app, Limits::default()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let binding = Binding::https(Listener::tcp(listener)?, terminator);
            serve_http(site, vec![binding], CancellationToken::new()).await
        })?;
    Ok(())
}
