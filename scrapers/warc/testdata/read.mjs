// Reads a WARC file with warcio and prints a line a record: type, address, status,
// body digest, and whether the record's own digests are right.
import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";

const [modules, file] = process.argv.slice(2);
const { WARCParser } = await import(pathToFileURL(modules + "/warcio/dist/index.js"));
const sha256 = (b) => "sha256:" + createHash("sha256").update(b).digest("hex");

const right = [];
for await (const record of new WARCParser(createReadStream(file), { parseHttp: false })) {
  const block = Buffer.from(await record.readFully(false));
  const payload = block.subarray(block.indexOf("\r\n\r\n") + 4);
  const stated = record.warcHeaders.headers;
  right.push(
    stated.get("WARC-Block-Digest") === sha256(block) &&
      (!stated.has("WARC-Payload-Digest") || stated.get("WARC-Payload-Digest") === sha256(payload)),
  );
}
let n = 0;
for await (const record of new WARCParser(createReadStream(file))) {
  const body = Buffer.from((await record.readFully(false)) ?? []);
  console.log(
    JSON.stringify({
      type: record.warcType,
      url: record.warcTargetURI ?? "",
      status: record.warcType === "response" ? record.httpHeaders.statusCode : 0,
      body: record.warcType === "response" ? sha256(body) : "",
      right: right[n++],
    }),
  );
}
