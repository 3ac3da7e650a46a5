// Package webtest drives a real browser over the pages in tests: Chromium, which must be
// installed, without a network but the loopback one.
package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Modules names the variable that holds the node_modules folder with axe-core.
const Modules = "DEALWATCH_NODE_MODULES"

// Shots names the variable that holds a folder for pictures of the pages.
const Shots = "DEALWATCH_SHOTS"

// Tab is a page of a browser. Its methods end the test where the browser fails.
type Tab struct {
	t   testing.TB
	ctx context.Context
}

// missing skips the test, but not in CI, which installs everything.
func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Open starts a browser with an empty profile, which ends with the test.
func Open(t testing.TB) *Tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "no browser: install chromium")
	}
	dir := t.TempDir()
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.WindowSize(1000, 900)}
	for _, name := range []string{"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars"} {
		options = append(options, chromedp.Flag(name, true))
	}
	options = append(options, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() { end(); stop() })
	tab := &Tab{t, ctx}
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as the first context
		t.Fatalf("start chromium: %v", err)
	}
	tab.Go("about:blank")
	return tab
}

func (b *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Go opens an address and waits for the page.
func (b *Tab) Go(url string) {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
}

// Click follows a link or presses a button, by a CSS selector, and waits for the next
// page.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	before := b.Text("String(performance.timeOrigin)")
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
	for range 100 {
		// An error is the page that is being left: it is not there to be asked any more.
		state, err := b.evaluate(`document.readyState + (performance.timeOrigin === ` + before + `)`)
		if err == nil && state == "completefalse" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("click %s: no page came", selector)
}

// Set gives a field of a form its value.
func (b *Tab) Set(selector, value string) {
	b.t.Helper()
	b.do("set "+selector, chromedp.SetValue(chromedp.CSS(selector), value))
}

// Text evaluates an expression that gives a string.
func (b *Tab) Text(expression string) string {
	b.t.Helper()
	s, err := b.evaluate(expression)
	if err != nil {
		b.t.Fatalf("evaluate %.100s: %v", expression, err)
	}
	return s
}

func (b *Tab) evaluate(expression string) (string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}

// Look sets what the page is shown on: "light" or "dark", "screen" or "print", and how
// wide it is.
func (b *Tab) Look(scheme, media string, width int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err == nil {
		_, err = chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(width), Height: 900, DeviceScaleFactor: 1,
		})
	}
	if err != nil {
		b.t.Fatalf("look: %v", err)
	}
}

// Axe gives what axe-core finds wrong with the page for people who use a keyboard, a
// screen reader or low contrast.
func (b *Tab) Axe() []string {
	b.t.Helper()
	modules := os.Getenv(Modules)
	source, err := os.ReadFile(filepath.Join(modules, "axe-core", "axe.min.js"))
	if modules == "" || err != nil {
		missing(b.t, "no axe-core: set %s to the node_modules folder it is installed in (npm install axe-core)", Modules)
	}
	b.Text(string(source) + `; "loaded"`)
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	text := b.Text(`axe.run(document).then(r => JSON.stringify(r.violations))`)
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, v := range found {
		for _, n := range v.Nodes {
			out = append(out, fmt.Sprintf("%s (%s): %.200s: %s", v.ID, v.Help, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " ")))
		}
	}
	return out
}

// Shot keeps a picture of the whole page where DEALWATCH_SHOTS names a folder.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv(Shots)
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), picture, 0o644)
	}
	if err != nil {
		b.t.Errorf("picture %s: %v", name, err)
	}
}
