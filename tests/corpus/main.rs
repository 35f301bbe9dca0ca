//! What the converters make of real documentation, page by page.
mod formats;
mod html;
mod markdown;
