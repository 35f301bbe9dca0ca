//! docent's own sign-in page: the whole way from an assistant's question to an answer, and attacks on it.

mod attacks;
mod flow;
mod world;
