import Bytecode
import Foundation

/// A program to compare, its size, and the same program in other languages.
public struct BenchProgram: Hashable, Sendable {
  public let name: String
  public let path: String
  /// The arguments of `main`, and of the peers' programs, in the text form.
  public let arguments: [String]
  /// The paths of the peers' programs.
  let peers: [Peer: String]

  /// Sizes other than the full one: where that takes CPython minutes or so little that the noise of
  /// starting a process hides it, one that takes it a second or some.
  private static let sizes = [
    "01_fib": 32, "04_mandelbrot": 1_000, "05_spectral": 500, "06_ackermann": 8,
    "07_sum_loop": 100_000_000, "08_collatz": 200_000, "09_matrix_mul": 240,
    "10_primes_count": 1_000_000, "13_hashmap_build_query": 300_000,
    "14_string_concat": 2_000_000, "15_gc_pressure_tree": 16, "16_array_of_objects": 300_000,
  ]

  /// LuaJIT copies the whole string at every step, which takes minutes.
  private static let tooSlow: [String: Set<Peer>] = [
    "14_string_concat": [.luajit, .luajitInterpreter]
  ]

  /// Finds out about a program file.
  ///
  /// - Parameters:
  ///   - text: the contents of the file.
  ///   - takesFullSize: whether the size is that of its line `; Full size: main(N)` in any case.
  ///     Otherwise it is the table's, that line's, or the schedule's first arguments.
  public init(path: String, text: String, program: Program, takesFullSize: Bool) {
    self.path = path
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let size = (takesFullSize ? nil : Self.sizes[name]) ?? Self.fullSize(in: text)
    arguments =
      size.map { ["\($0)"] }
      ?? (program.schedule?.arguments.first ?? []).map {
        program.resultText(of: ObservedValue($0), heap: [])
      }
    let excluded = takesFullSize ? [] : Self.tooSlow[name] ?? []
    peers = Self.peers(of: name, near: path).filter { !excluded.contains($0.key) }
  }

  /// The size in the line `; Full size: main(N) …`, nil without one.
  static func fullSize(in text: String) -> Int? {
    let prefix = "; Full size: main("
    let line = text.split(separator: "\n").first { $0.hasPrefix(prefix) }
    return line.flatMap { Int($0.dropFirst(prefix.count).prefix { $0.isNumber }) }
  }

  /// The programs of the name in `Benchmarks/programs` of a directory the file is below.
  private static func peers(of name: String, near path: String) -> [Peer: String] {
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let programs = folder.path + "/Benchmarks/programs"
      guard FileManager.default.fileExists(atPath: programs) else { continue }
      var found: [Peer: String] = [:]
      for peer in Peer.allCases {
        let file = "\(programs)/\(name).\(peer.fileExtension)"
        if FileManager.default.fileExists(atPath: file) { found[peer] = file }
      }
      return found
    }
    return [:]
  }

  /// Whether it is one of the first twelve benchmarks, which the issue of the compiled tiers sets a
  /// goal for.
  var isNumeric: Bool {
    let digits = name.prefix { $0.isNumber }
    return digits.count == 2 && (Int(digits) ?? .max) <= 12
  }
}
