import Bytecode

/// What a module's functions need to know of the program around it.
struct ModuleLinkage {
  let program: VerifiedProgram
  /// Bindings whose words are cells.
  let sharedBindings: [Bool]
  /// Whether any instruction of the program may charge bytes of the heap.
  let testsHeapLimit: Bool
  /// Functions that values may call, in ascending order.
  let values: [FunctionIndex]
  let methods: MethodTable

  init(_ program: VerifiedProgram) {
    self.program = program
    sharedBindings = program.program.boxedBindings
    values = program.program.functionsOfValues
    methods = MethodTable(program.program)
    testsHeapLimit = NumericCore.firstUnsupported(in: program) != nil
  }
}

/// A word that differs between runs or processes: the loader writes it.
enum ConstantKey: Hashable {
  /// A string of the constant pool.
  case constant(ConstantIndex)
  /// A property or method name.
  case string(StringIndex)
  /// The header of an object of the shape with these keys, flags and room apart.
  case shape([Literal])
}

/// A global of a module that its loader fills in.
enum ModuleCell: Hashable {
  case constant(ConstantKey)
  /// The `JITVersion` of the module's code.
  case version
  /// The cache of a named access: what it holds means nothing to another session.
  case propertySite
}

/// The symbol of a function's direct entry.
func directName(_ function: Function, _ index: FunctionIndex) -> String {
  "f.\(index.position).\(function.name)"
}

/// The name of the program's function whose direct entry a symbol is; another symbol itself.
func programName(ofSymbol symbol: String) -> String {
  let parts = symbol.split(separator: ".", maxSplits: 2)
  guard parts.count == 3, parts[0] == "f", Int(parts[1]) != nil else { return symbol }
  return String(parts[2])
}
