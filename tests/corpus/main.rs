//! What the converters make of real documentation, page by page.
mod html;
mod markdown;
