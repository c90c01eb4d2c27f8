// swift-tools-version: 6.1
import Foundation
import PackageDescription

// LLVM has no pkg-config file on Debian, so the newest installed version from 19 on is looked up here;
// LLVM_PREFIX in the environment overrides it.
let llvmPrefix =
  ProcessInfo.processInfo.environment["LLVM_PREFIX"]
  ?? [22, 21, 20, 19].map { "/usr/lib/llvm-\($0)" }
  .first { FileManager.default.fileExists(atPath: $0 + "/include/llvm-c/Core.h") }
  ?? "/usr/lib/llvm-19"
let llvmVersion = llvmPrefix.split(separator: "-").last.map(String.init) ?? "19"
let llvmHeaders: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-I\(llvmPrefix)/include"])]
let llvmLibrary: [LinkerSetting] = [.unsafeFlags(["-L\(llvmPrefix)/lib", "-lLLVM-\(llvmVersion)"])]

// The release compiler runs on one thread, so its reference counts need no atomic instructions: a sixth of its time.
// Tests, which run many compilations at once, use the debug build.
let fast: [SwiftSetting] = [
  .unsafeFlags(["-assume-single-threaded", "-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// A module of passes: one phase of the pipeline, in the folder `passes/NAME`.
func phase(_ name: String, _ folder: String, _ more: [Target.Dependency] = [], _ settings: [SwiftSetting] = [])
  -> Target
{
  .target(
    name: name, dependencies: ["Nanopass", "Languages", "Diagnostics"] + more, path: "passes/\(folder)",
    swiftSettings: settings + fast)
}

let phases: [Target] = [
  phase("FrontendPasses", "frontend", ["Prelude"]),
  phase("NamePasses", "names"),
  phase("TypePasses", "types"),
  phase("DesugarPasses", "desugar"),
  phase("SpecialisePasses", "specialise"),
  phase("MatchingPasses", "matching"),
  phase("CorePasses", "core"),
  phase("LoopPasses", "loops"),
  phase("EffectPasses", "effects"),
  phase("MemoryPasses", "memory"),
  phase("MachinePasses", "machine"),
  phase("NativePasses", "native", ["LLVMKit"], llvmHeaders),
  phase("WasmPasses", "wasm", ["WasmBinary", "WasmLibrary"]),
]

let package = Package(
  name: "nanoc",
  products: [.executable(name: "nanoc", targets: ["nanoc"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
  ],
  targets: [
    // Foundations, each using only what stands above it.
    .target(name: "Diagnostics", swiftSettings: fast),
    .systemLibrary(name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "Nanopass", dependencies: ["Diagnostics", "CZstd"], swiftSettings: fast),
    .systemLibrary(name: "CLLVM", path: "Sources/CLLVM", providers: [.apt(["llvm-19-dev"])]),
    .target(
      name: "LLVMKit", dependencies: ["CLLVM"], swiftSettings: llvmHeaders + fast, linkerSettings: llvmLibrary),

    // The binary format of WebAssembly, by itself.
    .target(name: "WasmBinary", swiftSettings: fast),

    // The languages: `.lang` files turned into Swift at build time.
    .target(name: "LanguageCompiler", path: "Sources/LanguageCompiler"),
    .executableTarget(
      name: "language-compiler", dependencies: ["LanguageCompiler"], path: "Sources/LanguageCompilerTool"),
    .plugin(
      name: "LanguagePlugin", capability: .buildTool(), dependencies: ["language-compiler"],
      path: "Sources/LanguagePlugin"),
    .target(name: "WasmLibrary", dependencies: ["LanguageCompiler"], plugins: ["LanguagePlugin"]),
    .target(
      name: "Languages", dependencies: ["Nanopass", "Diagnostics", "WasmBinary", "WasmLibrary"], swiftSettings: fast,
      plugins: ["LanguagePlugin"]),
    .target(name: "Prelude", plugins: ["LanguagePlugin"]),
    .target(name: "Explanations", plugins: ["LanguagePlugin"]),
  ] + phases + [
    .target(
      name: "Passes",
      dependencies: ["Nanopass", "Languages", "Diagnostics"] + phases.map { .target(name: $0.name) },
      path: "passes", exclude: phases.compactMap { $0.path.map { String($0.dropFirst("passes/".count)) } },
      sources: ["Pipeline.swift"], swiftSettings: llvmHeaders + fast),

    // What programs of some languages mean. Tests run thousands of programs by it, so the debug build optimises it too.
    .target(
      name: "Interpreters",
      dependencies: ["Nanopass", "Languages", .product(name: "BigInt", package: "BigInt")],
      swiftSettings: fast + [.unsafeFlags(["-O", "-enforce-exclusivity=unchecked"], .when(configuration: .debug))]),

    // Random programs, and the tool that compares what they do at every level.
    .target(name: "ProgramGenerator", dependencies: ["Languages", "Nanopass", "Prelude"], swiftSettings: fast),
    .target(
      name: "Fuzzing",
      dependencies: ["ProgramGenerator", "Interpreters", "Passes", "Nanopass", "Languages", "Diagnostics"],
      swiftSettings: llvmHeaders + fast),
    .executableTarget(
      name: "nanoc-fuzz", dependencies: ["Fuzzing", "ProgramGenerator", "Interpreters", "Nanopass", "NativePasses"],
      swiftSettings: llvmHeaders + fast),

    .target(
      name: "CAllocator", cSettings: [.define("NANOC_MIMALLOC", .when(configuration: .release))]),
    .executableTarget(
      name: "nanoc",
      dependencies: [
        "CAllocator", "Passes", "Nanopass", "Interpreters", "Languages", "Diagnostics", "Explanations",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: llvmHeaders + fast,
      // The passes allocate and free small nodes all the time; with glibc's malloc they take twice as long, with tcmalloc
      // a tenth longer, and large programs a third more memory.
      linkerSettings: [.linkedLibrary("mimalloc", .when(configuration: .release))]),

    .testTarget(
      name: "nanocTests",
      dependencies: [
        "nanoc", "Passes", "Nanopass", "Languages", "Diagnostics", "Explanations", "Interpreters", "Fuzzing",
        "ProgramGenerator", "Prelude", "LanguageCompiler", "LLVMKit", "WasmBinary", "WasmPasses",
      ],
      path: "Tests",
      exclude: [
        "README.md", "programs", "benchmarks", "sizes", "passes", "diagnostics", "mistakes", "runtime", "wasm",
      ],
      swiftSettings: llvmHeaders),
  ]
)
