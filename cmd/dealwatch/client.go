package main

import (
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

var (
	_ crawl.Turns       = (*store.Store)(nil)
	_ crawl.RobotsFiles = (*store.Store)(nil)
)

// newClient makes the client of a run: it keeps what it reads in arch, at the pace that
// st keeps for all processes. Where a tape is given it answers, and nobody is asked.
func (a *app) newClient(st *store.Store, arch *warc.Archive, tape *warc.Tape, private bool) *crawl.Client {
	cfg := crawl.Config{
		Hosts: scrapers.Hosts(), Product: product(), Contact: a.contact, Archive: arch, Tape: tape,
		AllowPrivate: private, Log: a.log, Now: a.now,
	}
	if tape == nil {
		cfg.Turns, cfg.Robots = st, st
	}
	if a.crawling != nil {
		a.crawling(&cfg)
	}
	return crawl.New(cfg)
}
