/// Findings as they are made, in any order.
struct FindingList {
  private(set) var findings: [VerifierFinding] = []

  var count: Int { findings.count }

  mutating func add(_ rule: VerifierRule, _ site: Site?, _ reason: String) {
    findings.append(VerifierFinding(rule: rule, site: site, reason: reason))
  }

  /// The findings by function and offset, declarations first; equal places by rule and reason.
  consuming func sorted() -> [VerifierFinding] {
    findings.sorted { left, right in
      if left.site != right.site {
        guard let leftSite = left.site else { return true }
        guard let rightSite = right.site else { return false }
        return leftSite < rightSite
      }
      if left.rule != right.rule { return left.rule.order < right.rule.order }
      return left.reason < right.reason
    }
  }
}

extension VerifierRule {
  /// The place in the list of rules.
  fileprivate var order: Int {
    guard let place = Self.allCases.firstIndex(of: self) else {
      preconditionFailure("every rule is a case")
    }
    return place
  }
}

/// A name short enough to repeat in any number of findings.
func abbreviated(_ name: String) -> String {
  name.utf8.count <= 40 ? name : String(decoding: name.utf8.prefix(37), as: UTF8.self) + "…"
}
