-- the members of the projects ?2, with the names of the accounts
SELECT m.project, m.account, coalesce(nullif(a.document ->> 'displayName', ''), a.document ->> 'userName', '')
FROM project_members m JOIN accounts a ON a.id = m.account
WHERE a.tenant = ?1 AND m.project IN (SELECT value FROM json_each(?2))
ORDER BY m.project, m.account
