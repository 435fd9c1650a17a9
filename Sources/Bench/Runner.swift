import Foundation

/// What runs a program: a tier of ours, or another language's implementation.
public enum Runner: Hashable, Sendable {
  /// A tier of `tierproof run`, by name.
  case tier(String)
  case peer(Peer)

  public var name: String {
    switch self {
    case .tier(let name): name
    case .peer(let peer): peer.rawValue
    }
  }
}

/// An implementation of another language, in the order of reports.
public enum Peer: String, CaseIterable, Hashable, Sendable {
  case node, luajit
  /// LuaJIT's interpreter, without its compiler.
  case luajitInterpreter = "luajit-joff"
  case python = "python3"
  /// `clang -O2`.
  case c

  /// The extension of its programs.
  var fileExtension: String {
    switch self {
    case .node: "js"
    case .luajit, .luajitInterpreter: "lua"
    case .python: "py"
    case .c: "c"
    }
  }

  /// The command the machine must have.
  public var tool: String {
    switch self {
    case .node: "node"
    case .luajit, .luajitInterpreter: "luajit"
    case .python: "python3"
    case .c: "clang"
    }
  }

  public var isFound: Bool { ChildProcess.finds(tool) }

  /// A program that does nothing.
  var emptyProgram: String {
    switch self {
    case .node, .luajit, .luajitInterpreter, .python: ""
    case .c: "int main(void) { return 0; }\n"
    }
  }

  /// The command that runs a program.
  ///
  /// - Parameter program: the path of its text; for C of what the compiler made of it.
  func command(_ program: String, _ arguments: [String]) -> [String] {
    switch self {
    case .node: ["node", program] + arguments
    case .luajit: ["luajit", program] + arguments
    case .luajitInterpreter: ["luajit", "-joff", program] + arguments
    case .python: ["python3", program] + arguments
    case .c: [program] + arguments
    }
  }
}
