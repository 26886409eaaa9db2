//! Where SQLite and PostgreSQL differ: JSON, text search, collation. Everything else is the same SQL for both.

use sea_orm::DbBackend;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func, FunctionCall, Query, SelectStatement};

/// The dialect of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// A function without arguments yet.
fn function(name: &'static str) -> FunctionCall {
    Func::cust(name)
}

impl Dialect {
    pub(crate) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// The scalar at a path in a JSON value: text, and on SQLite numbers as numbers and booleans as 1 and 0.
    pub(crate) fn json_scalar(self, json: Expr, path: &[&str]) -> Expr {
        match self {
            Self::Sqlite => function("json_extract").arg(json).arg(sqlite_path(path)).into(),
            Self::Postgres => function("jsonb_extract_path_text")
                .arg(json)
                .args(names(path))
                .into(),
        }
    }

    /// The number at a path in a JSON value.
    pub(crate) fn json_number(self, json: Expr, path: &[&str]) -> Expr {
        let scalar = self.json_scalar(json, path);
        match self {
            Self::Sqlite => scalar,
            Self::Postgres => scalar.cast_as("double precision"),
        }
    }

    /// Whether the boolean at a path in a JSON value is `true`; no value if there is none.
    pub(crate) fn json_boolean(self, json: Expr, path: &[&str]) -> Expr {
        let scalar = self.json_scalar(json, path);
        match self {
            Self::Sqlite => scalar.eq(1),
            Self::Postgres => scalar.eq("true"),
        }
    }

    /// Whether there is anything at a path in a JSON value.
    pub(crate) fn json_exists(self, json: Expr, path: &[&str]) -> Expr {
        let found: Expr = match self {
            Self::Sqlite => function("json_type").arg(json).arg(sqlite_path(path)).into(),
            Self::Postgres => function("jsonb_extract_path").arg(json).args(names(path)).into(),
        };
        found.is_not_null()
    }

    /// The elements of the list at a path in a JSON value, as rows of `element`; [`element`](Self::element) is the value.
    pub(crate) fn json_elements(self, json: Expr, path: &[&str]) -> SelectStatement {
        let rows = match self {
            Self::Sqlite => function("json_each").arg(json).arg(sqlite_path(path)),
            Self::Postgres => {
                let list: Expr = function("jsonb_extract_path").arg(json).args(names(path)).into();
                function("jsonb_array_elements").arg(list)
            }
        };
        Query::select()
            .expr(Expr::val(1))
            .from_function(rows, "element")
            .to_owned()
    }

    /// The value of a row of [`json_elements`](Self::json_elements).
    pub(crate) fn element(self) -> Expr {
        Expr::col(("element", "value"))
    }

    /// The scalar that a row of [`json_elements`](Self::json_elements) is, for lists of plain values.
    pub(crate) fn element_scalar(self) -> Expr {
        match self {
            Self::Sqlite => self.element(),
            Self::Postgres => self
                .element()
                .binary(BinOper::Custom("#>>"), Expr::val("{}").cast_as("text[]")),
        }
    }

    /// The value that a multi-valued attribute is sorted by: that of its primary element, or else of the first.
    pub(crate) fn sorted_element(self, json: Expr, path: &[&str], sub: Option<&str>) -> Expr {
        match self {
            Self::Sqlite => {
                let mut primary_first = self.json_elements(json, path);
                let value = match sub {
                    Some(sub) => self.json_scalar(self.element(), &[sub]),
                    None => self.element(),
                };
                let is_primary =
                    Func::coalesce([self.json_boolean(self.element(), &["primary"]), Expr::val(false)]);
                let is_object = Expr::col(("element", "type")).eq("object");
                let primary = Expr::case(is_object, Expr::from(is_primary)).finally(false);
                primary_first
                    .clear_selects()
                    .expr(value)
                    .order_by_expr(primary.into(), sea_orm::sea_query::Order::Desc)
                    .order_by(("element", "id"), sea_orm::sea_query::Order::Asc)
                    .limit(1);
                Expr::SubQuery(None, Box::new(primary_first.into()))
            }
            Self::Postgres => {
                let list: Expr = function("jsonb_extract_path").arg(json).args(names(path)).into();
                let primary: Expr = function("jsonb_path_query_first")
                    .arg(list.clone())
                    .arg(Expr::val("$[*] ? (@.primary == true)").cast_as("jsonpath"))
                    .into();
                let first: Expr = list.binary(BinOper::Custom("->"), Expr::val(0));
                let element: Expr = Func::coalesce([primary, first]).into();
                match sub {
                    Some(sub) => self.json_scalar(element, &[sub]),
                    None => element.binary(BinOper::Custom("#>>"), Expr::val("{}").cast_as("text[]")),
                }
            }
        }
    }

    /// The strings of a JSON list given as one parameter, as rows: `SELECT value …`. One parameter, however many there are.
    pub(crate) fn listed(self, values: &[&str]) -> SelectStatement {
        let list = serde_json::Value::from(values.to_vec()).to_string();
        let (rows, value) = match self {
            Self::Sqlite => (function("json_each").arg(list), Expr::col(("listed", "value"))),
            Self::Postgres => {
                let list = Expr::val(list).cast_as("jsonb");
                (
                    function("jsonb_array_elements_text").arg(list),
                    Expr::col(("listed", "value")),
                )
            }
        };
        Query::select()
            .expr(value)
            .from_function(rows, "listed")
            .to_owned()
    }

    /// Whether `text` contains `part`. No pattern: every character stands for itself.
    pub(crate) fn contains(self, text: Expr, part: &str) -> Expr {
        let position: Expr = match self {
            Self::Sqlite => function("instr").arg(text).arg(part).into(),
            Self::Postgres => function("strpos").arg(text).arg(part).into(),
        };
        position.gt(0)
    }

    /// Whether `text` starts with `part`.
    pub(crate) fn starts_with(self, text: Expr, part: &str) -> Expr {
        let start: Expr = function("substr").arg(text).arg(1).arg(characters(part)).into();
        start.eq(part)
    }

    /// Whether `text` ends with `part`.
    pub(crate) fn ends_with(self, text: Expr, part: &str) -> Expr {
        let length = characters(part);
        if length == 0 {
            return text.is_not_null();
        }
        let end: Expr = match self {
            Self::Sqlite => function("substr").arg(text).arg(-length).into(),
            Self::Postgres => function("right").arg(text).arg(length).into(),
        };
        end.eq(part)
    }

    /// Text in the order of its code points, whatever the collation of the database.
    pub(crate) fn by_code_point(self, text: Expr) -> Expr {
        match self {
            Self::Sqlite => text,
            Self::Postgres => text.binary(BinOper::Custom("COLLATE"), Expr::cust("\"C\"")),
        }
    }

    /// A JSON document as a parameter.
    pub(crate) fn json_value(self, text: String) -> Expr {
        match self {
            Self::Sqlite => Expr::val(text),
            Self::Postgres => Expr::val(text).cast_as("jsonb"),
        }
    }
}

fn names(path: &[&str]) -> Vec<Expr> {
    path.iter().map(|name| Expr::val(*name)).collect()
}

/// A path in SQLite's notation: `$."name"."givenName"`. Names come from schemas; none has a quotation mark.
fn sqlite_path(path: &[&str]) -> String {
    path.iter().fold("$".to_owned(), |path, name| {
        format!("{path}.\"{}\"", name.replace('"', ""))
    })
}

fn characters(text: &str) -> i32 {
    i32::try_from(text.chars().count()).unwrap_or(i32::MAX)
}
