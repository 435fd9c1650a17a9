// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Where LLVM 22 (Debian: llvm-22-dev) is installed; LLVM_PREFIX overrides it.
let llvmPrefix = Context.environment["LLVM_PREFIX"] ?? "/usr/lib/llvm-22"

/// How LLVM is linked. Release builds take its archives in, where there are any: a process starts in
/// a third of the time that the shared library of all targets takes to be relocated. Debug builds,
/// whose executables are linked again and again, use the shared one.
let llvmLinking: [LinkerSetting] = {
  let directory = "\(llvmPrefix)/lib"
  let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  let archives = names.filter { $0.hasPrefix("libLLVM") && $0.hasSuffix(".a") }.sorted()
  let search = LinkerSetting.unsafeFlags(["-L\(directory)"])
  guard !archives.isEmpty else { return [search, .linkedLibrary("LLVM-22")] }
  let linked =
    ["--start-group"] + archives.map { "\(directory)/\($0)" } + ["--end-group"]
    // Of these only what runs is installed with LLVM.
    + ["-l:libz.so.1", "-l:libzstd.so.1"]
  return [
    search, .linkedLibrary("LLVM-22", .when(configuration: .debug)),
    .unsafeFlags(linked.flatMap { ["-Xlinker", $0] }, .when(configuration: .release)),
  ]
}()

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

/// Modules that run per input are optimized in debug builds too: `swift build -Xswiftc
/// -sanitize=fuzzer` is a debug build, and a fuzzer of unoptimized engines is not worth running.
/// As whole modules, because a file compiled by itself inlines nothing of its neighbours; with
/// threads, because the package manager expects one object file a source file.
let hot =
  strict + [
    .unsafeFlags(
      ["-O", "-whole-module-optimization", "-num-threads", "2"], .when(configuration: .debug))
  ]

/// No tests of exclusive access: the judged engines' classes are one thread's property, no access to
/// a property of theirs spans another, and the tests cost more than the paths they are on.
let judged: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"])]

/// The same for C that runs per input.
let hotC: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// For every target that sees the LLVM module, directly or through another one.
let llvm: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-I\(llvmPrefix)/include"])]

let package = Package(
  name: "Tierproof",
  products: [
    .executable(name: "tierproof", targets: ["tierproof"]),
    .executable(name: "tierproof-fuzz", targets: ["tierproof-fuzz"]),
    .library(name: "JIT", targets: ["JIT"]),
    .library(name: "Fuzzer", targets: ["Fuzzer"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
  ],
  targets: [
    // What a program is.
    .target(name: "Bytecode", swiftSettings: hot),
    .target(
      name: "Identity",
      dependencies: ["Bytecode", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict + llvm),

    // Foreign code: libffi, and the library whose functions every program may call.
    .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
    .target(
      name: "CFixture", cSettings: hotC, linkerSettings: [.linkedLibrary("m")]),

    // The judge.
    .target(
      name: "RefInterpreter", dependencies: ["Bytecode", "CFFI", "CFixture"],
      swiftSettings: hot + [.strictMemorySafety()]),

    // The judged.
    .systemLibrary(name: "CLLVM"),
    .target(name: "CRuntime", cSettings: hotC),
    .target(
      name: "LLVM", dependencies: ["CLLVM"], swiftSettings: hot + llvm,
      linkerSettings: llvmLinking),
    .target(
      name: "JIT", dependencies: ["Bytecode", "CFFI", "CFixture", "CRuntime", "Identity", "LLVM"],
      swiftSettings: hot + judged + llvm),
    .target(
      name: "Sabotage", dependencies: ["Bytecode", "CRuntime", "JIT", "LLVM"],
      swiftSettings: hot + llvm),

    // The harness.
    .target(name: "Corpus", dependencies: ["Bytecode", "Identity"], swiftSettings: strict),
    .target(
      name: "CFuzzer",
      // Instrumented code calls it at every comparison.
      cSettings: hotC + [.unsafeFlags(["-fomit-frame-pointer"], .when(configuration: .debug))],
      linkerSettings: [
        .unsafeFlags(
          ["cmp1", "cmp2", "cmp4", "cmp8", "const_cmp1", "const_cmp2", "const_cmp4", "const_cmp8"]
            .flatMap { ["-Xlinker", "--wrap=__sanitizer_cov_trace_\($0)"] })
      ]),
    .target(
      name: "Fuzzer", dependencies: ["Bytecode", "CFixture", "CFuzzer", "Corpus"],
      swiftSettings: hot),

    // Measurements.
    .target(name: "Bench", dependencies: ["Bytecode", "JIT"], swiftSettings: strict + llvm),

    // The engines by name, and the executables.
    .target(
      name: "Engines", dependencies: ["Bytecode", "RefInterpreter", "JIT", "Sabotage", "Fuzzer"],
      swiftSettings: strict + llvm),
    .executableTarget(
      name: "tierproof",
      dependencies: [
        "Bench", "Bytecode", "Corpus", "Engines", "Fuzzer", "Identity", "JIT", "Sabotage",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict + llvm),
    .executableTarget(
      name: "tierproof-fuzz", dependencies: ["CFuzzer", "Engines", "Fuzzer", "Sabotage"],
      swiftSettings: strict + llvm),

    .target(
      name: "TestSupport", dependencies: ["Bytecode"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "BytecodeTests", dependencies: ["Bytecode", "Identity", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "RefInterpreterTests", dependencies: ["RefInterpreter", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "LLVMTests", dependencies: ["LLVM"], swiftSettings: strict + llvm),
    .testTarget(
      name: "JITTests",
      dependencies: ["CFFI", "CFixture", "Corpus", "JIT", "Sabotage", "TestSupport"],
      swiftSettings: strict + llvm),
    .testTarget(
      name: "CorpusTests", dependencies: ["Corpus", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "BenchTests", dependencies: ["Bench", "Bytecode"], swiftSettings: strict + llvm),
    .testTarget(
      name: "FuzzerTests", dependencies: ["Fuzzer", "CFuzzer", "TestSupport", "RefInterpreter"],
      swiftSettings: strict),
    .testTarget(
      name: "EngineTests",
      dependencies: ["CFuzzer", "Engines", "Corpus", "Fuzzer", "JIT", "Sabotage", "TestSupport"],
      swiftSettings: strict + llvm),
  ],
  cLanguageStandard: .c11
)
