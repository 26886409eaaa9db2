// SCIMMY with its express routers and a store in memory, as its own documentation shows it.
// usage: node scimmy.mjs PORT TOKEN
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);
const stores = { User: new Map(), Group: new Map() };
let last = 0;

for (const kind of ["User", "Group"]) {
    const store = stores[kind];
    SCIMMY.Resources[kind]
        .egress(async (resource) => {
            if (!resource.id) return resource.filter ? resource.filter.match([...store.values()]) : [...store.values()];
            if (!store.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            return store.get(resource.id);
        })
        .ingress(async (resource, data) => {
            const id = resource.id ?? String(++last);
            if (resource.id && !store.has(id)) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
            const name = data.userName?.toLowerCase();
            const taken = [...store.values()].some((other) => other.id !== id && name && other.userName.toLowerCase() === name);
            if (taken) throw new SCIMMY.Types.Error(409, "uniqueness", `userName ${data.userName} is taken`);
            const now = new Date();
            const created = store.get(id)?.meta.created ?? now;
            const kept = { ...JSON.parse(JSON.stringify(data)), id, meta: { created, lastModified: now } };
            store.set(id, kept);
            return kept;
        })
        .degress(async (resource) => {
            if (!store.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
        });
}
SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser));
SCIMMY.Resources.declare(SCIMMY.Resources.Group);

const app = express();
app.use("/scim", new SCIMMYRouters({
    type: "bearer",
    baseUri: () => `http://127.0.0.1:${port}`,
    handler: async (request) => {
        if (request.headers.authorization !== `Bearer ${token}`) throw new Error("wrong token");
        return "conformance";
    },
}));
app.listen(Number(port), "127.0.0.1");
