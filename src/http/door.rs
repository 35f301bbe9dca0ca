//! The one place where a request's audience is chosen, before anything else looks at it.
//!
//! Each audience has routes of its own over its own documents; nothing behind the door knows of another one. What is answered
//! before it tells nothing of documents: whether docent lives, its style, the way to sign in.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use axum::{
    Router,
    extract::{Request, State},
    http::{Uri, header, request::Parts},
    response::Response,
};
use tower::ServiceExt as _;

use super::{
    address::Address,
    app::{App, Audiences},
    attempts::{Attempt, Bounded},
    body, challenge,
    mount::{Mount, Mounted},
    pass::Pass,
    waiting,
    web::note,
};
use crate::{
    auth::{Admitted, Credentials, Denied, Identity, Introduction},
    config::{AudienceName, SiteSettings},
    mcp::{Admission, Library},
};

/// Lets requests in, each to its own audience.
pub(super) struct Door {
    audiences: Audiences,
    rooms: HashMap<AudienceName, Room>,
    site: SiteSettings,
    attempts: Bounded,
}

/// What one audience is shown.
struct Room {
    router: Router,
    /// `None`: its documents are not there yet.
    documents: Option<Arc<Library>>,
    /// The path below which its pages are, where they are below one.
    mount: Option<Mount>,
}

impl Door {
    /// `routes`: those over an audience's documents.
    pub(super) fn new(
        app: &App,
        audiences: &Audiences,
        attempts: Bounded,
        routes: impl Fn(&Arc<Library>) -> Router,
    ) -> Self {
        let room = |library: Option<&Arc<Library>>| {
            let Some(library) = library else {
                return Room {
                    router: waiting::routes(),
                    documents: None,
                    mount: None,
                };
            };
            let holdings = library.current();
            let sets = holdings.snapshot.sets().iter();
            Room {
                router: routes(library),
                documents: Some(Arc::clone(library)),
                mount: Mount::of(app.url.as_ref(), sets.map(|set| &*set.name)),
            }
        };
        let rooms = audiences.libraries.iter();
        let rooms = rooms.map(|(name, library)| (name.clone(), room(library.as_ref())));
        Self {
            audiences: audiences.clone(),
            rooms: rooms.collect(),
            site: app.site.clone(),
            attempts,
        }
    }

    async fn admit(&self, head: &Parts) -> Result<(Admitted, &Room), Denied> {
        let introduction = head.extensions.get::<Introduction>();
        let signed_in = introduction.map(|Introduction(said)| said.as_ref());
        let signed_in = signed_in.transpose().map_err(|denied| *denied)?;
        let resource = || {
            let endpoint = challenge::endpoint(head.uri.path());
            Address::of(head).at(endpoint.unwrap_or_default())
        };
        let credentials = Credentials {
            headers: &head.headers,
            signed_in,
            resource: &resource,
        };
        let now = SystemTime::now();
        let gate = &self.audiences.gate;
        let attempt = match signed_in {
            Some(_) => Attempt::of_nothing(),
            None => (self.attempts).begin(head, || gate.knows_key(credentials, now))?,
        };
        let asks_to_sign_in = asks_to_sign_in(&head.uri);
        let admitted = gate.admit(credentials, asks_to_sign_in, now).await;
        attempt.end(admitted.as_ref().err());
        let admitted = admitted?;
        let room = self.rooms.get(&admitted.audience);
        Ok((admitted, room.ok_or(Denied::Insufficient)?))
    }
}

/// Whoever connects to `/mcp?sign_in` wants to sign in, and no answer as nobody.
fn asks_to_sign_in(uri: &Uri) -> bool {
    let mut fields = uri.query().unwrap_or_default().split('&');
    fields.any(|field| field.split('=').next() == Some("sign_in"))
}

/// Answers a request from the documents of its audience, or not at all.
pub(super) async fn enter(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (mut head, content) = request.into_parts();
    let (admitted, room) = match door.admit(&head).await {
        Ok(admitted) => admitted,
        Err(denied) => {
            tracing::debug!(why = %denied, "not let in");
            body::finish(content).await;
            let is_note = matches!(denied, Denied::Missing { .. })
                && door.site.enabled
                && !asks_to_sign_in(&head.uri)
                && note::is_asked_for(&head);
            if is_note {
                return note::private(&Address::of(&head), &door.site);
            }
            return challenge::answer(denied, &head, &door.site);
        }
    };
    // It has done what it is for: nothing behind the door is to see or to write down any of it.
    head.headers.remove(header::AUTHORIZATION);
    if head.extensions.remove::<Mounted>().is_none()
        && let Some(mount) = &room.mount
        && let Some(inner) = mount.inner(&head.uri)
    {
        head.uri = inner;
    }
    if let Identity::Key(name) = &admitted.identity
        && let keys = &door.audiences.gate.keys
        && keys.note_use(name.as_str(), SystemTime::now())
    {
        let audience = admitted.audience.as_str();
        tracing::info!(key = name.as_str(), audience, "an access key is in use");
    }
    let is_anonymous = admitted.audience.is_anonymous();
    head.extensions.insert(Admission {
        audience: admitted.audience.shared(),
        key: match &admitted.identity {
            Identity::Key(name) => Some(name.shared()),
            _ => None,
        },
    });
    if let Some(library) = &room.documents {
        head.extensions.insert(Arc::new(Pass {
            admitted,
            documents: Arc::clone(library),
            access: Arc::clone(&door.audiences.access),
            gate: Arc::clone(&door.audiences.gate),
        }));
    }
    let request = Request::from_parts(head, content);
    let mut response = match room.router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    challenge::keep_apart(&mut response, is_anonymous);
    response
}
