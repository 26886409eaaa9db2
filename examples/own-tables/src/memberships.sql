-- the memberships of the accounts ?2, with the names of the projects
SELECT m.project, m.account, coalesce(p.document ->> 'displayName', '')
FROM project_members m JOIN projects p ON p.id = m.project
WHERE p.tenant = ?1 AND m.account IN (SELECT value FROM json_each(?2))
ORDER BY m.account, m.project
