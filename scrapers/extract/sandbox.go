package extract

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// sandboxMemory bounds a sandbox, in pages of 64 KiB.
const sandboxMemory = 512 << 20 / (64 << 10)

// A sandbox reads one PDF at a time, without files and network. Canceling it stops
// what it does, and is the end of it.
type sandbox struct {
	pool   pdfium.Pool
	cancel context.CancelFunc
}

// At most two sandboxes work at once; idle ones wait for the next PDF.
var (
	sandboxes   = make(chan struct{}, 2)
	idleMutex   sync.Mutex
	idleSandbox []*sandbox
)

// takeSandbox gives an idle sandbox, or makes one.
func takeSandbox(ctx context.Context) (*sandbox, error) {
	select {
	case sandboxes <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	idleMutex.Lock()
	defer idleMutex.Unlock()
	if last := len(idleSandbox) - 1; last >= 0 {
		box := idleSandbox[last]
		idleSandbox = idleSandbox[:last]
		return box, nil
	}
	box, err := newSandbox()
	if err != nil {
		<-sandboxes
	}
	return box, err
}

// giveSandbox puts a sandbox back; one that is not whole any more is given up.
func giveSandbox(box *sandbox, whole bool) {
	if whole {
		idleMutex.Lock()
		idleSandbox = append(idleSandbox, box)
		idleMutex.Unlock()
	} else {
		box.cancel()
		_ = box.pool.Close() // it is given up
	}
	<-sandboxes
}

// newSandbox makes a sandbox. Compiling takes seconds, so what was compiled is kept
// in memory, and in the user's cache directory, where there is one.
func newSandbox() (*sandbox, error) {
	ctx, cancel := context.WithCancel(context.Background())
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(sandboxMemory).
		WithCloseOnContextDone(true).
		WithCompilationCache(compiled())
	pool, err := webassembly.Init(webassembly.Config{
		Context:       ctx,
		MaxTotal:      1,
		FSConfig:      wazero.NewFSConfig(), // the default would show it the whole disk
		RuntimeConfig: config,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
	if err != nil {
		cancel()
		return nil, err
	}
	return &sandbox{pool, cancel}, nil
}

var compiled = sync.OnceValue(func() wazero.CompilationCache {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "dealwatch"))
	if err != nil {
		return wazero.NewCompilationCache()
	}
	return cache
})
