import Bytecode

/// Where frames go on that are made from the outside.
extension TierZeroProgram {
  typealias Position = UnsafeMutablePointer<TierZeroInstruction>

  /// Where a whole frame goes on before an instruction: in the main code if that has whole frames
  /// there, else in unfused code, which is made now if the function has none yet.
  ///
  /// - Precondition: the instruction is reachable.
  /// - Complexity: O(instructions of the function) the first time, then O(1).
  func resumption(of function: FunctionIndex, at offset: Int) -> Position {
    let main = layouts[function.position].resume[offset]
    let number = main >= 0 ? main : resumingLayout(of: function).resume[offset]
    precondition(number >= 0, "frames resume at reachable instructions")
    return instructions + Int(number)
  }

  private func resumingLayout(of function: FunctionIndex) -> TierZeroLayout {
    if let layout = resumingLayouts[function.position] { return layout }
    var translator = TierZeroTranslator(
      verified, function, TierZeroCode(), strings, boxedBindings: boxedBindings,
      observesLoops: observesLoops,
      form: .resuming(main: layouts[function.position], start: instructionCount))
    let local = translator.translate()
    let layout = append(translator.code, local)
    resumingLayouts[function.position] = layout
    return layout
  }

  /// The instruction of a call, as pending calls name it: it is one of the main code.
  ///
  /// - Precondition: the instruction at the offset is a call.
  func pendingCall(of function: FunctionIndex, at offset: Int) -> Position {
    let number = layouts[function.position].resume[offset]
    precondition(number >= 0, "frames are whole before calls")
    return instructions + Int(number)
  }

  /// The instruction of a `SetupTry`: it is one of the main code.
  ///
  /// - Precondition: the instruction at the offset is one.
  func setup(of function: FunctionIndex, at offset: Int) -> Position {
    guard let setup = layouts[function.position].setups.first(where: { $0.offset == offset }) else {
      preconditionFailure("the verifier of points found a SetupTry there")
    }
    return instructions + setup.instruction
  }

  /// The label of a `SetupTry`.
  func handlerSite(of setup: Position) -> Site {
    let place = site(of: setup).place
    return Site(place.function, offset: Int(verified[place.function].targets[place.offset]))
  }
}
