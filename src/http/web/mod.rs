//! The pages for people, and what they are made of.
//!
//! Each is rendered here, whole, and works without a script; nothing in them comes from elsewhere (see
//! [`respond`]). Whatever documents or clients say is text: written through [`html::escape`], and bounded. A page is
//! made by its handler from a [`View`](view::View), and framed by [`layout`]; addresses in it are made by its [`Place`], as
//! docent may answer below a path.
mod accept;
pub(super) mod assets;
mod connect;
pub(super) mod documents;
pub(super) mod endpoint;
mod html;
mod layout;
pub(super) mod missing;
pub(super) mod note;
mod place;
mod respond;
pub(super) mod results;
pub(super) mod start;
mod view;
mod visitor;

pub(super) use html::escape;
pub(super) use layout::{Sheet, form};
pub(super) use place::Place;
pub(super) use view::Web;
