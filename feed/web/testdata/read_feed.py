# Reads ADDRESS as VERSION of a feed with COUNT entries, of the corpus NAME.
import sys, feedparser as fp
d = fp.parse(sys.argv[1])
assert not d.bozo, d.bozo_exception
assert d.version == sys.argv[2], d.version
ids = [e.id for e in d.entries]
assert len(ids) == len(set(ids)) == int(sys.argv[3]), len(ids)
for e in d.entries:
    assert e.link.startswith(("http://", "https://")), e.link
    assert e.get("published_parsed") and e.title and e.content[0].value, e
    assert "<strong>" in e.content[0].value or sys.argv[4] != "plain"
    assert "<script" not in e.content[0].value and "<script" not in e.summary
assert fp.parse(sys.argv[1], etag=d.etag).status == 304
assert fp.parse(sys.argv[1], modified=d.modified).status == 304
