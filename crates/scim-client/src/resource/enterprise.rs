//! The enterprise extension of users (RFC 7643 section 4.3).

use super::macros::complex;
use super::value::Manager;

complex! {
    /// The enterprise extension of a user (RFC 7643 section 4.3).
    ///
    /// ```
    /// use scim_client::resource::enterprise::EnterpriseUser;
    /// use scim_client::resource::user::User;
    /// use scim_client::resource::value::Manager;
    ///
    /// let enterprise = EnterpriseUser::default().department("Tours").manager(Manager::new("26118915"));
    /// let user = serde_json::to_value(User::new("bjensen").enterprise(enterprise))?;
    /// let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    /// assert_eq!(user[urn]["manager"]["value"], "26118915");
    /// assert_eq!(user["schemas"][1], urn);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct EnterpriseUser {
        /// The number that the organization assigned to the user.
        employee_number: String,
        /// The cost center.
        cost_center: String,
        /// The organization.
        organization: String,
        /// The division.
        division: String,
        /// The department.
        department: String,
        /// The manager of the user.
        manager: Manager,
    }
}
