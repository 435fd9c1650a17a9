internal import CLLVM

/// Something LLVM refused or could not do: always a defect of ours or of the installation.
public struct LLVMFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was attempted.
  public let operation: String
  /// What LLVM said.
  public let message: String

  public init(operation: String, message: String) {
    self.operation = operation
    self.message = message
  }

  public var description: String { "\(operation): \(message)" }
}

/// Turns an error of the C API into a thrown one; the error is consumed.
func check(_ error: LLVMErrorRef?, _ operation: StaticString) throws(LLVMFailure) {
  guard let error else { return }
  let text = LLVMGetErrorMessage(error)
  defer { LLVMDisposeErrorMessage(text) }
  throw LLVMFailure(
    operation: "\(operation)", message: text.map { String(cString: $0) } ?? "no message")
}

/// Takes over a message of the C API.
func takeMessage(_ message: UnsafeMutablePointer<CChar>?) -> String {
  guard let message else { return "no message" }
  defer { LLVMDisposeMessage(message) }
  return String(cString: message)
}
