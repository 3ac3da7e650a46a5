package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dealwatch": main})
}

// TestScripts runs the command lines of testdata/script. $CORPUS is the folder of
// real captures; a script that needs it begins with [!corpus] skip.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("CORPUS", os.Getenv("DEALWATCH_CORPUS"))
			e.Setenv("HOME", e.WorkDir)
			if dir, err := os.UserCacheDir(); err == nil { // the compiled PDF reader is shared
				e.Setenv("XDG_CACHE_HOME", dir)
			}
			if err := writeExchanges(filepath.Join(e.WorkDir, "second"), secondWeek()); err != nil {
				return err
			}
			return writeWARCs(filepath.Join(e.WorkDir, "warc"))
		},
		Condition: func(cond string) (bool, error) {
			return cond == "corpus" && os.Getenv("DEALWATCH_CORPUS") != "", nil
		},
	})
}
