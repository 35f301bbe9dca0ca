//! Audiences in their order: the first that fits counts.

use crate::config::{AccessSettings, AudienceName, AudienceSettings, Group};

use super::key_ring::Key;

/// All audiences of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Audiences {
    named: Vec<AudienceSettings>,
    anonymous: Option<AudienceName>,
}

impl Audiences {
    /// Those of a configuration.
    pub fn new(settings: &AccessSettings) -> Self {
        Self {
            named: settings.named().cloned().collect(),
            anonymous: settings.anonymous().map(|it| it.name.clone()),
        }
    }

    /// That of whoever shows nothing of who he is, if there is one.
    pub fn anonymous(&self) -> Option<&AudienceName> {
        self.anonymous.as_ref()
    }

    /// That of an access key: the first that lists it, or that it was made for.
    pub fn of_key(&self, key: &Key) -> Option<&AudienceName> {
        let fits = |it: &&AudienceSettings| it.name == key.audience || it.keys.contains(&key.name);
        self.named.iter().find(fits).map(|it| &it.name)
    }

    /// That of a person that somebody vouches for, by the groups that he is in.
    pub fn of_groups(&self, groups: &[String]) -> Option<&AudienceName> {
        let is_in = |group: &Group| match group {
            Group::Everybody => true,
            Group::Called(name) => groups.contains(name),
        };
        let fits = |it: &&AudienceSettings| it.groups.iter().any(is_in);
        self.named.iter().find(fits).map(|it| &it.name)
    }
}
