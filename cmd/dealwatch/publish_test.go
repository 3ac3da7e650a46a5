package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// gh stands for the host's own program: a release is a folder.
const gh = `#!/bin/sh
set -e
test "$1" = release; test "$3" = store
case "$2" in
view) test -d "$RELEASE"; if [ "$4" = --json ]; then ls "$RELEASE" | wc -l | tr -d ' '; fi;;
create) mkdir "$RELEASE";;
download) test "$4" = --dir; test -n "$(ls "$RELEASE")"; cp "$RELEASE"/* "$5";;
upload) test "$4" = --clobber; shift 4; cp "$@" "$RELEASE";;
*) exit 2;;
esac
`

// The workflow works from a fresh clone, and again in the next one, with what is kept
// between the two: all its steps are run but those of the host, on a tape of captures.
func TestPublishWorkflow(t *testing.T) {
	slow(t)
	for _, name := range []string{"git", "make", "sh"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s", name)
		}
	}
	var flow struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct{ Run, Uses string }
		}
	}
	file, err := os.ReadFile("../../.github/workflows/publish.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(file, &flow); err != nil {
		t.Fatal(err)
	}
	job := flow.Jobs["publish"]
	work := t.TempDir()
	bin, tape := filepath.Join(work, "bin"), filepath.Join(work, "tape")
	for _, dir := range []string{bin, tape} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(gh), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeExchanges(tape, week()); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "RELEASE="+filepath.Join(work, "release"), "DEALWATCH_CONTACT=",
		"DEALWATCH_PUBLIC_URL=https://owner.github.io/repository", "DEALWATCH_DB="+job.Env["DEALWATCH_DB"])
	pinned := regexp.MustCompile(`^actions/[a-z-]+@v[0-9]+$`)
	var feeds []string
	for _, clone := range []string{"first", "second"} {
		dir := filepath.Join(work, clone)
		run := func(in, command string) {
			cmd := exec.Command("sh", "-e", "-c", command)
			cmd.Dir, cmd.Env = in, env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
		}
		run("../..", "git clone -q . '"+dir+"'")
		ran := 0
		for _, step := range job.Steps {
			if step.Uses != "" {
				if !pinned.MatchString(step.Uses) {
					t.Errorf("%q names no version of an action", step.Uses)
				}
				continue
			}
			run(dir, strings.Replace(step.Run, "dealwatch scrape", "dealwatch scrape --replay '"+tape+"'/*.warc.gz", 1))
			ran++
		}
		if ran < 8 {
			t.Errorf("%d steps were run", ran)
		}
		b, err := os.ReadFile(filepath.Join(dir, "public", "feeds", "all.atom"))
		if err != nil {
			t.Fatal(err)
		}
		feeds = append(feeds, string(b))
		if packs, err := filepath.Glob(filepath.Join(dir, "public", "documents", "*", "*", "evidence.warc.gz")); err != nil || len(packs) == 0 {
			t.Errorf("the %s run published no evidence (%v)", clone, err)
		}
	}
	if !strings.Contains(feeds[0], "<entry>") || feeds[0] != feeds[1] {
		t.Errorf("the second run does not go on from the first:\n%s\n%s", feeds[0], feeds[1])
	}
}
