# make fuzz: a one-minute differential campaign.   make test: everything CI runs.
SECONDS ?= 60
FUZZ_BUILD := .build-fuzz

.PHONY: fuzz test packages format clean

fuzz: packages
	@Scripts/check-llvm
	swift build -Xswiftc -sanitize=fuzzer --scratch-path $(FUZZ_BUILD)
	$(FUZZ_BUILD)/debug/tierproof fuzz corpus --seconds $(SECONDS)

test: packages
	@Scripts/check

packages:
	@Scripts/install-packages

format:
	swift format --in-place --recursive Package.swift Sources Tests

clean:
	rm -rf .build .build-fuzz .build-asan
