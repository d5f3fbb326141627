# s3export: `make help` says what there is.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS   += --no-print-directory

PKG       ?= ./...
BIN       := bin/s3export
MAX_BYTES := 20000000
FUZZTIME  ?= 5s
SCHEMA    := specs/backup.schema.json

export CGO_ENABLED ?= 0
# S3 and its like speak HTTP/1.1; HTTP/2 would be half a megabyte for nobody. Inlining makes what
# no time is spent in a whole megabyte larger: the SDK of AWS, YAML, PDF, the simulator.
COLD      := github.com/aws/... go.yaml.in/... codeberg.org/... github.com/cargomedia/s3export/providers/simulator/...
export GOFLAGS += -tags=nethttpomithttp2 $(COLD:%=-gcflags=%=-l)

# The tools are pinned in a module of their own; go builds one once and prints where it keeps it.
TOOL      = $$(go -C tools tool -n $(1))
# Directories with Go files that hold a line, as package paths.
WITH_LINE = $$(grep -rlE --include='*$(2).go' --exclude-dir=tools '$(1)' . | xargs -r -n1 dirname | sort -u)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Building

.PHONY: build
build: ## bin/s3export, without cgo
	go build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/s3export

.PHONY: demo
demo: build mkfs ## the five-minute story in one: from a YAML file to a verified drive, then a rotten one
	$(BIN) demo

.PHONY: generate
generate: ## write the files that are made from code
	go -C tools run ./schema > $(SCHEMA).new
	mv $(SCHEMA).new $(SCHEMA)

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist
	go clean -testcache

## Testing

.PHONY: mkfs
mkfs:
	@PATH="$$PATH:/usr/sbin:/sbin"; command -v mkfs.ext4 debugfs > /dev/null || { \
		echo "s3export makes and reads ext4 with mkfs.ext4 and debugfs, which are not here." >&2; \
		echo "Install them: apt-get install e2fsprogs" >&2; exit 1; }

.PHONY: test
test: mkfs ## the whole suite; as root it includes the loop devices
	go test -timeout 10m $(PKG)
	@[ "$$(id -u)" = 0 ] || echo "SKIPPED: tests of block devices need root; run them with: sudo make test-root"

.PHONY: test-root
test-root: mkfs ## only the tests that need root (loop devices), with their names
	@[ "$$(id -u)" = 0 ] || { echo "loop devices need root; run: sudo make test-root" >&2; exit 1; }
	@dirs="$(call WITH_LINE,Label."root",_test)"; \
	[ -n "$$dirs" ] || { echo "no test is labelled root" >&2; exit 1; }; \
	go test -count=1 -timeout 10m -v $$dirs -ginkgo.label-filter=root -ginkgo.v

.PHONY: kill
kill: mkfs ## kill -9 of apply at random moments, KILLS=200 times
	KILLS=$(or $(KILLS),200) go test -count=1 -timeout 20m ./cmd/s3export -ginkgo.label-filter=kill

.PHONY: test-vm
test-vm: ## the real binary on an emulated machine with USB drives (needs qemu-system-x86; skips aloud without)
	VM=1 go test -count=1 -timeout 15m -v ./device/machine -ginkgo.v | grep -vE '^\s*$$'

.PHONY: million
million: mkfs ## the look at a bucket of 1,000,000 keys: memory and requests
	KEYS=1000000 go test -v -count=1 -timeout 20m ./cmd/s3export -ginkgo.label-filter=million -ginkgo.v | grep -E "keys, peak|^ok|FAIL"

.PHONY: walk-million
walk-million: mkfs ## the walk of a file system of 1,000,000 files: memory and time (needs root)
	FILES=1000000 go test -v -count=1 -timeout 20m ./device/ext4 -run '^TestExt4$$' -ginkgo.label-filter=files -ginkgo.v | grep -E "files, peak|SKIPPED|^ok|FAIL"

.PHONY: mutations
mutations: ## reads damaged file systems, four kinds, MUTATIONS=75000 of each
	MUTATIONS=$(or $(MUTATIONS),75000) go test -count=1 -timeout 60m ./device/ext4 -run '^TestExt4$$' -ginkgo.label-filter=mutations

.PHONY: race
race: export CGO_ENABLED = 1
race: mkfs ## the suite but for what is slow or measures memory, under the race detector, in random order (needs a C compiler)
	@command -v "$$(go env CC)" > /dev/null || { echo "the race detector needs a C compiler: apt-get install gcc libc6-dev" >&2; exit 1; }
	@all=$$(go list $(PKG)); \
	suites=$$(go list -f '{{range .TestImports}}{{if eq . "github.com/onsi/ginkgo/v2"}}{{$$.ImportPath}}{{"\n"}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "github.com/onsi/ginkgo/v2"}}{{$$.ImportPath}}{{"\n"}}{{end}}{{end}}' $(PKG) | sort -u); \
	plain=$$(comm -23 <(sort <<< "$$all") <(sort <<< "$$suites")); status=0; \
	[ -z "$$suites" ] || go test -race -shuffle=on -timeout 15m $$suites -ginkgo.randomize-all -ginkgo.label-filter='!slow && !memory' || status=1; \
	[ -z "$$plain" ] || go test -race -shuffle=on -timeout 15m $$plain || status=1; \
	exit $$status

.PHONY: fuzz
fuzz: ## each fuzz target for a moment (FUZZTIME=5s)
	@dirs="$(call WITH_LINE,^func Fuzz,_test)"; [ -n "$$dirs" ] || { echo "no fuzz targets"; exit 0; }; \
	for dir in $$dirs; do for target in $$(go test -list '^Fuzz' $$dir | grep '^Fuzz'); do \
		echo "$$dir $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$dir; \
	done; done

.PHONY: bench
bench: build mkfs ## against the peers in PATH, see docs/benchmarks.md; BENCHFLAGS='-scale 0.01 -runs 1' for a quick look (as root it mounts)
	go -C tools build -o ../bin/bench ./bench
	bin/bench $(BENCHFLAGS)

.PHONY: bench-go
bench-go: ## every benchmark of the packages once
	@dirs="$(call WITH_LINE,^func Benchmark,_test)"; [ -n "$$dirs" ] || { echo "no benchmarks"; exit 0; }; \
	go test -run '^$$' -bench . -benchmem $$dirs

.PHONY: golden
golden: ## rewrite the golden files; read the diff before you commit it
	UPDATE_GOLDEN=1 go test -count=1 $(call WITH_LINE,UPDATE_GOLDEN,)
	@git status --short -- '*testdata*'

## Checking

.PHONY: check
check: lint tidy generated goldens examples dependencies lengths size ## what CI checks besides the tests

.PHONY: lint
lint: ## golangci-lint with the layer rules (PKG=./device/... for one package)
	@lint=$(call TOOL,golangci-lint); "$$lint" config verify; "$$lint" run $(PKG); \
	[ '$(PKG)' != ./... ] || { cd tools; "$$lint" run ./...; }

.PHONY: tidy
tidy: ## go.mod and go.sum of both modules hold what is used, no more
	go mod tidy -diff
	go -C tools mod tidy -diff

.PHONY: generated
generated: ## the files made from code are current
	@go -C tools run ./schema | diff -u --label 'committed $(SCHEMA)' --label 'generated' $(SCHEMA) - || { \
		echo "$(SCHEMA) is not current; run: make generate" >&2; exit 1; }

.PHONY: goldens
goldens: mkfs ## the golden files are what the code gives
	@[ -z "$${UPDATE_GOLDEN:-}" ] || { echo "unset UPDATE_GOLDEN first" >&2; exit 1; }
	go test $(call WITH_LINE,UPDATE_GOLDEN,)

.PHONY: examples
examples: build ## every example is a valid spec
	$(BIN) validate -R -f examples

.PHONY: dependencies
dependencies: ## licenses, number and notes of the modules that are used
	go -C tools test ./...
	go -C tools run ./dependencies

.PHONY: lengths
lengths: ## no Go file over 300 lines without a line "// Length: reason"
	@bad=0; while read -r lines file; do \
		grep -q '^// Length: .' "$$file" || { echo "$$file: $$lines lines; split it, or say why: // Length: reason" >&2; bad=1; }; \
	done < <(find . -name '*.go' -exec wc -l {} + | awk '$$2 != "total" && $$1 > 300'); exit $$bad

.PHONY: size
size: build ## the binary is under 20 MB
	@bytes=$$(stat -c %s $(BIN)); echo "$(BIN): $$bytes bytes of $(MAX_BYTES)"; [ "$$bytes" -lt $(MAX_BYTES) ]

.PHONY: vuln
vuln: ## known vulnerabilities; says so when the database cannot be had
	@out=$$($(call TOOL,govulncheck) ./... 2>&1) && status=0 || status=$$?; echo "$$out"; \
	if [ $$status != 0 ] && [ $$status != 3 ] && grep -qE 'vuln\.go\.dev|fetching vulnerabilities|no such host|connection refused|i/o timeout' <<< "$$out"; then \
		echo "SKIPPED: the vulnerability database cannot be reached; nothing was checked"; status=0; fi; \
	exit $$status
