-- adds those of ?3 that are accounts of the tenant and not members yet
INSERT OR IGNORE INTO project_members (project, account)
SELECT p.id, a.id
FROM projects p CROSS JOIN json_each(?3) j CROSS JOIN accounts a ON a.id = j.value
WHERE p.tenant = ?1 AND p.id = ?2 AND a.tenant = ?1
