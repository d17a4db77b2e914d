# The tools, at the versions that CI uses, in a folder outside the repository.
TOOLS    := $(or $(SUREFOOT_TOOLS),$(HOME)/.cache/surefoot/bin)
GOLANGCI := $(TOOLS)/golangci-lint-2.15.0
GOFUMPT  := $(TOOLS)/gofumpt-0.12.0

# What runs concurrently is tested with the race detector, where there is a C compiler.
RACY     := surefoot/schema surefoot/plan surefoot/planner surefoot/executor
RACE     := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)
LIMIT    := 20m
TEST      = go test -timeout $(LIMIT)

.PHONY: build test test-all servers torture mutation bench vet lint fmt fmt-check release-check tools

build:
	go build -o surefoot ./cmd/surefoot

# Fetches the servers it lacks, then tests on them. Without a server its tests
# are skipped, in CI they fail.
test: servers
	$(TEST) $$(go list ./... | grep -v -E '$(subst $() ,|,$(RACY:%=^%(/|$$)))')
	$(TEST) $(RACE) $(RACY:surefoot/%=./%/...)

test-all: export SUREFOOT_ALL_VERSIONS = 1
test-all: SERVERS = all
test-all: LIMIT = 6h
test-all: test

servers:
	.ci/servers $(SERVERS) || [ "$$CI" != true ]

# Kills runs at every step on every engine. Takes hours.
torture:
	.ci/servers all
	go test -tags torture -run Torture -timeout 3h ./bench/...

# Breaks the program in one place after the other: a rehearsal must stop each.
mutation: servers
	go test -tags torture -run TortureMutations -count=1 -timeout 3h ./bench/mutation

bench: servers
	go test -run '^$$' -bench . -benchmem ./...

vet:
	go vet ./...
	go vet -tags torture ./...

lint: $(GOLANGCI)
	$(GOLANGCI) run

fmt: $(GOFUMPT)
	$(GOFUMPT) -w .

fmt-check: $(GOFUMPT)
	@unformatted=$$($(GOFUMPT) -l .); [ -z "$$unformatted" ] || { echo "run make fmt:"; echo "$$unformatted"; exit 1; }

release-check:
	go -C .ci/release run . ../../.goreleaser.yaml

tools: $(GOLANGCI) $(GOFUMPT)

# install MODULE VERSION, built beside its place and renamed when complete.
define install
	mkdir -p $(TOOLS)
	GOBIN=$@.part GOFLAGS= go install $(1)
	mv $@.part/* $@ && rmdir $@.part
endef

$(GOLANGCI):
	$(call install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0)

$(GOFUMPT):
	$(call install,mvdan.cc/gofumpt@v0.12.0)
