//! How a server is asked: in SCIM, or in the few routes of a floor.

use std::io::Write as _;

use memchr::memmem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::connection::Answer;
use super::directory::{Directory, State};
use super::people::{guest_name, new_name, user_body, user_name};
use super::workload::{BULK, CURSOR_PAGE, Part, Step};

/// The secret of the connection `azure` while measuring.
pub(crate) const TOKEN: &str = "a-token-that-is-made-for-measuring-only";
/// Where the connection `azure` is.
const BASE: &str = "/v1/scim/v2/azure";

/// The language of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// SCIM, as Entra ID speaks it.
    Scim,
    /// The routes of a floor.
    Floor,
}

impl Language {
    /// Writes the request of a step into an empty buffer.
    pub(crate) fn request(self, step: Step, state: &State, into: &mut Vec<u8>) {
        match self {
            Self::Scim => scim(step, state, into),
            Self::Floor => floor(step, &state.directory, into),
        }
    }

    /// Whether an answer is what the step must get.
    pub(crate) fn accepts(self, step: Step, directory: &Directory, answer: Answer<'_>) -> bool {
        let has = |text: &str| memmem::find(answer.body, text.as_bytes()).is_some();
        let is_scim = self == Self::Scim;
        match step {
            Step::GetUser(user) => {
                let proof = if is_scim {
                    id(&directory.users, user).to_owned()
                } else {
                    user_name(user)
                };
                answer.status == 200 && has(&proof)
            }
            Step::Hit(user) => {
                answer.status == 200 && has(&user_name(user)) && (!is_scim || has(r#""totalResults":1"#))
            }
            Step::Miss(_) if is_scim => answer.status == 200 && has(r#""totalResults":0"#),
            Step::Miss(_) => answer.status == 404,
            Step::SetActive { active, .. } if is_scim => {
                let text = if active {
                    r#""active":true"#
                } else {
                    r#""active":false"#
                };
                answer.status == 200 && has(text)
            }
            Step::SetActive { user, .. } => answer.status == 200 && has(&user_name(user)),
            Step::Create(number) => answer.status == 201 && has(&new_name(number)),
            Step::AddMember { .. } | Step::RemoveMember { .. } => answer.status == 204,
            Step::GetGroup(group) => {
                let members = directory.groups.get(group).map_or(0, |group| group.size);
                answer.status == 200 && answer.body.len() > members * 36 && answer.body.ends_with(b"}")
            }
            Step::Page(_) if is_scim => answer.status == 200 && has(r#""itemsPerPage":100"#),
            Step::Cursor(_) => answer.status == 200 && has(&format!(r#""itemsPerPage":{CURSOR_PAGE}"#)),
            Step::Bulk(_) => {
                let created = memmem::find_iter(answer.body, br#""status":"201""#).count();
                answer.status == 200 && created == BULK as usize
            }
            Step::Page(_) => answer.status == 200 && answer.body.len() > 100_000,
        }
    }
}

/// A request in SCIM that creates a user.
pub(crate) fn create_user(name: &str, into: &mut Vec<u8>) {
    write_scim("POST", "/Users", &user_body(name), into);
}

/// A request in SCIM for a page of users, from the beginning if the cursor is empty.
pub(crate) fn cursor_page(cursor: &str, into: &mut Vec<u8>) {
    let cursor = utf8_percent_encode(cursor, NON_ALPHANUMERIC);
    read(&format!("/Users?cursor={cursor}&count={CURSOR_PAGE}"), into);
}

/// A request in SCIM that creates a group without members.
pub(crate) fn create_group(name: &str, into: &mut Vec<u8>) {
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"externalId":"{name}","displayName":"{name}"}}"#
    );
    write_scim("POST", "/Groups", &body, into);
}

/// A request in SCIM that adds members to a group.
pub(crate) fn add_members<'a>(group: &str, members: impl Iterator<Item = &'a str>, into: &mut Vec<u8>) {
    let values: Vec<String> = members
        .map(|id| format!(r#"{{"$ref":null,"value":"{id}"}}"#))
        .collect();
    patch(
        "Groups",
        group,
        "Add",
        "members",
        &format!("[{}]", values.join(",")),
        into,
    );
}

fn scim(step: Step, state: &State, into: &mut Vec<u8>) {
    let directory = &state.directory;
    match step {
        Step::GetUser(user) => read(&format!("/Users/{}", id(&directory.users, user)), into),
        Step::Hit(user) => look_up(&user_name(user), into),
        Step::Miss(number) => look_up(&format!("nobody{number}@example.com"), into),
        Step::SetActive { user, active } => {
            let value = if active { r#""True""# } else { r#""False""# };
            patch(
                "Users",
                id(&directory.users, user),
                "Replace",
                "active",
                value,
                into,
            );
        }
        Step::Create(number) => create_user(&new_name(number), into),
        Step::AddMember { group, guest } => {
            add_members(
                group_id(directory, group),
                std::iter::once(id(&directory.guests, guest)),
                into,
            );
        }
        Step::RemoveMember { group, guest } => {
            let value = format!(r#"[{{"$ref":null,"value":"{}"}}]"#, id(&directory.guests, guest));
            patch(
                "Groups",
                group_id(directory, group),
                "Remove",
                "members",
                &value,
                into,
            );
        }
        Step::GetGroup(group) => read(&format!("/Groups/{}", group_id(directory, group)), into),
        Step::Page(offset) => read(&format!("/Users?startIndex={}&count=100", offset + 1), into),
        Step::Cursor(part) => {
            let far = state.far.get().filter(|_| part == Part::Far);
            cursor_page(far.map_or("", String::as_str), into);
        }
        Step::Bulk(first) => {
            let create = |number| {
                let user = user_body(&new_name(number));
                format!(r#"{{"method":"POST","path":"/Users","bulkId":"{number}","data":{user}}}"#)
            };
            let operations: Vec<String> = (first..).take(BULK as usize).map(create).collect();
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{}]}}"#,
                operations.join(",")
            );
            write_scim("POST", "/Bulk", &body, into);
        }
    }
}

fn floor(step: Step, directory: &Directory, into: &mut Vec<u8>) {
    let write = |method: &str, path: &str, body: &str, into: &mut Vec<u8>| {
        write_request(method, path, "Content-Type: application/json\r\n", body, into);
    };
    match step {
        Step::GetUser(user) => write("GET", &format!("/users/{}", id(&directory.users, user)), "", into),
        Step::Hit(user) => write("GET", &format!("/users?name={}", user_name(user)), "", into),
        Step::Miss(number) => write(
            "GET",
            &format!("/users?name=nobody{number}@example.com"),
            "",
            into,
        ),
        Step::SetActive { user, active } => {
            let path = format!("/users/{}", id(&directory.users, user));
            write("PATCH", &path, &format!(r#"{{"active":{active}}}"#), into);
        }
        Step::Create(number) => write("POST", "/users", &user_body(&new_name(number)), into),
        Step::AddMember { group, guest } => write("POST", &membership(directory, group, guest), "", into),
        Step::RemoveMember { group, guest } => {
            write("DELETE", &membership(directory, group, guest), "", into)
        }
        Step::GetGroup(group) => write(
            "GET",
            &format!("/groups/{}", group_id(directory, group)),
            "",
            into,
        ),
        Step::Page(offset) => write("GET", &format!("/users?offset={offset}"), "", into),
        // no floor is asked for these
        Step::Cursor(_) | Step::Bulk(_) => {}
    }
}

fn membership(directory: &Directory, group: usize, guest: usize) -> String {
    let group = group_id(directory, group);
    format!("/groups/{group}/members/{}", id(&directory.guests, guest))
}

fn look_up(name: &str, into: &mut Vec<u8>) {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    read(&format!("/Users?filter=userName+eq+%22{name}%22"), into);
}

fn patch(endpoint: &str, id: &str, op: &str, path: &str, value: &str, into: &mut Vec<u8>) {
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"{op}","path":"{path}","value":{value}}}]}}"#
    );
    write_scim("PATCH", &format!("/{endpoint}/{id}"), &body, into);
}

fn read(path: &str, into: &mut Vec<u8>) {
    write_scim("GET", path, "", into);
}

fn write_scim(method: &str, path: &str, body: &str, into: &mut Vec<u8>) {
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/scim+json; charset=utf-8\r\n"
    };
    let headers = format!("Authorization: Bearer {TOKEN}\r\nAccept: application/scim+json\r\n{kind}");
    write_request(method, &format!("{BASE}{path}"), &headers, body, into);
}

fn write_request(method: &str, path: &str, headers: &str, body: &str, into: &mut Vec<u8>) {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    // writing into memory does not fail
    let _ = write!(
        into,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n{body}"
    );
}

fn id(ids: &[String], number: usize) -> &str {
    ids.get(number).map_or("", String::as_str)
}

fn group_id(directory: &Directory, group: usize) -> &str {
    directory.groups.get(group).map_or("", |group| group.id.as_str())
}

/// The names of those who are loaded: users, then guests.
pub(crate) fn loaded_names(users: usize, guests: usize) -> impl Iterator<Item = String> {
    (0..users).map(user_name).chain((0..guests).map(guest_name))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn request(language: Language, step: Step) -> String {
        let directory = Directory {
            users: vec!["u".to_owned()],
            ..Directory::default()
        };
        let mut bytes = Vec::new();
        let state = State::new(Arc::new(directory));
        language.request(step, &state, &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_look_up_is_sent_as_entra_id_sends_it() {
        let text = request(Language::Scim, Step::Hit(0));
        let line =
            "GET /v1/scim/v2/azure/Users?filter=userName+eq+%22user0000000%40example%2Ecom%22 HTTP/1.1\r\n";
        assert!(text.starts_with(line), "{text}");
        assert!(text.ends_with("\r\n\r\n"));
    }

    #[test]
    fn a_body_comes_with_its_length() {
        let step = Step::SetActive {
            user: 0,
            active: false,
        };
        let text = request(Language::Floor, step);
        assert!(
            text.ends_with("Content-Length: 16\r\n\r\n{\"active\":false}"),
            "{text}"
        );
    }

    #[test]
    fn an_answer_must_have_what_was_asked_for() {
        let directory = Directory::default();
        let answer = |body: &'static str| Answer {
            status: 200,
            body: body.as_bytes(),
        };
        let accepts = |body| Language::Scim.accepts(Step::Miss(7), &directory, answer(body));
        assert!(accepts(r#"{"totalResults":0}"#));
        assert!(!accepts(r#"{"totalResults":1}"#));
    }
}
