package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

func addArchiveFlags(f *pflag.FlagSet, dir *string, none *bool) {
	f.StringVar(dir, "archive", "archive", "directory that keeps every answer read, as WARC files")
	f.BoolVar(none, "no-archive", false, "keep no answers")
}

// openArchive gives nil where nothing is to be kept. Runs that share a store but not the
// directory give their files different names: the store names captures by them.
func (a *app) openArchive(ctx context.Context, st *store.Store, dir string, none bool) (*warc.Archive, error) {
	if none {
		return nil, nil
	}
	arch, err := warc.Open(dir)
	if err != nil {
		return nil, &failure{exitStore, fmt.Errorf("archive: %w", err), "name a writable directory with --archive, or keep nothing with --no-archive"}
	}
	last, err := st.LastCaptureFile(ctx)
	if err != nil {
		_ = arch.Close()
		return nil, storeFailure(err)
	}
	arch.NumberAfter(last)
	return arch, nil
}

func (a *app) archiveCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "archive",
		Short: "Check the archived captures, or write one document's evidence",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("use archive verify or archive export", "unknown command %q", args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(a.exportCmd(), a.verifyCmd())
	return cmd
}

func (a *app) verifyCmd() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "verify [FILE or DIRECTORY...]",
		Short: "Check every stored capture against its digest",
		Example: `  dealwatch archive verify
  dealwatch archive verify --archive /backup/archive
  dealwatch archive verify /backup/archive/*.warc.gz`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				args = []string{dir}
			case cmd.Flags().Changed("archive"):
				return usage("name the files, or the directory with --archive", "archive verify: --archive does not go with files")
			}
			return a.verify(cmd.Context(), args)
		},
	}
	cmd.Flags().StringVar(&dir, "archive", "archive", "directory of the captures, where no file is named")
	return cmd
}

// verify checks every record of the WARC files, a line a file.
func (a *app) verify(ctx context.Context, names []string) error {
	files, err := warcFiles(names)
	if err != nil {
		return err
	}
	bad := 0
	t := newListing(a.stdout, a.format, "file", "good_records", "damage")
	err = warc.Verify(ctx, files, func(path string, records int, err error) {
		damage := any(nil)
		if err != nil {
			bad++
			damage = err.Error()
		}
		if err == nil && a.quiet {
			return
		}
		switch {
		case a.format != "table":
			_ = t.add(path, records, damage) // close tells
		case err != nil:
			fmt.Fprintf(a.stdout, "%s: %d records good, then: %v\n", path, records, err)
		default:
			fmt.Fprintf(a.stdout, "%s: %d records, every digest verified\n", path, records)
		}
	})
	if a.format != "table" && err == nil {
		err = t.close()
	}
	switch {
	case err != nil:
		return &failure{exitSome, err, ""}
	case bad > 0:
		return &failure{exitSome, fmt.Errorf("%d of %d files are damaged", bad, len(files)), "restore them from a backup; the records before the damage are good"}
	}
	return nil
}

func warcFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, usage("name WARC files, or a directory of them", "archive: %v", err)
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		found, err := filepath.Glob(filepath.Join(arg, "*.warc*"))
		if err != nil {
			return nil, usage("name the files instead", "archive: %v", err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, usage("name WARC files, or a directory of them", "no WARC file in %v", args)
	}
	return files, nil
}
