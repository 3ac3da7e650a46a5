// Writes a WARC file with warcio: pages in several shapes, gzip a record.
import { createWriteStream } from "node:fs";
import { gzipSync } from "node:zlib";
import { pathToFileURL } from "node:url";

const [modules, file] = process.argv.slice(2);
const { WARCRecord, WARCSerializer } = await import(pathToFileURL(modules + "/warcio/dist/index.js"));
const out = createWriteStream(file);
const text = new TextEncoder();

async function write(record, digest) {
  out.write(await WARCSerializer.serialize(record, { gzip: true, digest }));
}
async function* one(bytes) {
  yield typeof bytes === "string" ? text.encode(bytes) : bytes;
}

await write(await WARCRecord.createWARCInfo({ filename: "theirs.warc.gz", warcVersion: "WARC/1.1" }, { software: "warcio.js" }));
const pages = [
  ["https://example.com/plain", "200 OK", { "Content-Type": "text/plain" }, "plain"],
  ["https://example.com/chunked", "200 OK", { "Transfer-Encoding": "chunked" }, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"],
  ["https://example.com/gzip", "200 OK", { "Content-Encoding": "gzip", "Content-Type": "text/html" }, gzipSync("<p>zipped")],
  ["https://example.com/binary", "200 OK", {}, new Uint8Array([0, 1, 2, 255, 13, 10, 13, 10])],
  ["https://example.com/moved", "302 Found", { Location: "/plain" }, ""],
  ["https://example.com/gone", "404 Not Found", {}, "no such page"],
  ["https://example.com/empty", "204 No Content", {}, ""],
  ["https://example.com/plain", "200 OK", { "Content-Type": "text/plain" }, "plain, revised"],
];
let minute = 0;
for (const [url, status, httpHeaders, body] of pages) {
  const date = `2026-01-02T12:${String(minute++).padStart(2, "0")}:00Z`;
  for (const digest of [{ algo: "sha-256", prefix: "sha256:", base32: false }]) {
    await write(
      await WARCRecord.create(
        { url, date, type: "response", warcVersion: "WARC/1.1", httpHeaders, statusline: "HTTP/1.1 " + status },
        one(body),
      ),
      digest,
    );
  }
}
// One with the digests of older tools: SHA-1 in base32.
await write(
  await WARCRecord.create(
    { url: "https://example.com/old", date: "2026-01-02T13:00:00Z", type: "response", warcVersion: "WARC/1.0", httpHeaders: {}, statusline: "HTTP/1.0 200 OK" },
    one("old"),
  ),
  { algo: "sha-1", prefix: "sha1:", base32: true },
);
out.end();
