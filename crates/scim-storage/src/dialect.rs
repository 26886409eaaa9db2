//! The differences between the SQL of SQLite and PostgreSQL.

use sea_orm::sea_query::{
    Alias, BinOper, CaseStatement, Expr, ExprTrait, Func, FunctionCall, SelectStatement,
};
use sea_orm::{DbBackend, DynIden};

/// The dialect of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Whether JSON is certain to have the type that the schema defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The schema is built in and never changes.
    Certain,
    /// The schema files may have been different when the resource was written. A value of another type counts as absent.
    Uncertain,
}

/// The type as which a JSON value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonType {
    Text,
    Number,
    Boolean,
}

impl Dialect {
    /// Returns the backend of sea-orm.
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }

    /// The value at `path` in `json`, or NULL. With an empty path, `json` itself.
    ///
    /// The names in `path` have passed [`is_plain_name`].
    pub(crate) fn json_value(self, json: Expr, path: &[&str], kind: JsonType) -> Expr {
        match self {
            Self::Sqlite => {
                let value = match path {
                    [] => json,
                    path => function("json_extract", [json, sqlite_path(path)]).into(),
                };
                match kind {
                    // as a 64-bit float, which is what it is compared with
                    JsonType::Number => value.cast_as(Alias::new("REAL")),
                    JsonType::Text | JsonType::Boolean => value,
                }
            }
            Self::Postgres => {
                let (parents, last) = match path.split_last() {
                    Some((last, parents)) => (parents, Some(*last)),
                    None => (path, None),
                };
                let parent = descend(json, parents);
                let text = match last {
                    Some(last) => parent.binary(BinOper::Custom("->>"), Expr::val(last)),
                    None => parent.binary(BinOper::Custom("#>>"), Expr::cust("'{}'")),
                };
                match kind {
                    JsonType::Text => self.by_code_point(text),
                    JsonType::Number => text.cast_as(Alias::new("double precision")),
                    JsonType::Boolean => text.cast_as(Alias::new("boolean")),
                }
            }
        }
    }

    /// The value at `path` in `json`; NULL if it does not have the type `kind`.
    pub(crate) fn json_value_of_type(self, json: Expr, path: &[&str], kind: JsonType) -> Expr {
        let is_typed = match self {
            Self::Sqlite if path.is_empty() => {
                let type_of = Expr::from(function("typeof", [json.clone()]));
                match kind {
                    JsonType::Text => type_of.eq("text"),
                    JsonType::Number => type_of.is_in(["integer", "real"]),
                    JsonType::Boolean => type_of.eq("integer").and(json.clone().is_in([0, 1])),
                }
            }
            Self::Sqlite => self.json_is(json.clone(), path, sqlite_types(kind)),
            Self::Postgres => self.json_is(
                json.clone(),
                path,
                match kind {
                    JsonType::Text => &["string"],
                    JsonType::Number => &["number"],
                    JsonType::Boolean => &["boolean"],
                },
            ),
        };
        let value = self.json_value(json, path, kind);
        CaseStatement::new().case(is_typed, value).into()
    }

    /// Whether the value at `path` in `json` has one of these types. False if `json` is not JSON, as the elements of a list
    /// may not be on SQLite.
    fn json_is(self, json: Expr, path: &[&str], types: &[&'static str]) -> Expr {
        let types = types.iter().copied();
        match self {
            Self::Sqlite => {
                let is = Expr::from(function("json_type", [json.clone(), sqlite_path(path)])).is_in(types);
                let is_json = Expr::from(function("json_valid", [json])).eq(1);
                CaseStatement::new()
                    .case(is_json, is)
                    .finally(Expr::cust("FALSE"))
                    .into()
            }
            Self::Postgres => Expr::from(function("jsonb_typeof", [descend(json, path)])).is_in(types),
        }
    }

    /// The value of the list element `row`; NULL if it does not have the type `kind`.
    pub(crate) fn element_of_type(self, row: &DynIden, kind: JsonType) -> Expr {
        let value = || Expr::col((row.clone(), Alias::new("value")));
        if self == Self::Postgres {
            return self.json_value_of_type(value(), &[], kind);
        }
        let is_typed = Expr::col((row.clone(), Alias::new("type"))).is_in(sqlite_types(kind).iter().copied());
        let value = self.json_value(value(), &[], kind);
        CaseStatement::new().case(is_typed, value).into()
    }

    /// Whether the list element `row` is an object.
    pub(crate) fn element_is_object(self, row: &DynIden) -> Expr {
        match self {
            Self::Sqlite => Expr::col((row.clone(), Alias::new("type"))).eq("object"),
            Self::Postgres => self.json_is_object(Expr::col((row.clone(), Alias::new("value"))), &[]),
        }
    }

    /// Whether the value at `path` in `json` is an object.
    pub(crate) fn json_is_object(self, json: Expr, path: &[&str]) -> Expr {
        let is_object = self.json_is(json, path, &["object"]);
        Func::coalesce([is_object, Expr::cust("FALSE")]).into()
    }

    /// The elements of the list at `path` in `json`, as rows with a column `value`. No rows if the value is not a list.
    pub(crate) fn json_elements_if_list(self, json: Expr, path: &[&str]) -> FunctionCall {
        let is_list = self.json_is(json.clone(), path, &["array"]);
        match self {
            Self::Sqlite => {
                let list = function("json_extract", [json, sqlite_path(path)]);
                let list = CaseStatement::new().case(is_list, list).finally(Expr::val("[]"));
                function("json_each", [list.into()])
            }
            Self::Postgres => {
                let list = CaseStatement::new().case(is_list, descend(json, path));
                function("jsonb_array_elements", [list.into()])
            }
        }
    }

    /// Text that is not a column, ordered by code point whatever the collation of the database is.
    pub(crate) fn by_code_point(self, text: Expr) -> Expr {
        match self {
            Self::Sqlite => text,
            Self::Postgres => Expr::cust_with_expr("($1 COLLATE \"C\")", text),
        }
    }

    /// Whether there is a value at `path` in `json`.
    pub(crate) fn json_exists(self, json: Expr, path: &[&str]) -> Expr {
        match self {
            Self::Sqlite => Expr::from(function("json_type", [json, sqlite_path(path)])).is_not_null(),
            Self::Postgres => descend(json, path).is_not_null(),
        }
    }

    /// The elements of the list at `path` in `json`, as rows with a column `value`. No rows if there is no value.
    pub(crate) fn json_elements(self, json: Expr, path: &[&str]) -> FunctionCall {
        match self {
            Self::Sqlite => function("json_each", [json, sqlite_path(path)]),
            Self::Postgres => function("jsonb_array_elements", [descend(json, path)]),
        }
    }

    /// The element of the list at `path` in `json` whose `primary` is true, or else the first element.
    pub(crate) fn json_primary_or_first(self, json: Expr, path: &[&str]) -> Expr {
        let primary = match self {
            Self::Sqlite => {
                let element = Alias::new("ranked");
                let value = || Expr::col((element.clone(), Alias::new("value")));
                let is_primary =
                    Expr::from(function("json_type", [value(), sqlite_path(&["primary"])])).eq("true");
                let is_object = Expr::col((element.clone(), Alias::new("type"))).eq("object");
                let mut select = SelectStatement::new();
                select
                    .expr(value())
                    .from_function(self.json_elements(json.clone(), path), element.clone())
                    .and_where(is_object)
                    .and_where(is_primary)
                    .limit(1);
                scalar(select)
            }
            Self::Postgres => {
                let steps = Expr::val(format!("{}[*] ? (@.primary == true)", json_path(path)));
                function(
                    "jsonb_path_query_first",
                    [json.clone(), steps.cast_as(Alias::new("jsonpath"))],
                )
                .into()
            }
        };
        let first = match self {
            Self::Sqlite => function(
                "json_extract",
                [json, Expr::val(format!("{}[0]", json_path(path)))],
            )
            .into(),
            Self::Postgres => descend(json, path).binary(BinOper::Custom("->"), Expr::cust("0")),
        };
        Func::coalesce([primary, first]).into()
    }

    /// Whether `text` contains `part`.
    pub(crate) fn contains(self, text: Expr, part: &str) -> Expr {
        let name = match self {
            Self::Sqlite => "instr",
            Self::Postgres => "strpos",
        };
        Expr::from(function(name, [text, Expr::val(part)])).gt(0)
    }

    /// Whether `text` ends with `end`, which must not be empty.
    pub(crate) fn ends_with(self, text: Expr, end: &str) -> Expr {
        match self {
            // compares bytes: for `substr`, U+0000 ends a text; an empty blob gives NULL
            Self::Sqlite => {
                let length = i64::try_from(end.len()).unwrap_or(i64::MAX);
                let bytes = text.cast_as(Alias::new("BLOB"));
                let last = Expr::from(function("substr", [bytes, Expr::val(-length)]));
                Func::coalesce([last.eq(end.as_bytes().to_vec()), Expr::cust("FALSE")]).into()
            }
            Self::Postgres => {
                let length = i32::try_from(end.chars().count()).unwrap_or(i32::MAX);
                Expr::from(function("right", [text, Expr::val(length)])).eq(end)
            }
        }
    }

    /// The strings of a JSON list, as a subquery for `IN`.
    pub(crate) fn texts(self, list: String) -> SelectStatement {
        let mut select = SelectStatement::new();
        match self {
            Self::Sqlite => {
                let listed = function("json_each", [Expr::val(list)]);
                select
                    .column((Alias::new("listed"), Alias::new("value")))
                    .from_function(listed, Alias::new("listed"));
            }
            Self::Postgres => {
                let list = Expr::val(list).cast_as(Alias::new("jsonb"));
                select
                    .column((Alias::new("listed"), Alias::new("value")))
                    .from_function(
                        function("jsonb_array_elements_text", [list]),
                        Alias::new("listed"),
                    );
            }
        }
        select
    }

    /// Selects `rows` unused keys of a table. No other transaction gets them before this one ends.
    pub(crate) fn free_keys(self, table: &'static str, rows: usize) -> SelectStatement {
        let mut select = SelectStatement::new();
        match self {
            // SQLite has one writer
            Self::Sqlite => {
                let numbers: Vec<usize> = (1..=rows).collect();
                let numbers = function(
                    "json_each",
                    [Expr::val(serde_json::Value::from(numbers).to_string())],
                );
                let mut last = SelectStatement::new();
                last.expr(Func::coalesce([
                    Func::max(Expr::col(Alias::new("pk"))).into(),
                    Expr::val(0),
                ]))
                .from(Alias::new(table));
                select
                    .expr(Expr::col((Alias::new("number"), Alias::new("value"))).add(scalar(last)))
                    .from_function(numbers, Alias::new("number"));
            }
            Self::Postgres => {
                let rows = i32::try_from(rows).unwrap_or(i32::MAX);
                let numbers = function("generate_series", [Expr::val(1), Expr::val(rows)]);
                let sequence = function("pg_get_serial_sequence", [Expr::val(table), Expr::val("pk")]);
                select
                    .expr(function("nextval", [sequence.into()]))
                    .from_function(numbers, Alias::new("number"));
            }
        }
        select
    }

    /// A JSON document as a parameter.
    pub(crate) fn json(self, text: String) -> Expr {
        match self {
            Self::Sqlite => Expr::val(text),
            Self::Postgres => Expr::val(text).cast_as(Alias::new("jsonb")),
        }
    }

    /// Locks the selected rows until the transaction ends. SQLite has one writer and needs no lock.
    pub(crate) fn lock(self, select: &mut SelectStatement) {
        if self == Self::Postgres {
            select.lock_exclusive();
        }
    }

    /// Locks the selected rows against changes, but not against other shared locks.
    pub(crate) fn lock_shared(self, select: &mut SelectStatement) {
        if self == Self::Postgres {
            select.lock_shared();
        }
    }

    /// Whether one statement can change several tables (`WITH … INSERT`).
    pub(crate) fn takes_chains(self) -> bool {
        self == Self::Postgres
    }

    /// The id and display name of each group of the user of the outer row, as the text of a JSON list of pairs.
    pub(crate) fn groups_of_user(self) -> Expr {
        let pairs = match self {
            Self::Sqlite => "json_group_array(json_array(teams.id, teams.display))",
            Self::Postgres => "coalesce(json_agg(json_build_array(teams.id, teams.display)), '[]')::text",
        };
        Expr::cust(format!(
            "(SELECT {pairs} FROM team_members JOIN teams ON teams.pk = team_members.team_pk \
             WHERE team_members.member_pk = users.pk)"
        ))
    }
}

/// Whether a name can be part of a JSON path without escaping.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.contains(['"', '\\', '\0'])
}

/// Turns a query for one value into an expression.
pub(crate) fn scalar(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// Returns the names of JSON types in SQLite.
fn sqlite_types(kind: JsonType) -> &'static [&'static str] {
    match kind {
        JsonType::Text => &["text"],
        JsonType::Number => &["integer", "real"],
        JsonType::Boolean => &["true", "false"],
    }
}

fn function<const N: usize>(name: &'static str, arguments: [Expr; N]) -> FunctionCall {
    Func::cust(Alias::new(name)).args(arguments)
}

/// Formats a path like `$."name"."familyName"`.
fn json_path(path: &[&str]) -> String {
    path.iter()
        .fold("$".to_owned(), |text, name| format!("{text}.\"{name}\""))
}

fn sqlite_path(path: &[&str]) -> Expr {
    Expr::val(json_path(path))
}

fn descend(json: Expr, path: &[&str]) -> Expr {
    path.iter().fold(json, |json, name| {
        json.binary(BinOper::Custom("->"), Expr::val(*name))
    })
}
