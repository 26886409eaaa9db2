-- the accounts in the projects ?2, with the name of each account
SELECT m.project, m.account, coalesce(nullif(a.document ->> 'displayName', ''), a.document ->> 'userName', '')
FROM project_members m JOIN accounts a ON a.id = m.account
WHERE a.tenant = ?1 AND m.project IN (SELECT value FROM json_each(?2))
ORDER BY m.project, m.account
