package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics shows, in a registry of their own.
type metrics struct {
	handler  http.Handler
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	builds   *prometheus.CounterVec
	build    prometheus.Histogram
}

func newMetrics(h *Handler) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dealwatch_http_requests_total", Help: "Requests answered.",
		}, []string{"route", "method", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dealwatch_http_request_duration_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5},
		}, []string{"route"}),
		builds: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dealwatch_feed_builds_total", Help: "Feeds and pages made, and those that could not be.",
		}, []string{"result"}),
		build: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "dealwatch_feed_build_duration_seconds", Help: "Time to make the formats of a feed, or a page.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}),
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(m.requests, m.seconds, m.builds, m.build, sourceMetrics{h},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) served(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead:
	default:
		method = "other" // a client may send any word
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) built(took time.Duration, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.builds.WithLabelValues(result).Inc()
	m.build.Observe(took.Seconds())
}

// sourceMetrics shows the health of the sources as the store last told it.
type sourceMetrics struct{ h *Handler }

var (
	sourceUp      = sourceDesc("healthy", "1 where the source is read as it should be, else 0.")
	sourceLastOK  = sourceDesc("last_success_timestamp_seconds", "When the source was last read without a fault.")
	sourceLastNew = sourceDesc("last_new_timestamp_seconds", "When the source last showed something new.")
	sourcePending = sourceDesc("pending_items", "Items listed but not read yet.")
	sourceGaps    = sourceDesc("open_gaps", "Stretches that no poll has proved complete.")
)

func sourceDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("dealwatch_source_"+name, help, []string{"source"}, nil)
}

func (m sourceMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{sourceUp, sourceLastOK, sourceLastNew, sourcePending, sourceGaps} {
		out <- d
	}
}

func (m sourceMetrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, source string, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, source)
	}
	for _, s := range m.h.cache.state.Load().health {
		up := 0.0
		if s.Incident == "" {
			up = 1
		}
		gauge(sourceUp, s.Source, up)
		if !s.LastOKAt.IsZero() {
			gauge(sourceLastOK, s.Source, float64(s.LastOKAt.UnixMilli())/1000)
		}
		if !s.LastNewAt.IsZero() {
			gauge(sourceLastNew, s.Source, float64(s.LastNewAt.UnixMilli())/1000)
		}
		gauge(sourcePending, s.Source, float64(s.Pending))
		gauge(sourceGaps, s.Source, float64(s.OpenGaps))
	}
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
