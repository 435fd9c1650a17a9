import Bench
import Testing

struct StatisticsTests {
  @Test func `the median is the middle, or halfway between the two in the middle`() {
    #expect(Statistics.median([]) == nil)
    #expect(Statistics.median([7]) == 7)
    #expect(Statistics.median([9, 1, 4]) == 4)
    #expect(Statistics.median([9, 1, 4, 2]) == 3)
  }

  @Test func `a percentile is a value that was measured`() {
    let values = (1...10).map(Double.init)
    #expect(Statistics.percentile(90, of: values) == 9)
    #expect(Statistics.percentile(91, of: values) == 10)
    #expect(Statistics.percentile(100, of: values) == 10)
    #expect(Statistics.percentile(0, of: values) == 1)
    #expect(Statistics.percentile(50, of: []) == nil)
  }

  @Test func `the geometric mean weighs twice as fast like twice as slow`() throws {
    #expect(Statistics.geometricMean([]) == nil)
    let mean = try #require(Statistics.geometricMean([2, 0.5]))
    #expect(abs(mean - 1) < 1e-12)
  }
}
