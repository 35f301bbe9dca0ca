//! The site that a set belongs to: its generator, told by what it leaves there, and what its files say.

use super::folder::SetFolder;
use super::home::Ground;
use super::publication::{Files, Home, publication};
use super::root::PrivatePaths;
use super::site::Site;
use super::slug::Slugs;
use super::variables::variables;
use super::walk::Opened;
use crate::config::{DocSet, Generator};
use std::path::Path;

impl Site {
    /// The site of a set, as its folder tells it now: of the generator that the set names, or that the folder shows. Where
    /// there is no sign of any, pages are taken to be published as Hugo and `MkDocs` do: `setup.md` as `setup/`.
    ///
    /// `private`: what docent keeps for itself.
    pub fn of(set: &DocSet, private: &PrivatePaths) -> Self {
        if set.generator == Generator::None {
            return Self::published_by(Generator::None);
        }
        let named = Some(set.generator).filter(|named| *named != Generator::Auto);
        let opened = Opened::of(set, private).ok();
        let folder = opened.as_ref().map(|opened| &*opened.folder);
        let root = folder.map_or(set.root.as_path(), |folder| folder.root().path());
        let ground = Ground::new(root, folder);
        match ground.site(named) {
            Some((generator, site)) => of_files(generator, &site, &ground),
            None => Self::published_by(named.unwrap_or(Generator::Hugo)),
        }
    }
}

/// The generator that the folder of a set shows.
pub(super) fn shown(root: &Path, folder: Option<&SetFolder>) -> Option<Generator> {
    let site = Ground::new(root, folder).site(None);
    site.map(|(generator, _)| generator)
}

fn of_files(generator: Generator, site: &Path, ground: &Ground<'_>) -> Site {
    let home = ground.home(site);
    let components = match (generator, &home) {
        (Generator::Antora, Home::Within(_)) => ground.components(site),
        _ => vec![String::new()],
    };
    let files = Files {
        text: &|path| ground.text(&site.join(path)),
        has: &|path| ground.has(&site.join(path)),
        components: &components,
    };
    let variables = variables(generator, &files);
    Site {
        generator,
        slugs: Slugs::of(generator).told(|path| match generator {
            Generator::MkDocs | Generator::GitBook => (files.text)(path),
            _ => None,
        }),
        publication: publication(generator, &home, &files),
        variables,
    }
}
