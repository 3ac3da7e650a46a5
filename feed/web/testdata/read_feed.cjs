// Reads a feed on stdin with rss-parser: a line of JSON an entry, with what it makes of it.
const [modules] = process.argv.slice(2);
const Parser = require(modules + "/rss-parser");
new Parser().parseString(require("node:fs").readFileSync(0, "utf8")).then(
  (feed) => {
    for (const it of feed.items)
      console.log(JSON.stringify({ ID: it.id || it.guid, Title: it.title, Link: it.link, Date: it.isoDate, HTML: it["content:encoded"] || it.content }));
  },
  (err) => {
    console.error(err.message);
    process.exit(1);
  },
);
