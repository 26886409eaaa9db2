-- removes all members but ?3 if the delta replaces them (?5), and otherwise ?4
DELETE FROM project_members
WHERE project = (SELECT id FROM projects WHERE tenant = ?1 AND id = ?2)
  AND CASE WHEN ?5 THEN account NOT IN (SELECT value FROM json_each(?3))
           ELSE account IN (SELECT value FROM json_each(?4)) END
