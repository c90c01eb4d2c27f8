import ArgumentParser
import Diagnostics
import Explanations

/// `nanoc explain [SLUG]`: what an error or a warning means.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain an error or a warning by its name, with an example and its repair; without a name, list all.")

  @Argument(help: ArgumentHelp("The name in brackets behind `error` or `warning`.", valueName: "slug"))
  var slug: String?

  func run() throws {
    guard let slug else {
      let width = (Explanation.slugs.map(\.count).max() ?? 0) + 2
      for slug in Explanation.slugs {
        let summary = Explanation(slug)?.summary ?? ""
        Console.output(slug + String(repeating: " ", count: max(0, width - slug.count)) + summary + "\n")
      }
      return
    }
    guard let explanation = Explanation(slug) else {
      let question = didYouMean(nearestNames(to: slug, among: Explanation.slugs)).map { "; \($0)" } ?? ""
      throw ValidationError(
        "There is no error or warning `\(slug)`\(question.isEmpty ? "." : question) `nanoc explain` lists all.")
    }
    Console.output(explanation.page)
  }
}
