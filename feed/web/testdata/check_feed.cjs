// Checks a JSON Feed on stdin against the schema of version 1.1.
const [modules] = process.argv.slice(2);
const load = (name) => require(modules + "/" + name);
const ajv = new (load("ajv").default)({ allErrors: true, strict: false });
load("ajv-formats").default(ajv);
const schema = load("jsonfeed-schema/schema-v1.1.json");
if (schema.$schema && !ajv.getSchema(schema.$schema)) delete schema.$schema; // an older draft, with the same words
const check = ajv.compile(schema);
const feed = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
if (!check(feed)) {
  console.error(JSON.stringify(check.errors.slice(0, 5), null, 1));
  process.exit(1);
}
