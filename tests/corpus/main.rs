//! What the converters make of real documentation, page by page.
mod compressed;
mod formats;
mod html;
mod markdown;
