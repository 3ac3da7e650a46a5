# Targets are listed by `make help`.
.DEFAULT_GOAL := help
export CGO_ENABLED ?= 0
GOTEST := go test
LINT := go tool -modfile=go.tool.mod golangci-lint

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build ./dealwatch, one static binary
	go build -trimpath -ldflags "-s -w" -o dealwatch ./cmd/dealwatch

test: ## run every test (parts whose programs or captures are missing say so and are skipped)
	$(GOTEST) ./...

race: ## all but the longest with the race detector
	CGO_ENABLED=1 $(GOTEST) -race -short -timeout 45m ./...

lint: ## gofmt, vet and golangci-lint
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	go vet ./...
	$(LINT) run

check: lint test ## what a change must pass

golden: ## write the goldens anew; read the difference line by line
	$(GOTEST) ./scrapers/... ./feed/... -update

bench: ## benchmarks of extraction, matching and feeds
	$(GOTEST) -run '^$$' -bench . -benchmem ./scrapers/extract ./rules ./feed

cost: ## cost of a request against nginx, and of 100,000 flags; needs wrk and nginx
	DEALWATCH_COST=1 $(GOTEST) -count=1 -v -run 'Cost' ./feed/web ./cmd/dealwatch

bench-match: ## the matcher beside Vectorscan and others, by the rig in $DEALWATCH_BENCH
	@rig="$${DEALWATCH_BENCH:-../shared/bench}"; if [ ! -x "$$rig/peers.sh" ]; then echo "bench-match: no $$rig/peers.sh; set DEALWATCH_BENCH to the folder of the rig"; exit 0; fi; \
	  work="$${TMPDIR:-/tmp}/dealwatch-bench"; mkdir -p "$$work" && go build -o "$$work/ours" ./rules/bench && cp "$$work/ours" "$$work/ours-plain" && "$$rig/setup.sh" "$$work" && \
	  OURS="$$work/ours" OURS2="env GODEBUG=cpu.avx512f=off,cpu.avx2=off $$work/ours-plain" "$$rig/peers.sh" "$$work" | tee "$$work/out.txt" && "$$rig/sum.py" "$$work/out.txt"

eval: ## precision and recall of the rules on the labelled captures
	$(GOTEST) ./rules -run TestEval -count=1 -v

mutations: ## take from the pages what the readers look for, and see that each loss is noticed; every page with DEALWATCH_TORTURE=1
	$(GOTEST) -count=1 -v -run 'TestMutations' ./cmd/dealwatch

throughput: ## our fetching beside bare Colly and wget, from a local server without delays; needs wget
	DEALWATCH_THROUGHPUT=1 $(GOTEST) -count=1 -v -run 'TestThroughput$$' ./cmd/dealwatch

torture: ## long forms of the kill, chaos, mutation and fuzz tests; by hand
	DEALWATCH_TORTURE=1 $(GOTEST) -count=1 -timeout 120m ./cmd/dealwatch ./store
	for p in ./rules ./scrapers/extract ./scrapers/warc; do \
	  for f in $$(grep -rhoE 'func Fuzz[A-Za-z0-9]+' $$p --include='*_test.go' | sed 's/func //'); do \
	    $(GOTEST) $$p -run '^$$' -fuzz "^$$f$$" -fuzztime 60s || exit 1; done; done

.PHONY: help bench-match build test race lint check golden bench cost eval mutations throughput torture
