//! What the converters make of real documentation, page by page.
mod boundaries;
mod compressed;
mod formats;
mod generators;
mod hidden;
mod houses;
mod html;
mod html_kinds;
mod kinds;
mod listed;
mod markdown;
mod markup_kinds;
mod new_formats;
mod proposal;
mod skills;
mod walk;
mod within;
