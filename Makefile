# docent, from a checkout. `make` alone lists what there is.

CARGO ?= cargo
DOCS  ?= docs

.DEFAULT_GOAL := help
.PHONY: help run build test test-bare audit bench bench-formats bench-languages bench-names bench-scale torture lint fuzz format generate deb rpm dist repo install packages sites

help: ## List the targets
	@echo 'Targets:'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the project's own documentation (another folder: make run DOCS=/path)
	$(CARGO) run --release -- serve $(DOCS)

build: ## Build what is shipped: the release binary, stripped, and compressed manual pages
	packaging/build.sh $(TARGET)

test: ## Fetch what the tests need, then run every test
	tests/needs.sh test
	tests/run.sh

test-bare: ## Try make test as somebody does who has just cloned this, in a bare Debian (as root; not in CI)
	tests/bare.sh

audit: ## Look for advisories about the crates in use, where the database of them can be reached
	tests/needs.sh lint
	tests/audit.sh

lint: ## Check formatting, lints, documentation, scripts, licences and the project's own rules
	tests/needs.sh lint
	tests/lint.sh

format: ## Format the source
	$(CARGO) fmt

generate: ## Write the manual pages and completions again, from what they are made of
	DOCENT_GENERATE=1 $(CARGO) test --quiet --test packaging up_to_date

sites: ## Build the sources in tests/sites with their generators, and write the lists of what they make (one: make sites SITES=)
	tests/sites/build.sh --write $(or $(SITES),$(shell tests/sites/build.sh --all))

bench: ## Measure speed and memory against other servers, and write docs/performance.md
	tests/needs.sh bench
	benches/run.sh

bench-formats: ## Compare what is read of 40 documentation sets with an extraction of its own (some of them: make bench-formats SETS=)
	tests/needs.sh bench-formats
	benches/formats/run.sh $(SETS)

bench-languages: ## Ask editions of documentation in other languages for what is known to be in them
	tests/needs.sh bench-languages
	benches/languages/run.sh

bench-names: ## Ask real sets for exact names and messages (some of them: make bench-names SETS=; what is not found: MISSES=1)
	tests/needs.sh bench-names
	MISSES=$(MISSES) benches/names/run.sh $(SETS)

bench-scale: ## Measure the index with up to 230,000 pages, and write docs/performance.md (about an hour, 6 GB of disk)
	tests/needs.sh bench-scale
	$(CARGO) bench --locked --bench scale

torture: ## Change documents at random, 100 times 200 changes, and compare (other numbers: make torture SEQUENCES= CHANGES=)
	$(CARGO) bench --locked --bench torture -- $(SEQUENCES) $(CHANGES) $(SEED)

fuzz: ## Run each fuzz target for 30 seconds (longer: make fuzz SECONDS_EACH=600)
	tests/needs.sh fuzz
	fuzz/run.sh $(SECONDS_EACH)

deb: ## Make the Debian packages (for another architecture: make deb TARGET=aarch64-unknown-linux-gnu)
	tests/needs.sh deb
	packaging/deb.sh $(TARGET)

rpm: ## Make the RPM packages (TARGET= as for deb)
	tests/needs.sh rpm
	packaging/rpm.sh $(TARGET)

dist: ## Make a tarball that runs wherever it is unpacked, and an image for containers (TARGET= as for deb)
	tests/needs.sh dist
	packaging/dist.sh $(TARGET)

repo: ## Make signed apt and dnf repositories of them: make repo REPO=folder KEY=fingerprint
	tests/needs.sh repo
	packaging/repository.sh "$(REPO)" "$(KEY)"

install: ## Install what make build has built: make install DESTDIR= PREFIX=/usr
	DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" TARGET="$(TARGET)" packaging/install.sh

packages: ## Make the packages, check them, and install, upgrade and remove them (as root)
	tests/needs.sh packages
	tests/packages.sh
